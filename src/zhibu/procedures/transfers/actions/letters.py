"""Letters of introduction: giving, printing, handing out. Numbers run on without gaps, a year and an issuer each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.documents.filling import fill_many
from zhibu.organizations.models import Organization
from zhibu.people import codes
from zhibu.people.enums import StageKind
from zhibu.people.identity import age_on
from zhibu.procedures.models import Case
from zhibu.procedures.transfers import queries
from zhibu.procedures.transfers.enums import Direction, LetterState
from zhibu.procedures.transfers.models import Letter
from zhibu.regulations.refusal import Refusal

LOCK = 0x4C455454  # "LETT"


def number_from(issuer: Organization, year: int) -> int:
    """The next number of this issuer in this year, held until the transaction ends: none is lost or given twice."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, issuer.pk])
    given = Letter.objects.filter(issuer=issuer, year=year, direction=Direction.OUT)
    return int(given.aggregate(last=Max("serial"))["last"] or 0) + 1


def letter_for(
    case: Case, issuer: Organization, serial: int, *, on: date, valid_days: int, dues_until: str,
    replaces: Letter | None = None,
) -> Letter:  # fmt: skip
    """The letter as it is to be given; not saved."""
    return Letter(
        case=case, issuer=issuer, issued_by=issuer.name, year=on.year, serial=serial,
        number=f"（{on.year}）第{serial:04d}号", dues_until=dues_until, valid_days=valid_days, issued_on=on,
        valid_until=on + timedelta(days=valid_days), replaces=replaces,
    )  # fmt: skip


def issue(case: Case, issuer: Organization, *, on: date, valid_days: int, dues_until: str) -> Letter:
    """Give the letter of a case that has been sent. It replaces an overdue or returned one, whose original is back."""
    unused = case.letters.select_for_update(of=("self",)).filter(replaced_by__isnull=True)
    old = unused.filter(state__in=(LetterState.EXPIRED, LetterState.RETURNED)).first()
    serial = number_from(issuer, on.year)
    letter = letter_for(case, issuer, serial, on=on, valid_days=valid_days, dues_until=dues_until, replaces=old)
    letter.save(force_insert=True)
    return letter


def on_its_way(case: Case) -> Letter | None:
    """The letter of a case that has not been used, held."""
    return case.letters.select_for_update().filter(state=LetterState.ISSUED, direction=Direction.OUT).first()


def finish(letter: Letter, state: LetterState, *, used_on: date | None = None) -> None:
    letter.state, letter.used_on = state, used_on
    letter.save(update_fields=["state", "used_on"])


@transaction.atomic
def print_letters(scope: Scope, letters: Iterable[Letter]) -> bytes:
    """All these letters as one docx, each with its three parts. The second time a letter says that it is a copy.

    The ID number stands on it, so the right to reveal it is needed. Refuses letters that are no longer valid. Records
    ``procedures.print_letters`` with the numbers.
    """
    pks = [letter.pk for letter in letters]
    held = list(queries.letters(scope).select_for_update(of=("self",)).filter(pk__in=pks).order_by("issuer", "serial"))
    if not held:
        raise Refusal("没有可以打印的介绍信。", remedy="请先审核发出，再打印。")
    for letter in held:
        scope.require(Right.REVEAL_PERSON, letter.case.organization.path)
    ended = [one for one in held if _now(one, scope.today) != LetterState.ISSUED or one.direction != Direction.OUT]
    if ended:
        text = f"{ended[0].number} {_now(ended[0], scope.today).label}，不能打印。"
        raise Refusal(text, remedy="逾期和退回的，收回原件后重开，打印新的一份。")
    content = fill_many("letter", [content_of(letter) for letter in held])
    Letter.objects.filter(pk__in=[letter.pk for letter in held]).update(prints=F("prints") + 1)
    paths = {letter.case.organization.path for letter in held}
    numbers = [letter.number for letter in held]
    record(
        scope, "procedures.print_letters", organization_path=common(sorted(paths)),
        changes={"number": f"{numbers[0]} – {numbers[-1]}" if len(numbers) > 1 else numbers[0], "count": len(numbers)},
    )  # fmt: skip
    return content


def _now(letter: Letter, today: date) -> LetterState:
    """The state as of today: after its last day a letter has fallen back."""
    over = letter.state == LetterState.ISSUED and letter.valid_until < today
    return LetterState.EXPIRED if over else LetterState(letter.state)


def common(paths: Sequence[str]) -> str:
    """The path of the lowest organization above all of them."""
    first, last = paths[0], paths[-1]
    step = Organization.steplen
    end = 0
    while first[end : end + step] and first[end : end + step] == last[end : end + step]:
        end += step
    return first[:end]


def content_of(letter: Letter) -> dict[str, Any]:
    """What the template of the letter names."""
    case = letter.case
    person = case.person
    assert person is not None
    copy = f"（补印，第 {letter.prints + 1} 次打印）" if letter.prints else ""
    year, _, month = letter.dues_until.partition("-")
    issuer = letter.issuer
    return {
        "number": letter.number + copy,
        "addressee": case.transfer.addressee,
        "name": person.name,
        "gender": codes.label("gender", person.gender).removesuffix("性"),
        "age": age_on(person.birth_date, letter.issued_on) if person.birth_date else "",
        "ethnicity": codes.label("ethnicity", person.ethnicity),
        "stage": "正式" if person.stage == StageKind.FULL else "预备",
        "id_number": person.id_number or "",
        "from_unit": case.organization.name,
        "to_unit": case.transfer.to_unit,
        "dues_until": f"{year}年{int(month)}月" if month else letter.dues_until,
        "valid_days": letter.valid_days,
        "issued_by": letter.issued_by,
        "issued_on": letter.issued_on,
        "phone": person.phone or "",
        "office_phone": issuer.contact_phone if issuer else "",
    }


@transaction.atomic
def fetch(scope: Scope, pk: int, *, on: date) -> Letter:
    """Note that the person has fetched the letter. Refuses a day before it was given, and a second time. Records
    ``procedures.fetch_letter``."""
    letter = queries.letter(scope, pk, lock=True)
    scope.require(Right.HANDLE_CASE, letter.case.organization.path)
    if _now(letter, scope.today) != LetterState.ISSUED or letter.fetched_on is not None:
        text = f"{letter.number} 已于 {letter.fetched_on} 领取。" if letter.fetched_on else "这封介绍信已经不在途。"
        raise Refusal(text, remedy="记录只供查阅。")
    if not letter.issued_on <= on <= scope.today:
        raise Refusal(f"领取日期应在 {letter.issued_on} 与今天之间。", field="on", remedy="请核对日期。")
    letter.fetched_on = on
    letter.save(update_fields=["fetched_on"])
    record(
        scope, "procedures.fetch_letter", object=letter, organization_path=letter.case.organization.path,
        changes={"number": letter.number, "on": on.isoformat()},
    )  # fmt: skip
    return letter
