"""What an entry says of a change is said in the words of the screens."""

from tests.cast import Cast
from zhibu.audit.models import Entry
from zhibu.audit.tables import changes_text


def test_changed_fields_have_their_names_on_screen(cast: Cast) -> None:
    linked = Entry(object_kind="people.person", changes={"user": 4})
    moved = Entry(object_kind="organizations.organization", changes={"category": ["teacher", "graduate"], "x": "y"})

    assert changes_text(linked).endswith("：4") and "user" not in changes_text(linked)
    assert changes_text(moved) == "支部类型：teacher → graduate；x：y"
