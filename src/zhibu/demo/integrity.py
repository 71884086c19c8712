"""Integrity education of an invented university: a case that committee members read, a declaration that secretaries
sign. Most have done it; some are late, some have to renew soon."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

from zhibu.accounts.scope import system_scope
from zhibu.organizations.enums import COMMITTEE_POSTS, PostKind
from zhibu.organizations.models import Organization, Tenure
from zhibu.organizations.queries import in_office
from zhibu.regulations.dates import add_months
from zhibu.regulations.queries import value
from zhibu.supervision.integrity import actions
from zhibu.supervision.integrity.enums import Audience, MaterialKind
from zhibu.supervision.models import Declaration, ReadingConfirmation

CASE = (
    "某学院一名干部逢年过节收受学生家长礼品、礼金，并在评奖评优中给予照顾。学校纪委给予其党内严重警告处分，违纪所得予以收缴。"
    "各党组织应对照检查，严格执行廉洁纪律。（虚构案例）"
)
PROMISE = (
    "我承诺：严格遵守廉洁纪律，不收受学生、家长和服务对象的礼品、礼金；不利用职务为本人和亲友谋取利益；"
    "在发展党员、评奖评优、经费使用中公开公正；接受组织和群众监督。"
)
READ, SIGNED = 0.7, 0.8


def integrity(seed: int, today: date) -> dict[str, int]:
    """Write it; gives how many rows of each table."""
    rng, top = Random(seed), Organization.objects.get(depth=1)
    then = system_scope(today - timedelta(days=30))
    case = actions.issue(
        then, top.pk, kind=MaterialKind.CASE, title="收受学生家长礼金案例", source="虚构的学校纪委通报", text=CASE,
        starts_on=then.today, submission=UUID(int=7100, version=4),
    )  # fmt: skip
    actions.assign(then, case.pk, organization=top.pk, audience=Audience.COMMITTEE, due_on=today - timedelta(days=2))
    ReadingConfirmation.objects.bulk_create(
        ReadingConfirmation(material=case, person_id=pk, confirmed_on=then.today + timedelta(days=rng.randint(1, 27)))
        for pk in _holders(COMMITTEE_POSTS, today)
        if rng.random() < READ
    )
    return {"supervision.ReadingConfirmation": case.confirmations.count(), **_declared(rng, top, today)}


def _declared(rng: Random, top: Organization, today: date) -> dict[str, int]:
    began = add_months(today, -12) + timedelta(days=20)
    asked = actions.publish(
        system_scope(began), top.pk, title="党组织书记廉洁承诺书", audience=Audience.SECRETARIES,
        due_on=began + timedelta(days=30), text=PROMISE,
    )  # fmt: skip
    text = asked.texts.get()
    rows = []
    for pk in _holders((PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY), today):
        signed = began + timedelta(days=rng.randint(0, 60))
        renewed = add_months(signed, value("supervise.declaration", signed).number)
        if rng.random() < SIGNED:
            rows.append(Declaration(text=text, person_id=pk, signed_on=signed, renew_on=renewed))
    return {"supervision.Declaration": len(Declaration.objects.bulk_create(rows))}


def _holders(posts: frozenset[PostKind] | tuple[PostKind, ...], today: date) -> list[int]:
    held = Tenure.objects.filter(in_office(today), post__in=posts)
    return sorted(set(held.values_list("person", flat=True)))
