"""What can be done with a composed indicator: begin, change, adopt, begin a further version, discard, retire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.indicators.composed import as_indicator
from zhibu.indicators.composing import Composed, Composition, CompositionError, key_of, parse
from zhibu.indicators.definition import Indicator, catalogue
from zhibu.indicators.guard import ForbiddenIndicator
from zhibu.indicators.models import ComposedIndicator, ComposedVersion
from zhibu.regulations.refusal import Refusal

LOCK = 0x5A434F4D  # "ZCOM"


def checked(document: Mapping[str, Any]) -> Composition:
    """The document as a composition; what is wrong with it as a refusal."""
    try:
        return parse(document)
    except ForbiddenIndicator as error:
        raise Refusal(str(error), field="title", remedy="请改为衡量应尽的职责：开没开、齐不齐、按没按时。") from error
    except CompositionError as error:
        raise Refusal(str(error), field=error.field) from error


def tried(document: Mapping[str, Any]) -> Indicator:
    """The draft as an indicator."""
    return as_indicator(checked(document), key_of(document), document)


@transaction.atomic
def begin(scope: Scope, document: Mapping[str, Any]) -> ComposedIndicator:
    """A draft. Refused where it is no indicator or counts what must not be counted."""
    scope.require(Right.DESIGN_SCHEME)
    made = checked(document)
    found = ComposedIndicator.objects.create(title=made.title, draft=dict(document), changed_by_id=scope.user_id)
    record(scope, "indicators.compose", object=found, changes={"fact": made.fact, "kind": made.kind.name})
    return found


@transaction.atomic
def change(scope: Scope, pk: int, version: int, document: Mapping[str, Any]) -> ComposedIndicator:
    """A new draft of it: of one never adopted, or towards its next version. Fact and kind stay, as they say what it
    is."""
    found = _locked(scope, pk, version)
    made = checked(document)
    before = found.draft or _newest(found).document
    if (made.fact, made.kind) != (before["fact"], Composed[before["kind"]]):
        raise Refusal("事实和种类不能改，改了就是另一项指标。", remedy="请另外组合一项。")
    found.draft = dict(document)
    if not _adopted(found):
        found.title = made.title
    return _kept(scope, found, "indicators.compose_change")


@transaction.atomic
def adopt(scope: Scope, pk: int, version: int) -> ComposedVersion:
    """The draft becomes the next version, which never changes. Refused where the same was adopted before or another
    indicator has the title."""
    found = _locked(scope, pk, version)
    if found.draft is None:
        raise Refusal("没有草稿可以采用。", remedy="请先修改，保存为草稿并试算。")
    made = checked(found.draft)
    # One decision at a time: titles of other indicators are compared, and their rows cannot be locked by ours.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    others = ComposedIndicator.objects.filter(versions__isnull=False).exclude(pk=pk)
    if made.title in {item.title for item in catalogue().values()} or others.filter(title=made.title).exists():
        raise Refusal(f"已经有一项指标叫“{made.title}”。", field="title", remedy="请换一个名称。")
    key = key_of(found.draft)
    if ComposedVersion.objects.filter(key=key).exists():
        raise Refusal("内容完全相同的一版已经采用过。", remedy="请直接使用已采用的那一版，或先作修改。")
    number = _adopted(found) + 1
    adopted = ComposedVersion.objects.create(
        composed=found, number=number, key=key, document=found.draft, adopted_by_id=scope.user_id
    )
    found.title, found.draft = made.title, None
    _kept(scope, found, "indicators.compose_adopt", key=key, number=number)
    return adopted


@transaction.atomic
def discard(scope: Scope, pk: int, version: int) -> ComposedIndicator | None:
    """Drop the draft; of one never adopted nothing remains, and None is returned."""
    found = _locked(scope, pk, version)
    if found.draft is None:
        raise Refusal("没有草稿可以放弃。", remedy="已采用的版次不能删去，只能停用。")
    if _adopted(found):
        found.draft = None
        return _kept(scope, found, "indicators.compose_discard")
    record(scope, "indicators.compose_discard", object=found)
    found.delete()
    return None


@transaction.atomic
def retire(scope: Scope, pk: int, version: int, *, why: str) -> ComposedIndicator:
    """No longer offered to new schemes. Schemes that weigh it go on, and every quarter can be computed again."""
    found = _locked(scope, pk, version)
    refuse_retiring(found)
    found.retired_at, found.retired_why, found.draft = timezone.now(), why, None
    return _kept(scope, found, "indicators.compose_retire", why=why)


def refuse_retired(found: ComposedIndicator) -> None:
    if found.retired_at is not None:
        raise Refusal("这项指标已停用，不能再改。", remedy="需要时请另外组合一项。")


def refuse_retiring(found: ComposedIndicator) -> None:
    refuse_retired(found)
    if not _adopted(found):
        raise Refusal("还没有采用过，不需要停用。", remedy="不要的草稿可以放弃。")


def _adopted(found: ComposedIndicator) -> int:
    return found.versions.count()


def _newest(found: ComposedIndicator) -> ComposedVersion:
    return found.versions.order_by("-number")[0]


def _locked(scope: Scope, pk: int, version: int) -> ComposedIndicator:
    scope.require(Right.DESIGN_SCHEME)
    found = ComposedIndicator.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise Http404("没有这项组合指标。")
    refuse_retired(found)
    if found.version != version:
        raise Refusal(
            "您打开之后，这项指标已被修改。", remedy="您填写的内容还在本页；请在另一窗口打开核对，再重新提交。"
        )
    return found


def _kept(scope: Scope, found: ComposedIndicator, verb: str, **changes: Any) -> ComposedIndicator:
    found.version += 1
    found.changed_by_id = scope.user_id
    found.save()
    record(scope, verb, object=found, changes=changes or None)
    return found
