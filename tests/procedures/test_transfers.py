"""Members change their branch, and nobody is ever between two of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from tests.cast import TODAY, Cast, appoint, id_number, make_organization, make_person
from tests.procedures.moving import FARAWAY, office, second_branch, sent_out, take, traveller, where
from zhibu.audit.models import Entry as Audit
from zhibu.organizations.enums import Category, Kind, PostKind
from zhibu.organizations.models import Organization
from zhibu.people import actions as people
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures import actions, queries
from zhibu.procedures.models import Case, OpenStep
from zhibu.procedures.transfers import actions as transfers
from zhibu.procedures.transfers.actions import IncomingLetter, Outside
from zhibu.procedures.transfers.enums import TransferKind
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db


def refused(call, *args, **more) -> Refusal:  # type: ignore[no-untyped-def]
    with pytest.raises((Refusal, Refusals)) as caught:
        call(*args, **more)
    return caught.value.refusals[0] if isinstance(caught.value, Refusals) else caught.value


def test_from_faculty_to_faculty_each_office_in_its_turn(cast: Cast) -> None:
    person = cast.member
    mine = cast.scope(person)
    case = transfers.request(mine, person, target=cast.other_branch, cause="转专业")

    take(cast.scope(cast.secretary), case, "consent")
    take(cast.scope(cast.organizer), case, "sent", data={"valid_days": 30})
    assert where(person) == (cast.branch, 1)  # on the way, and the old branch still responsible
    waiting = queries.live(TODAY).get(case=case)
    assert (waiting.step, waiting.organization, waiting.due) == ("accept", cast.other_faculty, TODAY + timedelta(30))
    take(office(cast), case, "accept")
    take(cast.scope(cast.neighbour), case, "placed")

    case.refresh_from_db()
    assert (case.state, where(person)) == ("done", (cast.other_branch, 1))
    state = queries.state_of(case)
    assert state.on("receipt") == TODAY  # inside the university the receipt comes by itself


@pytest.mark.parametrize("step", ["consent", "sent", "accept", "placed"])
def test_nobody_takes_the_step_of_another_office(cast: Cast, step: str) -> None:
    case = transfers.request(cast.scope(cast.member), cast.member, target=cast.other_branch)
    order = {"consent": cast.secretary, "sent": cast.organizer, "accept": cast.office, "placed": cast.neighbour}
    for name, who in order.items():
        if name == step:
            break
        take(cast.scope(who), case, name)
    wrong = {"consent": cast.neighbour, "sent": cast.secretary, "accept": cast.organizer, "placed": cast.secretary}

    with pytest.raises(PermissionDenied, match="没有权限"):
        take(cast.scope(wrong[step]), case, step)


def test_inside_one_faculty_its_committee_is_asked_once(cast: Cast) -> None:
    person, target = traveller(cast), second_branch(cast)
    case = transfers.request(cast.scope(cast.secretary), person, target=target)
    take(cast.scope(cast.secretary), case, "consent")
    take(cast.scope(cast.organizer), case, "sent")
    take(cast.scope(cast.organizer), case, "placed")

    assert (case.procedure, where(person)) == ("transfer_branch", (target, 1))


def test_another_group_of_the_branch_is_one_step(cast: Cast) -> None:
    group = make_organization("第一党小组", cast.branch, kind=Kind.GROUP)
    person = traveller(cast)

    case = transfers.request(cast.scope(cast.secretary), person, target=group)

    assert (case.state, case.procedure, where(person)) == ("done", "transfer_group", (group, 1))


def test_declining_needs_a_reason_and_the_person_stays(cast: Cast) -> None:
    person = traveller(cast)
    case = transfers.request(cast.scope(cast.secretary), person, target=cast.other_branch)
    take(cast.scope(cast.secretary), case, "consent")
    take(cast.scope(cast.organizer), case, "sent")

    said = refused(take, office(cast), case, "accept", outcome="declined")
    assert "须写明理由" in said.message and "第二十五条" in said.message
    take(office(cast), case, "accept", outcome="declined", reason="材料缺入党志愿书")

    assert [row.step for row in OpenStep.objects.filter(case=case)] == ["sent"]
    assert where(person) == (cast.branch, 1)
    take(cast.scope(cast.organizer), case, "sent")  # sent again with the papers
    take(office(cast), case, "accept")
    take(cast.scope(cast.neighbour), case, "placed")
    assert where(person) == (cast.other_branch, 1)


def test_the_own_branch_may_not_refuse_in_silence(cast: Cast) -> None:
    case = transfers.request(cast.scope(cast.member), cast.member, target=cast.other_branch)

    assert "须写明理由" in refused(take, cast.scope(cast.secretary), case, "consent", outcome="refused").message
    take(cast.scope(cast.secretary), case, "consent", outcome="refused", reason="组织生活会之后再转")
    case.refresh_from_db()
    assert case.state == "ended"


def test_impossible_targets_are_refused_with_rule_and_remedy(cast: Cast) -> None:
    scope, person = cast.scope(cast.secretary), traveller(cast)
    gone = make_organization("旧党支部", cast.faculty)
    Organization.objects.filter(pk=gone.pk).update(dissolved_on=date(2026, 1, 1))
    gone.refresh_from_db()

    for target, rule, words in (
        (cast.branch, "move.cause", "已经在"),
        (gone, "move.responsible", "撤销"),
        (cast.other_faculty, "move.responsible", "应编入党支部"),
    ):
        said = refused(transfers.request, scope, person, target=target)
        assert words in said.message and said.rule == rule and said.citation and said.remedy
    ours = Outside(TransferKind.PAPER, cast.root.name, "某某单位党支部")
    assert "不需要转出" in refused(transfers.request, scope, person, outside=ours).message
    assert not Case.objects.exists()


def test_an_applicant_gets_no_letter(cast: Cast) -> None:
    person = traveller(cast, stage=StageKind.APPLICANT)

    assert "不能转接" in refused(transfers.request, cast.scope(cast.secretary), person, outside=FARAWAY).message


def test_who_holds_a_post_gives_it_up_first(cast: Cast) -> None:
    person = traveller(cast)
    appoint(person, cast.branch, PostKind.PUBLICITY_MEMBER)

    said = refused(transfers.request, cast.scope(cast.secretary), person, target=cast.other_branch)

    assert "不能带着职务调出" in said.message and "免职" in said.remedy


def test_one_living_transfer_a_person_whatever_its_kind(cast: Cast) -> None:
    person = traveller(cast)
    transfers.request(cast.scope(cast.secretary), person, target=cast.other_branch)

    assert "已有一件" in refused(transfers.request, cast.scope(cast.secretary), person, outside=FARAWAY).message


def test_a_request_may_be_withdrawn_until_it_was_sent(cast: Cast) -> None:
    mine = cast.scope(cast.member)
    case = transfers.request(mine, cast.member, target=cast.other_branch)
    actions.withdraw(mine, case.pk, version=case.version, on=TODAY, way_out="", reason="不转专业了")
    case.refresh_from_db()
    assert case.state == "ended"

    again = transfers.request(mine, cast.member, target=cast.other_branch)
    take(cast.scope(cast.secretary), again, "consent")
    take(cast.scope(cast.organizer), again, "sent")
    again.refresh_from_db()
    with pytest.raises(PermissionDenied):
        actions.withdraw(mine, again.pk, version=again.version, on=TODAY, way_out="", reason="又不转了")


def test_while_a_transfer_lives_nobody_moves_the_person_by_hand(cast: Cast) -> None:
    person = traveller(cast)
    transfers.request(cast.scope(cast.secretary), person, target=cast.other_branch)

    said = refused(people.move, cast.scope(cast.organizer), person, cast.sibling, on=TODAY)

    assert "正在办理" in said.message and said.rule == "move.responsible"
    assert where(person) == (cast.branch, 1)


def test_the_file_leads_into_the_transfer_and_only_what_was_settled_outside_is_entered_by_hand(
    cast: Cast, sign_in: Callable[[Person], Client]
) -> None:
    client, url = sign_in(cast.secretary), f"/people/{cast.member.pk}/stage/"
    way = f"/procedures/transfers/new/?person={cast.member.number}"
    assert way in client.get(f"/people/{cast.member.pk}/").content.decode()
    assert way in client.get(url).content.decode()
    assert f'value="{cast.member.number}"' in client.get(way).content.decode()

    form = {"to": "85", "on": "2026-11-20", "way_out": "transferred", "basis": "存根 12 号"}
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert "由“组织关系转接”办理" in answer.content.decode() and "存根 12 号" in answer.content.decode()
    assert client.post(url, form | {"reason": "补录：十月已凭回执办结"}).status_code == 302
    assert where(cast.member) == (cast.branch, 0)


def test_what_is_out_too_long_falls_back_the_day_after(cast: Cast) -> None:
    person = traveller(cast)
    begun = TODAY - timedelta(days=60)
    scope = office(cast, begun)
    case = transfers.request(scope, person, target=cast.other_branch)
    take(scope, case, "consent")
    take(scope, case, "sent", data={"valid_days": 30})
    last = begun + timedelta(days=30)

    assert transfers.fall_back(office(cast, last)) == []
    assert [one.pk for one in transfers.fall_back(office(cast, last + timedelta(days=1)))] == [case.pk]

    assert [row.step for row in OpenStep.objects.filter(case=case)] == ["sent"]
    assert where(person) == (cast.branch, 1)
    entry = case.entries.order_by("position").last()
    assert entry is not None and entry.kind == "returned" and "责任" not in entry.outcome
    assert transfers.fall_back(office(cast, last + timedelta(days=2))) == []


def test_without_a_worker_the_receiver_can_no_longer_accept_what_is_out_too_long(cast: Cast) -> None:
    begun = TODAY - timedelta(days=60)
    case = transfers.request(office(cast, begun), traveller(cast), target=cast.other_branch)
    take(office(cast, begun), case, "consent")
    take(office(cast, begun), case, "sent", data={"valid_days": 30})
    take(office(cast, begun), case, "accept")

    assert [(row.step, row.organization) for row in queries.mine(cast.scope(cast.organizer))] == [
        ("sent", cast.faculty)
    ]
    assert not queries.mine(cast.scope(cast.neighbour)).exists()
    assert "已退回转出方" in refused(take, cast.scope(cast.neighbour), case, "placed").message
    take(cast.scope(cast.organizer), case, "sent")
    assert "须先办理" in refused(take, cast.scope(cast.neighbour), case, "placed").message  # accepted anew first


def test_a_living_admission_goes_along_with_the_person(cast: Cast) -> None:
    person = traveller(cast, stage=StageKind.APPLICANT, since=date(2026, 6, 1))
    admission = actions.open_case(cast.scope(cast.secretary), "admission", person)
    case = transfers.request(cast.scope(cast.secretary), person, target=cast.other_branch)
    take(cast.scope(cast.secretary), case, "consent")
    take(cast.scope(cast.organizer), case, "sent")
    take(office(cast), case, "accept")
    take(cast.scope(cast.neighbour), case, "placed")  # who cannot see the case before it is theirs

    admission.refresh_from_db()
    assert (admission.organization, admission.state) == (cast.other_branch, "open")


def test_outside_the_admission_ends_with_the_papers_handed_over(cast: Cast) -> None:
    person = traveller(cast, stage=StageKind.PROBATIONARY, since=date(2026, 6, 1))
    admission = actions.open_case(office(cast), "admission", person)
    case = sent_out(cast, person)
    take(office(cast), case, "receipt")

    admission.refresh_from_db()
    last = admission.entries.order_by("position").last()
    assert admission.state == "ended" and last is not None and "移交材料" in last.reason


def test_a_death_ends_the_transfer_and_voids_the_letter(cast: Cast) -> None:
    person = traveller(cast)
    case = sent_out(cast, person)

    people.set_stage(office(cast), person, StageKind.DECEASED, on=TODAY, way_out="died")

    case.refresh_from_db()
    assert (case.state, case.letters.get().state) == ("ended", "void")


def test_who_is_not_concerned_does_not_see_the_case(cast: Cast) -> None:
    person, target = traveller(cast), second_branch(cast)
    case = transfers.request(cast.scope(cast.secretary), person, target=target)

    with pytest.raises(Http404):
        queries.case(cast.scope(cast.neighbour), case.pk)


@pytest.mark.parametrize(
    ("kind", "letters"),
    [(TransferKind.PROVINCE, 0), (TransferKind.OTHER_PROVINCE, 0), (TransferKind.PAPER, 1)],
)
def test_each_way_out_of_the_university_has_its_carrier_and_its_receipt(
    cast: Cast, kind: TransferKind, letters: int
) -> None:
    person = traveller(cast)
    case = transfers.request(
        cast.scope(cast.secretary), person, outside=Outside(kind, "中共虚构市教育工委", "虚构师范大学文学院党支部")
    )
    take(cast.scope(cast.secretary), case, "consent")
    assert "须先办理第 3 步" in refused(take, cast.scope(cast.organizer), case, "receipt").message
    take(cast.scope(cast.organizer), case, "sent", data={"valid_days": 30})
    assert (case.letters.count(), where(person)) == (letters, (cast.branch, 1))
    early = refused(take, cast.scope(cast.organizer), case, "receipt", on=TODAY - timedelta(days=1))
    assert "日期早于" in early.message
    take(cast.scope(cast.organizer), case, "receipt")
    assert "已办结" in refused(take, cast.scope(cast.organizer), case, "receipt").message

    assert where(person) == (cast.branch, 0) and case.letters.filter(state="used").count() == letters


def test_new_students_wait_in_a_holding_branch_until_they_have_arrived(
    cast: Cast, sign_in: Callable[[Person], Client]
) -> None:
    holding = make_organization("2026 级新生暂存党支部", cast.root, kind=Kind.TEMPORARY_BRANCH)
    letter = IncomingLetter("（2026）第18号", "中共异地县委组织部", date(2026, 11, 1), 60)
    fields = {
        "name": "新生", "id_number": id_number(700), "birth_date": date(2000, 1, 1), "joined_on": date(2024, 6, 1),
        "confirmed_on": date(2025, 6, 1),
    }  # fmt: skip
    case = transfers.receive(office(cast), holding, letter, on=TODAY, stage=StageKind.FULL, fields=fields)
    assert case.person is not None and where(case.person) == (holding, 1)
    client = sign_in(cast.office)
    page = client.get(f"/people/?organization={holding.pk}").content.decode()
    assert "新生" in page and cast.member.name not in page

    form = {"selected": case.person.pk, "target": cast.branch.name, "on": "2026-11-21", "reason": "已报到，编入支部"}
    assert client.post("/people/move/", form).status_code == 302

    assert where(case.person) == (cast.branch, 1)
    case.refresh_from_db()
    assert case.organization == cast.branch  # whoever has them now owes the receipt
    assert queries.mine(cast.scope(cast.organizer)).filter(case=case, step="receipt").exists()


# Whole organizations


def test_a_whole_branch_changes_its_superior_with_everybody_in_it(cast: Cast) -> None:
    case = transfers.request_whole(cast.scope(cast.secretary), cast.branch, cast.other_faculty, cause="学院合并")
    take(cast.scope(cast.organizer), case, "consent")
    take(office(cast), case, "accept")
    take(office(cast), case, "placed")

    case.refresh_from_db()
    cast.branch.refresh_from_db()
    assert case.state == "done"
    assert cast.branch.path.startswith(cast.other_faculty.path)
    assert where(cast.member) == (cast.branch, 1)


def test_meanwhile_its_roster_is_frozen(cast: Cast) -> None:
    person = traveller(cast)
    case = transfers.request_whole(cast.scope(cast.secretary), cast.branch, cast.other_faculty, cause="学院合并")
    scope = cast.scope(cast.organizer)

    assert "冻结" in refused(people.move, scope, person, cast.sibling, on=TODAY).message
    assert "冻结" in refused(transfers.request, scope, person, target=cast.other_branch).message
    fields = {"name": "新来", "birth_date": date(2000, 1, 1)}
    assert (
        "冻结"
        in refused(
            people.register, scope, organization=cast.branch, stage=StageKind.APPLICANT, on=TODAY, fields=fields
        ).message
    )

    case.refresh_from_db()
    actions.withdraw(scope, case.pk, version=case.version, on=TODAY, way_out="", reason="暂缓合并")
    people.move(scope, person, cast.sibling, on=TODAY)


def test_a_circle_and_the_present_superior_are_refused(cast: Cast) -> None:
    inner = make_organization("研究所党总支部", cast.faculty, kind=Kind.GENERAL_BRANCH, category=Category.UPPER)
    scope = office(cast)

    for parent, words in ((cast.faculty, "自己或它的下级"), (inner, "自己或它的下级"), (cast.root, "本来就隶属于")):
        said = refused(transfers.request_whole, scope, cast.faculty, parent, cause="调整隶属")
        assert words in said.message and said.rule == "move.cause" and said.remedy


def test_no_road_leaves_anybody_without_a_responsible_organization(cast: Cast) -> None:
    """Random histories: whatever the offices do, in whatever order, everybody who has not left has one tie."""
    import random

    chance = random.Random(20261121)
    people_ = [make_person(f"众{number}", cast.branch, serial=620 + number) for number in range(6)]
    done = 0
    for turn in range(160):
        person = chance.choice(people_)
        scope = replace(office(cast), today=TODAY + timedelta(days=turn * 3))
        case = Case.objects.filter(person=person, state="open").first()
        try:
            if case is None:
                target = chance.choice([cast.other_branch, cast.sibling, cast.branch, None])
                transfers.request(scope, person, target=target, outside=None if target else FARAWAY)
            elif chance.random() < 0.1:
                actions.withdraw(scope, case.pk, version=case.version, on=scope.today, way_out="", reason="不再转接")
            else:
                step = chance.choice(list(OpenStep.objects.filter(case=case)))
                outcomes = queries_outcomes(case, step.step)
                take(scope, case, step.step, outcome=chance.choice(outcomes) if outcomes else "", reason="按规定办理")
            done += 1
        except (Refusal, Refusals):
            continue
        finally:
            transfers.fall_back(scope)
            for one in Person.objects.filter(pk__in=[p.pk for p in people_]):
                ties = one.affiliations.filter(ended_on__isnull=True)
                gone = one.stage == StageKind.TRANSFERRED
                assert one.organization_id is not None
                assert [tie.organization_id for tie in ties] == ([] if gone else [one.organization_id])
    assert done > 60


def queries_outcomes(case: Case, step: str) -> list[str]:
    from zhibu.procedures.loading import procedure

    return [one.id for one in procedure(case.procedure)[step].outcomes]


def test_nobody_decides_by_the_post_about_the_own_transfer(cast: Cast, sign_in: Callable[[Person], Client]) -> None:
    """Inside: whoever leaves the university gives up the post first."""
    case = transfers.request(cast.scope(cast.organizer), cast.organizer, target=cast.other_branch)
    take(office(cast), case, "consent")
    case.refresh_from_db()

    answer = sign_in(cast.organizer).post(
        f"/procedures/{case.pk}/sent/",
        {"version": case.version, "on": "2026-11-21", "outcome": "sent", "valid_days": "90"},
    )

    assert answer.status_code == 403
    assert not queries.mine(cast.scope(cast.organizer)).exists()
    take(office(cast), case, "sent")  # somebody else does


def test_a_number_typed_into_a_reason_does_not_get_into_the_log(cast: Cast) -> None:
    case = transfers.request(office(cast), cast.member, outside=FARAWAY)

    take(office(cast), case, "consent", reason=f"已核对 {id_number(1)}，电话 100-1234-5678")

    log = " ".join(str(vars(entry)) for entry in Audit.objects.all())
    assert "已核对 （号码已隐去）" in log
    assert id_number(1) not in log and "100-1234-5678" not in log
