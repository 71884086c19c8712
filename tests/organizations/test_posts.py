"""Posts, terms, and what the regulations say about them."""

from datetime import date, timedelta

import pytest

from tests.cast import TODAY, Cast, make_person
from zhibu.accounts.enums import Role
from zhibu.accounts.scope import system_scope
from zhibu.organizations import actions, queries, rules
from zhibu.organizations.enums import ElectionMethod, Kind, PostKind
from zhibu.organizations.models import Tenure
from zhibu.people.enums import StageKind
from zhibu.regulations.refusal import Refusal
from zhibu.ui.waiting import answered

OFFICE = system_scope(TODAY)


def test_an_appointment_gives_its_rights_and_its_end_takes_them(cast: Cast) -> None:
    assert cast.scope(cast.member).role is Role.MEMBER

    tenure = actions.appoint(OFFICE, cast.branch, person=cast.member, post=PostKind.ORGANIZATION_MEMBER, on=TODAY)
    assert cast.scope(cast.member).role is Role.SECRETARY

    actions.end_tenure(OFFICE, tenure, on=TODAY)
    assert cast.scope(cast.member).role is Role.MEMBER


def test_there_is_one_secretary(cast: Cast) -> None:
    with pytest.raises(Refusal, match="书记现由舒记担任"):
        actions.appoint(OFFICE, cast.branch, person=cast.member, post=PostKind.SECRETARY, on=TODAY)


def test_nobody_is_appointed_to_a_dissolved_branch(cast: Cast) -> None:
    actions.dissolve(OFFICE, cast.branch, on=TODAY, people_to=cast.sibling)

    with pytest.raises(Refusal, match="撤销，不能任职"):
        actions.appoint(OFFICE, cast.branch, person=cast.member, post=PostKind.MEMBER, on=TODAY)
    assert not Tenure.objects.filter(organization=cast.branch, ended_on__isnull=True).exists()


def test_only_members_hold_posts(cast: Cast) -> None:
    activist = make_person("积极", cast.branch, serial=70, stage=StageKind.ACTIVIST)

    with pytest.raises(Refusal, match="不是党员"):
        actions.appoint(OFFICE, cast.branch, person=activist, post=PostKind.MEMBER, on=TODAY)


@pytest.mark.parametrize(
    ("kind", "post", "exists"),
    [
        (Kind.GROUP, PostKind.GROUP_LEADER, True),
        (Kind.GROUP, PostKind.SECRETARY, False),
        (Kind.BRANCH, PostKind.GROUP_LEADER, False),
        (Kind.BRANCH, PostKind.SECRETARY, True),
        (Kind.BRANCH, PostKind.ORGANIZER, False),
        (Kind.COMMITTEE, PostKind.ORGANIZER, True),
    ],
)
def test_which_posts_a_kind_has(kind: Kind, post: PostKind, exists: bool) -> None:
    assert rules.post_exists(kind, post) is exists


@pytest.mark.parametrize(("formal", "required"), [(6, False), (7, True), (8, True)])
def test_seven_full_members_need_a_committee(formal: int, required: bool) -> None:
    assert rules.committee_required(formal, TODAY) is required


@pytest.mark.parametrize(
    ("members", "formal", "said"),
    [(50, 50, []), (51, 50, ["50"]), (3, 3, []), (2, 2, ["不足 3 人"]), (3, 2, ["不足 3 人"])],
)
def test_the_size_of_a_branch_is_noted_with_its_article(members: int, formal: int, said: list[str]) -> None:
    notes = [str(note) for note in rules.size_notes(Kind.BRANCH, members, formal, TODAY)]

    assert len(notes) == len(said)
    for note, part in zip(notes, said, strict=True):
        assert part in note
        assert "第四条" in note


def test_a_temporary_branch_is_not_measured_by_its_size() -> None:
    assert list(rules.size_notes(Kind.TEMPORARY_BRANCH, 1, 1, TODAY)) == []


@pytest.mark.parametrize(("who", "years"), [("root", 5), ("faculty", 5), ("branch", 3)])
def test_terms_last_as_long_as_the_rule_says(cast: Cast, who: str, years: int) -> None:
    term = actions.start_term(OFFICE, getattr(cast, who), on=date(2024, 2, 29), seats=5, method=ElectionMethod.ELECTED)

    assert term.due_on == date(2024 + years, 2, 28)


def test_a_temporary_branch_holds_no_election(cast: Cast) -> None:
    cast.branch.kind = Kind.TEMPORARY_BRANCH
    cast.branch.save()

    with pytest.raises(Refusal, match="不换届"):
        actions.start_term(OFFICE, cast.branch, on=TODAY, seats=1, method=ElectionMethod.DESIGNATED)


@pytest.mark.parametrize(("ahead", "reminded"), [(timedelta(days=1), False), (timedelta(days=0), True)])
def test_the_reminder_comes_six_months_before(cast: Cast, ahead: timedelta, reminded: bool) -> None:
    term = actions.start_term(OFFICE, cast.branch, on=date(2024, 1, 15), seats=1, method=ElectionMethod.ELECTED)
    day = rules.reminder_day(term.due_on)

    assert queries.terms_due(OFFICE, day - ahead).exists() is reminded


@pytest.mark.parametrize(("late", "allowed"), [(timedelta(0), True), (timedelta(days=1), False)])
def test_a_term_is_extended_by_a_year_at_most(cast: Cast, late: timedelta, allowed: bool) -> None:
    term = actions.start_term(OFFICE, cast.branch, on=date(2024, 1, 15), seats=1, method=ElectionMethod.ELECTED)
    wanted = date(2028, 1, 15) + late

    if allowed:
        assert actions.extend_term(OFFICE, term, due_on=wanted, document="虚发〔2026〕2号").due_on == wanted
    else:
        with pytest.raises(Refusal, match="一般不超过 2028-01-15"):
            actions.extend_term(OFFICE, term, due_on=wanted, document="虚发〔2026〕2号")


def test_what_waits_is_found_where_the_page_leads(cast: Cast, sign_in) -> None:
    term = actions.start_term(OFFICE, cast.branch, on=date(2021, 1, 15), seats=3, method=ElectionMethod.ELECTED)
    assert term.due_on < TODAY

    waiting = {item.title: item for item in answered(queries.waiting(cast.scope(cast.organizer)))}

    assert waiting["届满未换届"].late
    page = sign_in(cast.organizer).get(waiting["届满未换届"].url).content.decode()
    assert "本科生第一党支部" in page
    assert "班子成员有空缺" in waiting
