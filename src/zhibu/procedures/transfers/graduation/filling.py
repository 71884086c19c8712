"""Filling the table from a workbook: what each row would do, what is wrong in it, and writing all of it at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.people.enums import MEMBERS
from zhibu.procedures.enums import LIVING
from zhibu.procedures.transfers.graduation import actions, queries, rules
from zhibu.procedures.transfers.graduation.enums import COLUMNS
from zhibu.procedures.transfers.graduation.rules import Going
from zhibu.procedures.transfers.models import Leaver, LeaverSheet
from zhibu.regulations.refusal import Refusal

MOST = 5000


@dataclass(frozen=True)
class LeaverLine:
    """One row of a workbook. ``values`` are those of `Going`; ``faults``: what could not be understood, by column;
    ``cells``: what was typed."""

    number: int
    name: str
    person_number: str
    values: Mapping[str, Any]
    faults: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Judged:
    """What a row would do: ``state`` is changed, unchanged or error."""

    line: LeaverLine
    state: str
    leaver: Leaver | None = None
    problems: Sequence[tuple[str, str]] = ()

    @property
    def problems_shown(self) -> list[tuple[str, str]]:
        return [(COLUMNS.get(column, ""), text) for column, text in self.problems]


@transaction.atomic
def take(scope: Scope, season: int, lines: Sequence[LeaverLine], *, file_name: str, digest: str) -> LeaverSheet:
    """Keep the rows of a workbook until they are confirmed. Refuses an empty one. Nothing is written to the list."""
    scope.require(Right.HANDLE_CASE)
    if not lines:
        raise Refusal("表里没有毕业生党员。", field="file", remedy="请核对是否选错了文件或工作表。")
    if len(lines) > MOST:
        raise Refusal(f"一次最多 {MOST} 行。", field="file", remedy="请按学院拆成几个文件。")
    return LeaverSheet.objects.create(
        season=season, file_name=file_name[-200:], digest=digest, user_id=scope.user_id, uploaded_at=timezone.now(),
        lines=json.dumps([asdict(line) for line in lines], ensure_ascii=False),
    )  # fmt: skip


def sheet(scope: Scope, pk: int, *, lock: bool = False) -> LeaverSheet:
    """One's own workbook; 404 for those of others."""
    rows = LeaverSheet.objects.select_for_update() if lock else LeaverSheet.objects
    found = rows.filter(pk=pk, user=scope.user_id or 0).first()
    if found is None:
        raise Http404("没有这份去向表，或不是您上传的。")
    return found


def judged(scope: Scope, found: LeaverSheet) -> list[Judged]:
    """Every row against the list as it is now, in two queries."""
    lines = [LeaverLine(**one) for one in json.loads(str(found.lines))]
    known = list(queries.leavers(scope, found.season).order_by("pk"))
    by_number = {row.person.number: row for row in known if row.person.number}
    by_name: dict[str, list[Leaver]] = {}
    for row in known:
        by_name.setdefault(row.person.name, []).append(row)
    seen: dict[int, int] = {}
    return [_judged(scope, line, by_number, by_name, seen) for line in lines]


def _judged(
    scope: Scope, line: LeaverLine, by_number: Mapping[str, Leaver], by_name: Mapping[str, list[Leaver]],
    seen: dict[int, int],
) -> Judged:  # fmt: skip
    problems = list(line.faults.items())
    row, wrong = _whose(line, by_number, by_name)
    problems += wrong
    if row is None:
        return Judged(line, "error", None, problems)
    if row.pk in seen:
        problems.append(("name", f"与第 {seen[row.pk]} 行是同一个人。"))
    seen.setdefault(row.pk, line.number)
    going = Going(**line.values).completed()
    problems += [(fault.field or "", f"{fault.message}{fault.remedy}") for fault in rules.faults(going, scope.today)]
    if not line.values["destination"] and "destination" not in line.faults:
        problems.append(("destination", "请填写去向。合并的单元格只有第一行有内容，请取消合并，逐行填写。"))
    if problems:
        return Judged(line, "error", row, problems)
    if all((getattr(row, name) or None) == (new or None) for name, new in asdict(going).items()):
        return Judged(line, "unchanged", row)
    if row.person.stage not in MEMBERS or (row.case is not None and row.case.state in LIVING):
        return Judged(line, "error", row, [("destination", "转接已经送审或者已经转出，不能再改去向。")])
    return Judged(line, "changed", row)


def _whose(
    line: LeaverLine, by_number: Mapping[str, Leaver], by_name: Mapping[str, list[Leaver]]
) -> tuple[Leaver | None, list[tuple[str, str]]]:
    if line.person_number:
        row = by_number.get(line.person_number)
        if row is None:
            return None, [("person_number", "名单里没有这个学工号，请核对，或先按名册补充名单。")]
        if line.name and line.name != row.person.name:
            return None, [("name", f"学工号 {line.person_number} 是“{row.person.name}”，与姓名不符。")]
        return row, []
    same = by_name.get(line.name, [])
    if len(same) == 1:
        return same[0], []
    text = "名单里没有这个人，请核对，或先按名册补充名单。" if not same else "名单里不止一个人叫这个名字，请填学工号。"
    return None, [("name", text)]


@transaction.atomic
def confirm(scope: Scope, pk: int, *, only_clean: bool = False) -> int:
    """Write all rows that change something; gives how many. Refuses with errors unless ``only_clean``, a second
    confirmation, and rows that would change nothing. All or nothing. Records ``procedures.leavers``."""
    found = sheet(scope, pk, lock=True)
    if found.confirmed_at is not None:
        raise Refusal("这份去向表已经写入过，不会写入两次。")
    held = judged(scope, found)
    wrong = [one for one in held if one.state == "error"]
    changing = sorted(
        (one for one in held if one.state == "changed" and one.leaver),
        key=lambda one: one.leaver.pk if one.leaver else 0,
    )
    if wrong and not only_clean:
        raise Refusal(
            f"有 {len(wrong)} 行有错误，没有写入任何内容。", field="only_clean",
            remedy=f"请下载改正稿，改好后重新上传；或者勾选“只写入没有错误的 {len(changing)} 行”。",
        )  # fmt: skip
    if not changing:
        raise Refusal("表中内容与名单一致，没有需要写入的。")
    pks = [one.leaver.pk for one in changing if one.leaver]
    locked = {row.pk: row for row in Leaver.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")}
    for one in changing:
        assert one.leaver is not None
        if locked[one.leaver.pk].version != one.leaver.version:
            raise Refusal("核对之后有人修改了名单，这次没有写入任何内容。", remedy="请看过最新的核对结果再确认。")
        scope.require(Right.HANDLE_CASE, one.leaver.person.organization.path if one.leaver.person.organization else "")
        actions.write(one.leaver, Going(**one.line.values).completed(), scope.today)
    written = [one.leaver for one in changing if one.leaver]
    names = [*Going.__dataclass_fields__, "stays_until", "extended_for", "case", "version"]
    Leaver.objects.bulk_update(written, names, batch_size=200)
    found.confirmed_at = timezone.now()
    found.save(update_fields=["confirmed_at"])
    path = scope.home.path if scope.home else ""
    record(
        scope, "procedures.leavers", organization_path=path,
        changes={"season": found.season, "count": len(written), "digest": found.digest},
    )  # fmt: skip
    return len(written)
