"""Which of the sixteen collected fields a file must hold (data-standards.md 1), as data.

The same list serves the screen (`missing_fields`), the roster's filter (`RequiredField.lacks`, a Q) and the warehouse
(`RequiredField.sql_applies` and `sql_filled`, conditions over ``people_person p``). A test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from zhibu.people.enums import MEMBERS, StageKind

if TYPE_CHECKING:
    from zhibu.people.models import Person

# Suspended members stay members of whom the form is kept.
ON_FORM = tuple(sorted({kind.value for kind in MEMBERS} | {StageKind.SUSPENDED.value}))
CONFIRMED = (StageKind.FULL.value,)
KINDS_WITH_NOTHING_REQUIRED = ("80", "85", "88", "90")


@dataclass(frozen=True)
class RequiredField:
    """One collected field. Any of ``columns`` fills it; ``stages`` limits it to persons at these stages, ``flag`` to
    persons of whom that column is true."""

    name: str
    label: str
    columns: tuple[str, ...]
    stages: tuple[str, ...] = ()
    flag: str = ""
    nullable: bool = False

    def applies(self, person: Person) -> bool:
        return (not self.stages or person.stage in self.stages) and (not self.flag or getattr(person, self.flag))

    def is_filled(self, person: Person) -> bool:
        return any(getattr(person, column) not in (None, "", b"") for column in self.columns)

    @property
    def lacks(self) -> Q:
        """Rows of Person that should have it and have not."""
        condition = Q(**({f"{self.flag}": True} if self.flag else {}))
        if self.stages:
            condition &= Q(stage__in=self.stages)
        for column in self.columns:
            condition &= Q(**({f"{column}__isnull": True} if self.nullable else {column: _empty(column)}))
        return condition

    @property
    def sql_applies(self) -> str:
        parts = [f"p.{self.flag}"] if self.flag else []
        if self.stages:
            parts.append(f"p.stage in ({', '.join(repr(kind) for kind in self.stages)})")
        return " and ".join(parts) or "true"

    @property
    def sql_filled(self) -> str:
        tests = [f"p.{column} is not null" if self.nullable else f"length(p.{column}) > 0" for column in self.columns]
        return f"({' or '.join(tests)})"


def _empty(column: str) -> str | bytes:
    return b"" if column in {"phone", "landline", "address", "id_number"} else ""


REQUIRED_FIELDS: tuple[RequiredField, ...] = (
    RequiredField("name", "姓名", ("name",)),
    RequiredField("gender", "性别", ("gender",)),
    RequiredField("ethnicity", "民族", ("ethnicity",)),
    RequiredField("id_number", "公民身份证号", ("id_number_index",), nullable=True),
    RequiredField("birth_date", "出生日期", ("birth_date",), nullable=True),
    RequiredField("education", "学历", ("education",)),
    RequiredField("stage", "人员类别", ("stage",)),
    RequiredField("organization", "所在党支部", ("organization_id",), nullable=True),
    RequiredField("joined_on", "加入党组织日期", ("joined_on",), stages=ON_FORM, nullable=True),
    RequiredField("confirmed_on", "转为正式党员日期", ("confirmed_on",), stages=CONFIRMED, nullable=True),
    RequiredField("work_post", "工作岗位", ("work_post",)),
    RequiredField("phone", "联系电话", ("phone", "landline")),
    RequiredField("address", "家庭住址", ("address",)),
    RequiredField("lost_since", "失去联系日期", ("lost_since",), flag="is_lost", nullable=True),
    RequiredField("mobile_destination", "外出流向", ("mobile_destination",), flag="is_mobile"),
)


def required_fields(person: Person) -> tuple[RequiredField, ...]:
    """The fields that this person's file must hold. Whoever has left is asked for nothing."""
    if person.stage in KINDS_WITH_NOTHING_REQUIRED:
        return ()
    return tuple(field for field in REQUIRED_FIELDS if field.applies(person))


def missing_fields(person: Person) -> tuple[RequiredField, ...]:
    """Those of `required_fields` that are empty, in the order of the form."""
    return tuple(field for field in required_fields(person) if not field.is_filled(person))


def incomplete() -> Q:
    """Rows of Person with at least one required field empty."""
    lacking = Q()
    for field in REQUIRED_FIELDS:
        lacking |= field.lacks
    return ~Q(stage__in=KINDS_WITH_NOTHING_REQUIRED) & lacking
