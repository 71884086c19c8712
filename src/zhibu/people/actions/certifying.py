"""Certificates of membership (党员身份证明), filled from the file, to be stamped by whoever gives them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.documents.filling import fill_many
from zhibu.organizations.queries import organization
from zhibu.people import codes
from zhibu.people.enums import MEMBERS, StageKind
from zhibu.people.models import Person
from zhibu.regulations.refusal import Refusal

MOST = 300


@transaction.atomic
def certify(scope: Scope, chosen: QuerySet[Person]) -> bytes:
    """One certificate for each, as one docx. Refuses whoever is no member, nobody, and too many. Records
    ``people.certify`` for each, which the person can read. No ID number stands on it."""
    people = list(chosen.select_related("organization").order_by("pinyin", "pk")[: MOST + 1])
    if not people or len(people) > MOST:
        what = f"一次最多开具 {MOST} 份证明。" if people else "没有选中任何人。"
        raise Refusal(what, remedy="请回到名册勾选，分几次开具。")
    if others := [person.name for person in people if person.stage not in MEMBERS]:
        raise Refusal(f"“{others[0]}”不是党员，不能开具党员身份证明。", remedy="请只勾选正式党员和预备党员。")
    for person in people:
        scope.require(Right.EDIT_PERSON, person.organization.path if person.organization else "")
    home = scope.home
    signer = organization(scope, home.organization_id).name if home and home.organization_id else ""
    content = fill_many("membership_certificate", [_content(person, signer, scope) for person in people])
    for person in people:
        path = person.organization.path if person.organization else ""
        record(scope, "people.certify", object=person, organization_path=path)
    return content


def _content(person: Person, signer: str, scope: Scope) -> dict[str, Any]:
    born, full = person.birth_date, person.stage == StageKind.FULL
    return {
        "name": person.name, "gender": codes.label("gender", person.gender).removesuffix("性"),
        "born": f"{born.year}年{born.month}月" if born else "", "stage": f"中共{'正式' if full else '预备'}党员",
        "joined_on": person.joined_on, "confirmed_on": person.confirmed_on if full else None,
        "organization": person.organization.name if person.organization else "", "signed_by": signer,
        "dated_on": scope.today,
    }  # fmt: skip
