"""What happens to a file, and what is refused."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.http import Http404
from django.utils import timezone

from tests.cast import TODAY, Cast, id_number, make_organization, make_person
from zhibu.audit.models import Entry
from zhibu.people import actions, queries
from zhibu.people.enums import Entry as WayIn
from zhibu.people.enums import Leaving, RequestState, StageKind, WayOut
from zhibu.people.facts import FILLED, REQUIRED
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.people.rules import missing_fields, required_fields
from zhibu.regulations.refusal import Refusal, Refusals
from zhibu.ui.waiting import answered

ON_PAPER: dict[str, Any] = {"is_backfill": True, "place": "组织员办公室", "reason": "系统启用前已经办完"}
COLLECTED = (
    "gender", "ethnicity", "id_number_index", "birth_date", "education", "stage", "organization", "joined_on",
    "confirmed_on", "work_post", "phone", "address", "mobile_destination",
)  # fmt: skip
PHONE, ADDRESS = "10012345678", "虚构市松鹤区明理路 8 号 302"


def refusals(call: Any, *arguments: Any, **named: Any) -> list[tuple[str | None, str | None]]:
    """(field, rule) of everything that is refused."""
    try:
        call(*arguments, **named)
    except Refusals as refused:
        return [(one.field, one.rule) for one in refused.refusals]
    except Refusal as one:
        return [(one.field, one.rule)]
    return []


def stages(person: Person) -> list[tuple[str, date, date | None]]:
    return list(
        Stage.objects.filter(person=person).order_by("started_on", "pk").values_list("kind", "started_on", "ended_on")
    )


def test_from_applicant_to_full_member_with_every_step_on_its_day(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    fields = {"name": "曾申请", "birth_date": date(2003, 1, 1)}
    person = actions.register(scope, organization=cast.branch, stage="10", on=date(2022, 9, 1), fields=fields)

    for to, on in (
        ("20", date(2023, 1, 5)),
        ("30", date(2024, 1, 5)),
        ("40", date(2024, 6, 1)),
        ("50", date(2025, 6, 1)),
    ):
        actions.set_stage(scope, person, to, on=on, basis="支部大会决议", **ON_PAPER)

    person.refresh_from_db()
    assert stages(person) == [
        ("10", date(2022, 9, 1), date(2023, 1, 5)),
        ("20", date(2023, 1, 5), date(2024, 1, 5)),
        ("30", date(2024, 1, 5), date(2024, 6, 1)),
        ("40", date(2024, 6, 1), date(2025, 6, 1)),
        ("50", date(2025, 6, 1), None),
    ]
    assert (person.stage, person.joined_on, person.confirmed_on) == ("50", date(2024, 6, 1), date(2025, 6, 1))
    assert Entry.objects.filter(verb="people.set_stage").count() == 4


def test_a_step_too_early_is_refused_by_its_rule_and_nothing_is_written(cast: Cast) -> None:
    person = make_person("解早", cast.branch, serial=70, stage=StageKind.PROBATIONARY, since=date(2026, 3, 1))
    scope = cast.scope(cast.secretary)
    before = Entry.objects.count()

    assert refusals(actions.set_stage, scope, person, "50", on=TODAY) == [("on", "dev.probation")]
    assert refusals(actions.set_stage, scope, person, "20", on=TODAY) == [("to", None)]
    assert refusals(actions.set_stage, scope, person, "90", on=TODAY) == [("way_out", None)]
    assert refusals(actions.set_stage, scope, person, "90", on=date(2027, 1, 1), way_out=WayOut.CANCELLED) == [
        ("on", None)
    ]
    assert stages(person) == [("40", date(2026, 3, 1), None)]
    assert Entry.objects.count() == before


def test_a_late_conversion_after_extension_passes_with_a_reason(cast: Cast) -> None:
    person = make_person("延晚", cast.branch, serial=71, stage=StageKind.EXTENDED, since=date(2025, 1, 1))
    scope = cast.scope(cast.secretary)

    assert refusals(actions.set_stage, scope, person, "50", on=date(2026, 2, 1)) == [("reason", "dev.extend")]
    assert refusals(actions.set_stage, scope, person, "50", on=date(2026, 2, 1), **ON_PAPER) == []


def test_leaving_ends_the_tie_and_the_branch_keeps_the_file(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)

    gone = {"on": date(2026, 11, 1), "way_out": WayOut.TRANSFERRED}
    assert refusals(actions.set_stage, scope, cast.member, "85", **gone) == [("reason", "move.responsible")]
    actions.set_stage(scope, cast.member, "85", **gone, reason="补录：十月已凭回执办结")

    tie = Affiliation.objects.get(person=cast.member)
    assert (tie.ended_on, tie.leaving) == (date(2026, 11, 1), Leaving.OUTSIDE)
    assert cast.member not in queries.roster(scope)
    assert cast.member in queries.roster(scope, gone=True)

    back = {"on": date(2026, 11, 20)}
    assert refusals(actions.set_stage, scope, cast.member, "50", **back) == [("reason", "move.responsible")]
    actions.set_stage(scope, cast.member, "50", **back, reason="补录：介绍信已由组织部收存")
    tie = Affiliation.objects.get(person=cast.member, ended_on=None)
    assert (tie.organization, tie.entry) == (cast.branch, WayIn.OUTSIDE)


def test_registering_refuses_everything_at_once(cast: Cast) -> None:
    make_person("先来", cast.other_branch, serial=80)
    fields = {
        "name": "后到",
        "id_number": id_number(80),
        "joined_on": date(2024, 1, 1),
        "confirmed_on": date(2024, 6, 1),
    }

    found = refusals(
        actions.register,
        cast.scope(cast.secretary),
        organization=cast.branch,
        stage="50",
        on=date(2027, 1, 1),
        fields=fields,
    )

    assert found == [("on", None), ("confirmed_on", "dev.probation"), ("id_number", None)]
    assert not Person.objects.filter(name="后到").exists()


def test_a_double_in_another_faculty_is_not_named(cast: Cast) -> None:
    make_person("先来", cast.other_branch, serial=80)

    with pytest.raises(Refusals) as refused:
        actions.update(cast.scope(cast.secretary), cast.member, {"id_number": id_number(80)})

    assert "先来" not in str(refused.value)
    assert id_number(80) not in str(refused.value)
    assert "在其他党组织" in str(refused.value)


def test_a_corrected_date_of_joining_moves_the_stage_with_it(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    fields = {"name": "更日期", "joined_on": "2022-06-01", "confirmed_on": "2023-06-01"}
    person = actions.register(scope, organization=cast.branch, stage="50", on=date(2024, 1, 1), fields=fields)

    changed = actions.update(scope, person, {"joined_on": "2022-05-20", "confirmed_on": "2023-05-20"})

    assert changed == ["joined_on", "confirmed_on"]
    assert stages(person) == [
        ("40", date(2022, 5, 20), date(2023, 5, 20)),
        ("50", date(2023, 5, 20), None),
    ]


def test_only_the_changed_fields_are_written_and_recorded(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    Person.objects.filter(pk=cast.member.pk).update(school="别人刚改的")

    assert actions.update(scope, cast.member, {"gender": "男", "ethnicity": "汉族"}) == []
    assert actions.update(scope, cast.member, {"ethnicity": "壮"}) == ["ethnicity"]
    assert Person.objects.get(pk=cast.member.pk).school == "别人刚改的"
    assert list(Entry.objects.get(verb="people.update").changes) == ["ethnicity"]


@pytest.mark.parametrize("who", ["neighbour", "administrator", "member"])
def test_nobody_without_the_right_changes_a_file(cast: Cast, who: str) -> None:
    scope = cast.scope(getattr(cast, who))

    for call in (
        lambda: actions.update(scope, cast.secretary, {"school": "x"}),
        lambda: actions.set_stage(scope, cast.secretary, "80", on=TODAY, way_out=WayOut.RESIGNED),
        lambda: actions.move(scope, cast.secretary, cast.sibling, on=TODAY),
        lambda: actions.mark_lost(scope, cast.secretary, since=TODAY),
        lambda: actions.reveal(scope, cast.secretary, ["phone"], reason="联系本人"),
    ):
        with pytest.raises((Http404, PermissionDenied)):
            call()


def test_moving_a_whole_branch_takes_everybody_but_those_who_left(cast: Cast) -> None:
    actions.set_stage(cast.scope(cast.secretary), cast.member, "88", on=date(2026, 10, 1), way_out=WayOut.DIED)
    suspended = make_person("停籍", cast.branch, serial=90)
    actions.set_stage(cast.scope(cast.secretary), suspended, "60", on=date(2026, 10, 1))
    target = make_organization("合并后党支部", cast.faculty)

    count = actions.move_members(cast.scope(cast.organizer), [cast.branch], target, on=date(2026, 11, 1))

    assert count == 2
    assert list(Affiliation.objects.filter(organization=target).values_list("person", "entry")) == [
        (cast.secretary.pk, WayIn.RESHAPED)
    ]
    old = Affiliation.objects.get(person=cast.secretary, organization=cast.branch)
    assert (old.ended_on, old.leaving) == (date(2026, 11, 1), Leaving.RESHAPED)
    suspended.refresh_from_db()
    cast.member.refresh_from_db()
    assert (suspended.organization, cast.member.organization) == (target, cast.branch)


def test_moving_a_branch_back_before_somebody_came_is_refused(cast: Cast) -> None:
    found = refusals(
        actions.move_members, cast.scope(cast.organizer), [cast.branch], cast.sibling, on=date(2021, 5, 31)
    )

    assert found == [("on", None)]


def test_contact_lost_and_found(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)

    actions.mark_lost(scope, cast.member, since=date(2026, 4, 1), reason="电话停机")
    assert refusals(actions.mark_lost, scope, cast.member, since=TODAY) == [(None, None)]
    assert [item.title for item in answered(queries.waiting(scope))][:1] == ["失联党员须继续查找"]
    assert refusals(actions.mark_found, scope, cast.member, reason="") == [("reason", None)]
    actions.mark_found(scope, cast.member, reason="家属转达，已通话")

    cast.member.refresh_from_db()
    assert (cast.member.is_lost, cast.member.lost_since) == (False, None)


def test_away_and_back(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)

    actions.mark_mobile(scope, cast.member, destination="虚构省  虚构市")
    assert queries.roster(scope).get(is_mobile=True).mobile_destination == "虚构省 虚构市"
    actions.mark_returned(scope, cast.member)

    assert not queries.roster(scope).filter(is_mobile=True).exists()


def test_nobody_decides_on_their_own_request_and_none_is_decided_twice(cast: Cast) -> None:
    asked = actions.request_change(cast.scope(cast.secretary), field="school", value="虚构中学")

    assert refusals(actions.decide_change, cast.scope(cast.secretary), asked, approve=True) == [(None, None)]
    assert actions.decide_change(cast.scope(cast.organizer), asked, approve=True).state == RequestState.APPROVED
    assert refusals(actions.decide_change, cast.scope(cast.organizer), asked, approve=False, answer="不对") == [
        (None, None)
    ]


def test_one_open_request_a_field_and_none_for_nothing(cast: Cast) -> None:
    scope = cast.scope(cast.member)
    asked = actions.request_change(scope, field="school", value="虚构中学")

    assert refusals(actions.request_change, scope, field="school", value="另一所") == [("field", None)]
    assert refusals(actions.request_change, scope, field="gender", value="男") == [("value", None)]
    assert refusals(actions.request_change, scope, field="stage", value="50") == [("field", None)]
    actions.withdraw_change(scope, asked.pk)
    assert refusals(actions.request_change, scope, field="school", value="另一所") == []
    with pytest.raises(Http404):
        actions.withdraw_change(cast.scope(cast.secretary), asked.pk)


def test_a_wrong_value_is_refused_when_asked_not_when_decided(cast: Cast) -> None:
    with pytest.raises(Refusals, match="校验位"):
        actions.request_change(cast.scope(cast.member), field="id_number", value="110105194912310021")


def test_an_account_is_handed_out_once_and_belongs_to_the_person(cast: Cast) -> None:
    person = make_person("新人", cast.branch, serial=91)
    scope = cast.scope(cast.organizer)

    handed = actions.hand_out_account(scope, person, at=timezone.now())

    person.refresh_from_db()
    assert person.user == handed.user
    assert queries.person_behind(handed.user) == person.pk
    assert refusals(actions.hand_out_account, scope, person, at=timezone.now()) != []


def test_the_columns_hold_ciphertext_only(cast: Cast) -> None:
    actions.update(
        cast.scope(cast.secretary), cast.member, {"phone": PHONE, "landline": "010-62750000", "address": ADDRESS}
    )
    actions.request_change(cast.scope(cast.member), field="address", value=ADDRESS + "室")

    with connection.cursor() as cursor:
        cursor.execute("select * from people_person")
        rows = [*cursor.fetchall()]
        cursor.execute("select * from people_changerequest")
        rows += cursor.fetchall()
    stored = b"|".join(
        bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode() for row in rows for value in row
    )

    cast.member.refresh_from_db()
    for secret in (cast.member.id_number, PHONE, "01062750000", ADDRESS):
        assert secret
        assert secret.encode() not in stored
    assert "孟员".encode() in stored  # the search would have found it


def test_the_audit_log_holds_no_number_phone_or_address(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    actions.update(
        scope, cast.member, {"phone": PHONE, "address": ADDRESS, "id_number": id_number(99)}, reason=f"{PHONE} 换号"
    )
    actions.reveal(scope, cast.member, ["phone", "address"], reason=f"打 {PHONE} 联系 {id_number(99)}")
    actions.request_change(cast.scope(cast.member), field="phone", value="10099998888")
    actions.mark_lost(scope, cast.member, since=TODAY, reason=f"{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]} 停机")

    log = " ".join(str(vars(entry)) for entry in Entry.objects.all())

    assert Entry.objects.count() >= 4
    for secret in (PHONE, ADDRESS, id_number(99), "10099998888", "100 1234 5678"):
        assert secret not in log
    assert "（号码已隐去） 换号" in log


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("仇", ["仇单"]), ("单", ["仇单", "单解"]), ("单解", ["单解"]), ("qiu", ["仇单"]), ("chou", []),
        ("shan", ["单解"]), ("qd", ["仇单"]), ("sj", ["单解"]), ("SJ", ["单解"]), ("shan jie", []),
        ("shanjie", ["单解"]), ("N0101", ["仇单"]), ("解", ["单解"]), ("'; drop", []), ("%", []), ("_", []),
    ],
)  # fmt: skip
def test_search_by_characters_pinyin_and_initials(cast: Cast, text: str, names: list[str]) -> None:
    scope = cast.scope(cast.secretary)
    for name, number in (("仇单", "N0101"), ("单解", "N0102")):
        actions.register(scope, organization=cast.branch, stage="10", on=TODAY, fields={"name": name, "number": number})

    assert sorted(queries.found(queries.roster(scope), text).values_list("name", flat=True)) == names


def test_screen_database_and_warehouse_agree_on_what_is_missing(cast: Cast) -> None:
    """Every required field, filled and empty, at every stage: predicate, generated column and SQL."""
    number = 0
    for kind in ("10", "40", "50", "60", "85"):
        for empty in ("", *COLLECTED):
            number += 1
            values: dict[str, Any] = {
                "gender": "1", "ethnicity": "01", "id_number_index": number.to_bytes(2), "birth_date": date(2000, 1, 1),
                "education": "21", "joined_on": date(2020, 1, 1), "confirmed_on": date(2021, 1, 1), "work_post": "7006",
                "phone": PHONE, "address": ADDRESS, "is_mobile": True, "mobile_destination": "虚构市", "stage": kind,
                "organization": cast.branch,
            }  # fmt: skip
            values.pop(empty, None)
            Person.objects.create(name=f"第{number}人", **values)
    with connection.cursor() as cursor:
        cursor.execute(f"select p.id, {REQUIRED}, {FILLED} from people_person p")
        counts = {pk: (required, filled) for pk, required, filled in cursor.fetchall()}

    for person in Person.objects.filter(name__startswith="第"):
        complete = not missing_fields(person)
        assert person.is_incomplete is not complete, (person.stage, missing_fields(person))
        if needed := required_fields(person):
            assert counts[person.pk] == (len(needed), len(needed) - len(missing_fields(person)))


@pytest.mark.django_db(transaction=True)
def test_two_hands_at_once_leave_one_open_stage() -> None:
    """Two secretaries confirm the same person in the same second; one is done, the other is told."""
    from tests.cast import make_cast

    cast = make_cast()
    person = make_person("同时", cast.branch, serial=95, stage=StageKind.PROBATIONARY, since=date(2025, 6, 1))
    scopes = [cast.scope(cast.secretary), cast.scope(cast.organizer)]
    start, answers = threading.Barrier(2), []

    def confirm(scope: Any) -> None:
        start.wait()
        try:
            answers.append(refusals(actions.set_stage, scope, person, "50", on=date(2026, 6, 1), **ON_PAPER))
        finally:
            connections.close_all()

    hands = [threading.Thread(target=confirm, args=(scope,)) for scope in scopes]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert sorted(answers) == [[], [("to", None)]]
    assert stages(person) == [("40", date(2025, 6, 1), date(2026, 6, 1)), ("50", date(2026, 6, 1), None)]


@pytest.mark.django_db(transaction=True)
def test_the_constraint_holds_even_against_code_that_forgets_to_lock() -> None:
    from django.db import IntegrityError

    from tests.cast import make_cast

    cast = make_cast()
    with pytest.raises(IntegrityError):
        Stage.objects.create(person=cast.member, kind="50", started_on=TODAY)
    with pytest.raises(IntegrityError):
        Affiliation.objects.create(person=cast.member, organization=cast.branch, started_on=TODAY, entry=WayIn.INSIDE)
