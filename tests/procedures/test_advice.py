"""What leavers are told on paper, and certificates of membership: one file for all that were chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, make_person
from tests.procedures.test_drafts import text_of
from tests.procedures.test_graduation import UNIT, rows  # noqa: F401
from zhibu.audit.models import Entry
from zhibu.people.enums import StageKind
from zhibu.procedures.models import Leaver
from zhibu.procedures.transfers.graduation import actions
from zhibu.procedures.transfers.graduation.rules import Going

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


def test_each_leaver_is_told_where_to_and_what_to_do(cast: Cast, rows: list[Leaver], sign_in: SignIn) -> None:  # noqa: F811
    scope, chosen = cast.scope(cast.secretary), [str(row.pk) for row in rows]
    client = sign_in(cast.secretary)
    nobody = client.post("/procedures/graduation/chase/advice/", {"selected": chosen})
    actions.save(scope, rows[0].pk, UNIT)
    actions.save(scope, rows[1].pk, Going("unsettled"))
    actions.save(scope, rows[2].pk, Going("abroad"))

    said = text_of(client.post("/procedures/graduation/chase/advice/", {"selected": chosen}).content)
    staying = text_of(client.post("/procedures/graduation/stayers/advice/", {"selected": chosen}).content)

    assert nobody.status_code == 422 and "还没有登记去向" in nobody.content.decode()
    assert "毕401同志：" in said and "你的组织关系将转到：虚构科技有限公司党支部。" in said
    assert "有效期 90 天" in said and "在 1 个月内把回执寄回" in said and "自转出起 6 个月内" in said
    assert "保留到2028年6月30日" in said and "请每 6 个月至少与党支部联系一次" in said
    assert (said.count("告知书"), staying.count("保留告知书")) == (3, 2)
    assert Entry.objects.get(verb="procedures.print_advice", changes__count=3)


def test_members_are_certified_and_others_are_not(cast: Cast, sign_in: SignIn) -> None:
    applicant = make_person("申请", cast.branch, serial=71, stage=StageKind.APPLICANT)
    client, other = sign_in(cast.secretary), make_person("贰员", cast.branch, serial=72)
    members = [str(cast.member.pk), str(other.pk)]

    refused = client.post("/people/certificates/", {"selected": [*members, str(applicant.pk)]})
    said = text_of(client.post("/people/certificates/", {"selected": members}).content)

    assert refused.status_code == 422 and "“申请”不是党员" in refused.content.decode()
    assert said.count("党员身份证明") == 2
    assert "兹证明孟员同志" in said and "系中共正式党员" in said and cast.branch.name in said
    assert str(cast.member.id_number) not in said
    assert Entry.objects.filter(verb="people.certify").count() == 2
    assert sign_in(cast.neighbour).post("/people/certificates/", {"selected": members}).status_code == 422
