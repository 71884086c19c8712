"""A whole organization changes its superior, through the real forms, with several offices at it at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.cast import TODAY, Cast, appoint, make_cast, make_organization, make_person
from tests.procedures.moving import FARAWAY, office, take, traveller, where
from zhibu.organizations import actions as tree
from zhibu.organizations.enums import Category, Kind, PostKind
from zhibu.people import actions as people
from zhibu.people.enums import StageKind
from zhibu.people.models import Person
from zhibu.procedures import actions, queries
from zhibu.procedures.models import Case
from zhibu.procedures.transfers import actions as transfers
from zhibu.regulations.refusal import Refusal, Refusals

pytestmark = pytest.mark.django_db


def browser(who: Person) -> Client:
    client = Client()
    client.force_login(who.user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client


def second_organizer(cast: Cast) -> Person:
    person = make_person("文组", cast.other_branch, serial=50, username="organizer2")
    appoint(person, cast.other_faculty, PostKind.ORGANIZER)
    return person


def asked(cast: Cast) -> Case:
    return transfers.request_whole(cast.scope(cast.secretary), cast.branch, cast.other_faculty, cause="学院合并")


def form_of(case: Case, outcome: str) -> dict[str, Any]:
    return {"version": Case.objects.get(pk=case.pk).version, "on": TODAY, "outcome": outcome, "reason": ""}


def test_each_superior_agrees_in_the_own_browser_and_a_double_click_is_told(cast: Cast) -> None:
    theirs, ours, new = browser(cast.secretary), browser(cast.organizer), browser(second_organizer(cast))
    form = {"organization": cast.branch.name, "parent": cast.other_faculty.name, "cause": "学院合并"}
    below = {"organization": cast.faculty.name, "parent": cast.branch.name, "cause": "调整隶属"}
    assert browser(cast.office).post("/procedures/transfers/whole/", below).status_code == 422
    assert theirs.post("/procedures/transfers/whole/", form).status_code == 302
    twice = theirs.post("/procedures/transfers/whole/", form)
    assert "整建制转接正在办理" in twice.content.decode() and "学院合并" in twice.content.decode()
    case = Case.objects.get()

    agreed = form_of(case, "agreed")
    early = new.post(f"/procedures/{case.pk}/accept/", form_of(case, "accepted"))
    assert "须先办理第 2 步" in early.content.decode()
    assert new.post(f"/procedures/{case.pk}/consent/", agreed).status_code == 403  # not their office
    assert ours.post(f"/procedures/{case.pk}/consent/", agreed).status_code == 302
    assert "已由别人办理" in ours.post(f"/procedures/{case.pk}/consent/", agreed).content.decode()
    assert new.post(f"/procedures/{case.pk}/accept/", form_of(case, "accepted")).status_code == 302
    placed = form_of(case, "")
    assert browser(cast.office).post(f"/procedures/{case.pk}/placed/", placed).status_code == 302

    cast.branch.refresh_from_db()
    assert cast.branch.path.startswith(cast.other_faculty.path) and where(cast.member) == (cast.branch, 1)
    assert ours.get(f"/people/{cast.member.pk}/").status_code == 404
    assert new.get(f"/people/{cast.member.pk}/").status_code == 200


def test_two_moves_that_would_make_a_circle_end_with_the_second_refused(cast: Cast) -> None:
    one, two = (
        make_organization(name, cast.root, kind=Kind.GENERAL_BRANCH, category=Category.UPPER)
        for name in ("甲研究院党总支部", "乙研究院党总支部")
    )
    inner = make_organization("乙院直属党总支部", two, kind=Kind.GENERAL_BRANCH, category=Category.UPPER)
    scope = office(cast)
    first = transfers.request_whole(scope, one, inner, cause="学院合并")
    second = transfers.request_whole(scope, two, one, cause="学院合并")
    for case, step in ((first, "consent"), (second, "consent"), (first, "accept"), (second, "accept")):
        take(scope, case, step)
    take(scope, first, "placed")

    with pytest.raises((Refusal, Refusals), match="自己或它的下级"):
        take(scope, second, "placed")
    second.refresh_from_db()
    actions.withdraw(scope, second.pk, version=second.version, on=TODAY, way_out="", reason="合并方案已调整")


def test_meanwhile_nobody_enters_leaves_or_is_suspended_and_admission_goes_on(cast: Cast) -> None:
    person, applicant = traveller(cast), traveller(cast, "申请", 601, stage=StageKind.APPLICANT)
    case = asked(cast)
    scope = office(cast)
    attempts = [
        lambda: transfers.request(scope, person, outside=FARAWAY),
        lambda: people.set_stage(scope, person, StageKind.SUSPENDED, on=TODAY, reason="失联满六个月"),
        lambda: people.set_stage(scope, person, "85", on=TODAY, way_out="transferred", reason="补录：已凭回执办结"),
        lambda: people.move(scope, make_person("外来", cast.sibling, serial=602), cast.branch, on=TODAY),
        lambda: tree.reparent(scope, cast.branch, parent=cast.root, on=TODAY),
        lambda: tree.reparent(scope, cast.faculty, parent=cast.other_faculty, on=TODAY),
    ]
    for attempt in attempts:
        with pytest.raises((Refusal, Refusals), match="整建制转接正在办理"):
            attempt()

    assert actions.open_case(scope, "admission", applicant).state == "open"
    case.refresh_from_db()
    assert case.state == "open"


def test_what_waits_for_the_superiors_waits_for_the_new_ones(cast: Cast) -> None:
    new = second_organizer(cast)
    scope = office(cast)
    person = traveller(cast)
    leaving = transfers.request(scope, person, outside=FARAWAY)
    take(scope, leaving, "consent")
    assert queries.mine(cast.scope(cast.organizer)).filter(case=leaving).exists()
    case = asked(cast)
    for step in ("consent", "accept", "placed"):
        take(scope, case, step)

    assert not queries.mine(cast.scope(cast.organizer)).filter(case=leaving).exists()
    assert [row.step for row in queries.mine(cast.scope(new)).filter(case=leaving)] == ["sent"]


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Cast]:
    yield make_cast()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_place_it_at_once_one_is_told(crowd: Cast) -> None:
    case = asked(crowd)
    for step in ("consent", "accept"):
        take(office(crowd), case, step)
    case.refresh_from_db()
    ready, answers = threading.Barrier(2, timeout=20), []

    def place() -> None:
        try:
            ready.wait()
            actions.take(office(crowd), case.pk, "placed", version=case.version, on=date(2026, 11, 21))
            answers.append("placed")
        except (Refusal, Refusals) as refused:
            answers.append(str(refused))
        finally:
            connection.close()

    both = [threading.Thread(target=place) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)

    assert answers.count("placed") == 1 and sum("已由别人办理" in text for text in answers) == 1
    assert crowd.branch.periods.count() == 2  # under the old superior, and under the new one
