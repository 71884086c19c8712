"""What the platform itself asks for is counted from its forms and its audit log, and shown to those who lead."""

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django import forms
from python_calamine import CalamineWorkbook

from tests.cast import Cast, make_cast
from tests.warehouse.lakes import refreshed
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.audit.verbs import VERBS
from zhibu.indicators.burden.demands import FILE, demanded, demands, seconds, written
from zhibu.indicators.offers import OFFERS
from zhibu.organizations.models import Organization
from zhibu.ui.forms import DateField
from zhibu.warehouse.contract import ColumnKind, registered

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_numbers_are_those_of_the_forms() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), (
        "表单要求的项数变了。多要一项，全校每个支部每次都要多填：确有必要的，运行 "
        "python -m zhibu.indicators.burden.demands，并在提交里说明。"
    )


def test_a_field_counts_when_somebody_has_to_fill_it_in() -> None:
    class Asking(forms.Form):
        title = forms.CharField()
        story = forms.CharField(widget=forms.Textarea)
        on = DateField()
        year = forms.IntegerField(initial=2026)
        note = forms.CharField(required=False)
        version = forms.IntegerField(widget=forms.HiddenInput)
        branch = forms.ChoiceField()

    assert demanded(Asking.base_fields, prefilled=["branch"]) == {"line": 1, "text": 1, "date": 1}
    assert demanded(Asking.base_fields, also=["note"]) == {"line": 2, "text": 1, "date": 1, "choice": 1}


def test_every_act_counted_is_named_and_estimated() -> None:
    for one in demands():
        assert one.verb in VERBS and one.fields.keys() <= seconds().keys() and one.seconds > 0
    assert not [one.verb for one in demands() if one.verb.endswith((".view", "export")) or "login" in one.verb]


def test_the_fact_knows_no_person_and_is_no_merit() -> None:
    fact = registered()["indicators.demand_month"]
    keys = [column.name for column in fact.columns if column.kind is ColumnKind.KEY]
    assert keys == ["organization_id"], "an organization and a month, nobody"
    assert fact.name not in OFFERS


def note(scope: Scope | None, path: str, verb: str, at: datetime, **changes: str) -> None:
    with patch("zhibu.audit.actions.timezone.now", lambda: at):
        record(scope, verb, organization_path=path, changes=changes)


@pytest.fixture
def asked(tmp_path: Path, settings: Any) -> Cast:
    """In October the branch recorded two theme days and took up a problem; another branch recorded a lecture."""
    settings.LAKE = tmp_path
    cast = make_cast()
    secretary, own = cast.scope(cast.secretary), cast.branch.path
    evening = datetime(2026, 10, 31, 23, 50, tzinfo=SHANGHAI)  # November in no zone but those further east
    note(secretary, own, "meetings.record", datetime(2026, 10, 9, 9, tzinfo=SHANGHAI), kind="theme_day")
    note(secretary, own, "meetings.record", evening, kind="theme_day")
    note(secretary, own, "supervision.measure", evening)
    note(secretary, own, "people.view", evening)  # looking at something is no act
    note(None, own, "meetings.record", evening, kind="theme_day")  # what the platform does by itself burdens nobody
    other = cast.scope(cast.neighbour)
    note(other, cast.other_branch.path, "meetings.record", evening, kind="lecture")
    refreshed(tmp_path)
    return cast


@pytest.mark.django_db(transaction=True)
def test_those_who_lead_see_what_was_asked_below_them(asked: Cast, sign_in: Any) -> None:
    per_act = {one.act: one for one in demands()}
    day, lecture = per_act["meetings.record:theme_day"], per_act["meetings.record:lecture"]
    measure = per_act["supervision.measure"]
    branch = 2 * day.count + measure.count

    client = sign_in(asked.office)
    page = client.get("/indicators/burden/")
    total = page.context["total"]
    assert page.context["month"] == date(2026, 10, 1), "the last month that is over"
    assert (total.acts, total.fields) == (4, branch + lecture.count)
    assert total.seconds == 2 * day.seconds + measure.seconds + lecture.seconds
    assert "登记组织生活" in page.content.decode() and "估算" in page.content.decode()
    one_act = client.get("/indicators/burden/?act=supervision.measure").context["total"]
    assert (one_act.acts, one_act.fields) == (1, measure.count)
    heat = client.get(f"/indicators/burden/{asked.root.pk}/").context["heat"]
    assert heat.rows == ["计算机学院党委", "文学院党委"] and heat.points[1][-2].value == round(lecture.seconds / 60)

    book = b"".join(client.get("/indicators/burden/?month=2026-10&export=xlsx").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[2:4] for row in rows if row[0] == "本科生第一党支部"] == [[3, branch]]
    assert client.get("/indicators/burden/?month=2026-11").context["total"].acts == 0

    # A secretary sees the own branch and no other.
    client = sign_in(asked.secretary)
    assert client.get("/indicators/burden/").context["total"].fields == branch
    assert client.get(f"/indicators/burden/{asked.other_branch.pk}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_month_that_is_over_stays_as_it_was_counted(asked: Cast, sign_in: Any, tmp_path: Path) -> None:
    """Forms change and branches move: what was asked of them then does not."""
    client = sign_in(asked.office)
    before = client.get("/indicators/burden/").context["total"]
    Organization.objects.filter(pk=asked.branch.pk).update(path=f"{asked.other_faculty.path}0009")
    refreshed(tmp_path)
    assert client.get("/indicators/burden/").context["total"] == before


@pytest.mark.django_db
def test_before_the_first_refresh_the_page_says_what_to_do(
    cast: Cast, sign_in: Any, settings: Any, tmp_path: Path
) -> None:
    settings.LAKE = tmp_path
    assert "更新一次数据仓" in sign_in(cast.office).get("/indicators/burden/").content.decode()
    assert "学校组织部更新数据仓后" in sign_in(cast.member).get("/indicators/burden/").content.decode()
    assert "登记组织生活" in sign_in(cast.member).get("/indicators/burden/asked/").content.decode()
