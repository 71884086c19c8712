"""What nobody foresaw: the batch says that it went wrong and can be checked again, instead of waiting forever."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.exchange.files import member, members_file, preview
from zhibu.exchange import actions
from zhibu.exchange.actions import intake
from zhibu.exchange.checking.members import MemberChecker
from zhibu.exchange.committing import members
from zhibu.exchange.committing.copying import Stale
from zhibu.exchange.enums import BatchState
from zhibu.exchange.models import ImportBatch, ImportRow

pytestmark = pytest.mark.django_db
FILE = members_file(*(member(serial) for serial in range(101, 104)))


class Unforeseen(Exception):
    """Something that no code expects."""


def fail(*_: Any, **__: Any) -> Any:
    raise Unforeseen


def test_a_check_that_breaks_leaves_a_batch_that_says_so_and_can_be_checked_again(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = cast.scope(cast.secretary)
    batch = actions.upload(scope, "members", FILE, "名册.xlsx")
    with monkeypatch.context() as broken, pytest.raises(Unforeseen):
        broken.setattr(MemberChecker, "check", fail)
        actions.check(batch.pk)

    client, page = sign_in(cast.secretary), f"/exchange/batches/{batch.pk}/"
    told = client.get(page).content.decode()
    assert "核对时出现意外错误，没有写入任何内容。" in told
    assert f"{page}check/" in told

    client.post(f"{page}check/")
    assert actions.check(batch.pk).state == BatchState.READY
    assert "意外错误" not in client.get(page).content.decode()


def test_a_check_that_breaks_halfway_keeps_no_rows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = actions.upload(cast.scope(cast.secretary), "members", FILE, "名册.xlsx")

    def halfway(batch: ImportBatch, scope: Any) -> None:
        ImportRow.objects.create(batch=batch, number=2, state="new")
        raise Unforeseen

    monkeypatch.setattr(intake, "run", halfway)
    with pytest.raises(Unforeseen):
        actions.check(batch.pk)

    assert ImportBatch.objects.get().state == BatchState.FAILED
    assert not ImportRow.objects.exists()


def test_a_check_that_breaks_after_a_stale_preview_does_not_hang_either(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = cast.scope(cast.secretary)
    batch = preview(scope, FILE)
    actions.confirm(scope, batch.pk, accept_notices=True)

    def stale(_batch: ImportBatch) -> None:
        raise Stale([2])

    monkeypatch.setattr(members, "write", stale)
    monkeypatch.setattr(MemberChecker, "check", fail)
    with pytest.raises(Unforeseen):
        actions.commit(batch.pk)

    held = ImportBatch.objects.get()
    assert (held.state, held.started_at) == (BatchState.FAILED, None)


def test_a_file_that_cannot_be_read_is_not_offered_for_another_check(cast: Cast, sign_in: Any) -> None:
    batch = preview(cast.scope(cast.secretary), b"")

    told = sign_in(cast.secretary).get(f"/exchange/batches/{batch.pk}/").content.decode()

    assert f"/exchange/batches/{batch.pk}/check/" not in told
