"""Whether a file belongs into the folder it is put into, as far as names and numbers in it tell."""

from __future__ import annotations

from zhibu.archive import contents, queries
from zhibu.archive.enums import SHARED, DocumentKind, Match
from zhibu.people.identity import id_number_index
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal

# Less text than this is a page number or a scanner's stamp.
ENOUGH = 12
WRONG = "请核对是否放错了人。多人共用的材料（会议记录、请示、批复、公示等），请选相应的类别。"


def compare(person: Person | None, kind: DocumentKind, text: str, name: str, *, reason: str = "") -> Match:
    """What the comparison says. Refuses another person's number or name; without a ``reason`` also a text that has
    neither the own name nor an own number, or own numbers beside somebody else's."""
    if person is None or kind in SHARED:
        return Match.SHARED
    own_name = _has_name(person, text)
    own_number = _has_number(person, f"{name}\n{text}")
    if _names_somebody_else(person, f"{name}\n{text}"):
        if not own_number:
            raise Refusal("文件里有另一名人员的学工号或身份证号。", field="file", remedy=WRONG)
        if not reason:
            raise Refusal(
                "文件里除了本人，还有另一名人员的学工号或身份证号。", field="reason",
                remedy="核对无误的，请在“说明”里写明，例如：介绍人的学工号。",
            )  # fmt: skip
    if not own_name and not _has_name(person, name) and (other := _colleague_in(person, name)):
        raise Refusal(f"文件名里写的是“{other}”，不是本人。", field="file", remedy=WRONG)
    if own_name or _has_number(person, text):
        return Match.FOUND
    if len(contents.compact(text)) < ENOUGH:
        return Match.UNREAD
    if not reason:
        raise Refusal(
            "文件的文字里没有本人姓名。", field="reason",
            remedy="请核对是否放错了人；核对无误的，请在“说明”里写明，例如：姓名为手写，未打印。",
        )  # fmt: skip
    return Match.ABSENT


def _colleague_in(person: Person, name: str) -> str:
    return next((one for one in queries.colleagues(person) if len(one) > 1 and one in name), "")


def _has_name(person: Person, text: str) -> bool:
    packed = contents.compact(text)
    return any(name and name in packed for name in map(contents.compact, (person.name, person.former_name)))


def _has_number(person: Person, text: str) -> bool:
    if person.number and person.number in contents.personal_numbers(text):
        return True
    return bool(person.id_number) and str(person.id_number).upper() in contents.id_numbers(text)


def _names_somebody_else(person: Person, text: str) -> bool:
    found = contents.id_numbers(text)
    indexes = [index for number in found if (index := id_number_index(number))]
    numbers = contents.personal_numbers(text) - found
    return queries.somebody_else(person, numbers=set(list(numbers)[:5000]), indexes=indexes)
