"""Checking the member summary against the records: who is new, who changed, what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models.expressions import RawSQL

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.exchange.checking.lookups import Nodes
from zhibu.exchange.checking.records import Record
from zhibu.exchange.checking.rules import check_member
from zhibu.exchange.columns.members import MEMBERS, NORMAL, SUSPENDED
from zhibu.exchange.columns.specification import BadCell
from zhibu.exchange.enums import RowState
from zhibu.organizations.enums import Kind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import posts_left
from zhibu.organizations.rules import refuse_post_left
from zhibu.people.enums import CULTIVATED, GONE, StageKind
from zhibu.people.models import Person
from zhibu.procedures.queries import in_admission
from zhibu.procedures.transfers.queries import being_transferred, living_whole
from zhibu.procedures.transfers.rules import THAW, frozen_text
from zhibu.vault.crypto import indexer

# Changes that the roster of a branch shows.
COURSE = frozenset({"stage", "confirmed_on", "membership"})
ROSTER = frozenset({"organization", "membership"})
ID_INDEX = "people.Person.id_number"
# Columns of the form that are fields of the person under the same name.
PLAIN = (
    "name",
    "gender",
    "ethnicity",
    "birth_date",
    "education",
    "joined_on",
    "confirmed_on",
    "work_post",
    "phone",
    "landline",
    "address",
    "is_lost",
    "lost_since",
    "is_mobile",
    "mobile_destination",
)
# An empty cell does not erase what the records know; the exceptions follow their yes or no.
CLEARED = {"lost_since": "is_lost", "mobile_destination": "is_mobile"}
TEXTS = frozenset(
    {"name", "gender", "ethnicity", "education", "work_post", "phone", "landline", "address", "mobile_destination"}
)


@dataclass(slots=True)
class Checked:
    """A record with its fate. ``changes`` maps column names to old and new value; ``values`` are ready to write."""

    record: Record
    state: RowState
    object_id: int | None = None
    version: int | None = None
    changes: dict[str, list[Any]] | None = None


def outer_stage(stage: str, confirmed_on: date | None) -> str:
    """人员类别 as the form knows it: two values, whatever the stage inside."""
    if stage == StageKind.SUSPENDED:
        return StageKind.FULL if confirmed_on else StageKind.PROBATIONARY
    return StageKind.PROBATIONARY if stage == StageKind.EXTENDED else stage


class MemberChecker:
    """Checks blocks of records; remembers ID numbers across blocks so that doubles within the file are seen."""

    def __init__(self, scope: Scope, as_of: date) -> None:
        self.scope = scope
        self.as_of = as_of
        self.nodes = Nodes(scope)
        self._sign = indexer(ID_INDEX)
        self._frozen = [case.organization for case in living_whole(scope)]
        # The first import of an installation meets nobody; whoever comes in meanwhile is seen when it is written.
        self._nobody = not Person.objects.exists()
        self._first: dict[bytes, int] = {}
        self._alike: dict[tuple[str, date], int] = {}

    def check(self, records: Iterable[Record]) -> list[Checked]:
        records = list(records)
        indexes = [self._index(record) for record in records]
        known = self._known([index for index in indexes if index])
        namesakes = self._namesakes(records)
        checked = []
        for record, index in zip(records, indexes, strict=True):
            self._resolve_branch(record)
            check_member(record, self.as_of)
            first = self._first.setdefault(index, record.number) if index else record.number
            if first != record.number:
                record.error(
                    "id_number", f"与第 {first} 行的证件号相同。", "同一个人只保留一行；不是同一人的请核对证件号。"
                )
                checked.append(Checked(record, RowState.ERROR))
                continue
            person = known.get(index) if index else None
            if person is None:
                self._check_namesake(record, namesakes)
            checked.append(self._judge(record, person))
        self._check_posts([row for row in checked if row.changes and "organization" in row.changes])
        self._check_transfers(checked, known, indexes)
        self._check_admissions([row for row in checked if row.changes and COURSE & set(row.changes)])
        return checked

    def _index(self, record: Record) -> bytes | None:
        number = record.values["id_number"]
        return self._sign(number) if number else None

    def _known(self, indexes: list[bytes]) -> dict[bytes, dict[str, Any]]:
        if self._nobody:
            return {}
        fields = ("id", "id_number_index", "stage", "organization_id", "organization__path", *PLAIN)
        # One array instead of thousands of parameters, which Django and psycopg would handle one by one.
        found = Person.objects.extra(where=["id_number_index = any(%s)"], params=[indexes]).annotate(
            version=RawSQL("people_person.xmin::text::bigint", ())
        )
        return {bytes(row["id_number_index"]): row for row in found.values("version", *fields)}

    def _namesakes(self, records: list[Record]) -> dict[tuple[str, date], int]:
        """Persons of the same name and birthday whom the reader may see: perhaps the same under another number."""
        if self._nobody:
            return {}
        names = list({record.values["name"] for record in records if record.values["name"]})
        named = Person.objects.extra(where=["people_person.name = any(%s)"], params=[names])
        visible = self.scope.visible(named, Right.IMPORT)
        return {(name, born): pk for name, born, pk in visible.values_list("name", "birth_date", "pk") if born}

    def _check_namesake(self, record: Record, namesakes: dict[tuple[str, date], int]) -> None:
        name, born = record.values["name"], record.values["birth_date"]
        if not name or not born or not record.values["id_number"]:
            return
        if (name, born) in namesakes:
            record.notice(
                "id_number", "系统中有同名、同一天出生、证件号不同的人。", "请核对是不是同一个人填错了证件号。"
            )
        elif self._alike.setdefault((name, born), record.number) != record.number:
            first = self._alike[name, born]
            record.notice("id_number", f"与第 {first} 行同名且同一天出生，证件号不同。", "请核对是不是同一个人。")

    def _resolve_branch(self, record: Record) -> None:
        text = record.values["organization"]
        if text is None:
            return
        try:
            node = self.nodes.branch(text)
            record.values["organization"] = node.id
            if node.established_on > self.as_of:
                record.error("organization", f"“{node.name}”{node.established_on} 才成立。", "请核对支部或数据日期。")
        except BadCell as bad:
            record.values["organization"] = None
            record.error("organization", bad.message, bad.remedy)

    def _judge(self, record: Record, person: dict[str, Any] | None) -> Checked:
        if person is None:
            return Checked(record, RowState.ERROR if record.has_error else RowState.NEW)
        if not self.scope.may(Right.IMPORT, person["organization__path"] or ""):
            record.error(
                "id_number",
                "此人的组织关系目前在您的管理范围之外。",
                "请先由对方办理组织关系转出，再登记转入；不能通过导入转接。",
            )
            return Checked(record, RowState.ERROR)
        self._check_course(record, person)
        if record.has_error:
            return Checked(record, RowState.ERROR, person["id"])
        changes = self._changes(record, person)
        state = RowState.CHANGED if changes else RowState.UNCHANGED
        return Checked(record, state, person["id"], person["version"], changes)

    def _check_transfers(
        self, checked: list[Checked], known: dict[bytes, dict[str, Any]], indexes: list[bytes | None]
    ) -> None:
        """While an organization moves as a whole, nobody enters its branches, leaves them or is suspended there; and
        who is being transferred is not moved by a file."""
        leaving = [row for row in checked if row.state is RowState.CHANGED and ROSTER & set(row.changes or {})]
        moving = being_transferred(self.scope, [row.object_id for row in leaving if row.object_id]) if leaving else {}
        for row in leaving:
            if row.object_id in moving:
                row.record.error("organization", "此人的组织关系转接正在办理。", "请先办结或终止那一件，再导入这一行。")
                row.state = RowState.ERROR
        for row, index in zip(checked, indexes, strict=True) if self._frozen else ():
            if row.state is not RowState.NEW and row not in leaving:
                continue
            target = self.nodes.by_id.get(row.record.values["organization"] or 0)
            person = known.get(index) if index else None
            paths = [target.path if target else "", (person or {}).get("organization__path") or ""]
            frozen = next((node for node in self._frozen if any(path.startswith(node.path) for path in paths)), None)
            if frozen is not None:
                row.record.error("organization", frozen_text(frozen), f"{THAW}办结之前，请先从表中删去这一行。")
                row.state = RowState.ERROR

    def _check_admissions(self, changing: list[Checked]) -> None:
        """While an admission is under way, its steps change the stage and its days, and no file does."""
        living = in_admission([row.object_id for row in changing if row.object_id])
        for row in changing:
            if row.object_id in living:
                name = next(name for name in ("stage", "confirmed_on", "membership") if name in (row.changes or {}))
                remedy = "请在“发展党员”中办理相应的步骤，或者从表中改回系统中的人员类别和日期。"
                row.record.error(name, "此人的发展党员事项正在办理，人员类别随步骤变更。", remedy)
                row.state = RowState.ERROR

    def _check_posts(self, moving: list[Checked]) -> None:
        """Whoever holds a post in the branch that the file has them leave: as for a move by hand."""
        ids = {row.object_id for row in moving}
        holding = set(Tenure.objects.filter(person__in=ids).values_list("person", flat=True)) if ids else set()
        for row in moving:
            if row.object_id not in holding or row.changes is None:
                continue
            origin, target = (Organization.objects.filter(pk=pk).first() for pk in row.changes["organization"])
            if origin is None or target is None:
                continue
            for tenure in posts_left([row.object_id], origin, target, self.as_of):
                refusal = refuse_post_left(tenure, self.as_of)
                row.record.error("organization", refusal.message, refusal.remedy)
                row.state = RowState.ERROR

    def _check_course(self, record: Record, person: dict[str, Any]) -> None:
        """Only steps that the form can state are taken from it; the others have their own procedures."""
        old, new, suspended = person["stage"], record.values["stage"], record.values["membership"] == SUSPENDED
        if old in GONE:
            label = StageKind(old).label
            remedy = "请在党员页面核对，写明依据。"
            if old == StageKind.TRANSFERRED:
                remedy = "凭介绍信转回的，请在“组织关系转接”中登记收到的介绍信，恢复原档案。"
            record.error("membership", f"系统中此人已登记为“{label}”。", remedy)
        elif old == StageKind.SUSPENDED and not suspended and record.values["membership"] is not None:
            record.error("membership", "系统中此人已停止党籍。", "恢复党籍须经审批，请在党员页面办理。")
        elif old == StageKind.FULL and new == StageKind.PROBATIONARY:
            record.error("stage", "系统中此人已是正式党员。", "请核对人员类别；系统有误的请在党员页面更正。")
        elif old == StageKind.SUSPENDED and record.values["organization"] not in {None, person["organization_id"]}:
            record.error("organization", "停止党籍的，不能调整支部。", "请改回系统中的支部；恢复党籍后再办理。")
        elif suspended and old in CULTIVATED:
            record.error("membership", "系统中此人还不是党员，不能停止党籍。", "请核对。")

    def _changes(self, record: Record, person: dict[str, Any]) -> dict[str, list[Any]]:
        """What differs; cells left empty take over the stored value, so that ``values`` is complete for writing."""
        values, changes = record.values, {}
        for name in PLAIN:
            stored = person[name]
            if values[name] is None and not (name in CLEARED and values[CLEARED[name]] is False):
                values[name] = stored if stored != "" else None
            new = values[name]
            if new != (stored if stored != "" else None) and not _same(name, stored, new):
                changes[name] = [stored if stored != "" else None, new]
            elif name == "lost_since" and stored:
                values[name] = stored
        here = self.nodes.by_id.get(person["organization_id"] or 0)
        if here is not None and here.kind == Kind.GROUP:
            # The form names branches; whoever belongs to one of its groups stays there.
            above = self.nodes.superior(here)
            if above is not None and above.id == values["organization"]:
                values["organization"] = here.id
        stage = outer_stage(person["stage"], person["confirmed_on"])
        if stage != values["stage"]:
            changes["stage"] = [person["stage"], values["stage"]]
        if values["membership"] == SUSPENDED and person["stage"] != StageKind.SUSPENDED:
            changes["membership"] = [NORMAL, SUSPENDED]
        if values["organization"] != person["organization_id"]:
            changes["organization"] = [person["organization_id"], values["organization"]]
            if here:
                record.notice(
                    "organization",
                    f"组织关系将从“{here.name}”改到这个支部。",
                    "请核对；确属校内转接的，确认时勾选“已核对提醒”。",
                )
        if "name" in changes:
            record.notice("name", "与系统中同一证件号的姓名不同。", "请核对；确已更名的，确认时勾选“已核对提醒”。")
        return changes


def _same(name: str, stored: Any, new: Any) -> bool:
    """Whether two spellings mean the same: what the records hold may have come in another way than through the form."""
    if stored in (None, "") or new is None:
        return False
    column = MEMBERS.by_name[name]
    try:
        canonical: Callable[[Any], Any] = column.parse
        return bool(canonical(column.write(stored)) == new)
    except BadCell:
        return False
