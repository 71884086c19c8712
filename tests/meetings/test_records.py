"""Recording, finishing, correcting and discarding, as a secretary does it."""

from dataclasses import replace
from datetime import date, time
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from tests.cast import TODAY, Cast, appoint, make_organization, make_person
from tests.meetings.records import HELD, held, vote, whole
from zhibu.audit.models import Entry
from zhibu.meetings import actions, queries
from zhibu.meetings.content import AttendanceLine
from zhibu.meetings.enums import Kind, Outcome, Part, Presence, State
from zhibu.meetings.models import Attendance, Meeting, Resolution
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.organizations.enums import PostKind
from zhibu.people.enums import Entry as Entering
from zhibu.people.enums import StageKind
from zhibu.people.models import Affiliation, Person, Stage
from zhibu.regulations.refusal import Refusal, Refusals


def test_a_recorded_meeting_keeps_what_was_said_and_its_counts(cast: Cast) -> None:
    content = whole(cast)
    meeting = actions.create(cast.scope(cast.secretary), content, submission=uuid4(), state=State.RECORDED)

    kept = queries.meeting(cast.scope(cast.secretary), meeting.pk)
    assert queries.content_of(kept) == content
    assert (kept.expected, kept.present, kept.voters_expected, kept.voters_present) == (2, 2, 2, 2)
    assert kept.parts_present == kept.parts_required == 11
    assert kept.recorded_at is not None


def test_a_recorded_meeting_is_audited_without_names_and_words(cast: Cast) -> None:
    meeting = held(cast)

    entry = Entry.objects.get(verb="meetings.record")
    assert (entry.object_id, entry.organization_path) == (meeting.pk, cast.branch.path)
    assert entry.changes == {"kind": "general"}


def test_the_same_form_sent_twice_makes_one_meeting(cast: Cast) -> None:
    scope, form = cast.scope(cast.secretary), uuid4()
    first = actions.create(scope, whole(cast), submission=form, state=State.RECORDED)
    again = actions.create(scope, whole(cast), submission=form, state=State.RECORDED)

    assert first == again
    assert Meeting.objects.count() == 1
    assert Attendance.objects.count() == 2


def test_members_may_not_record_and_neighbours_do_not_find_the_branch(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        actions.create(cast.scope(cast.member), whole(cast), submission=uuid4())
    with pytest.raises(Http404):
        actions.create(cast.scope(cast.neighbour), whole(cast), submission=uuid4())
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"held_on": date(2026, 11, 22)}, "held_on"),
        ({"held_on": date(2020, 8, 31), "attendance": ()}, "held_on"),
        ({"ends_at": time(14, 0)}, "ends_at"),
        ({"title": "  "}, "title"),
        ({"kind": Kind.DEMOCRATIC_LIFE}, "kind"),
        ({"kind": Kind.GROUP}, "kind"),
        ({"attendance": ()}, None),
    ],
)
def test_what_cannot_have_been_is_refused_and_nothing_is_written(cast: Cast, change: dict, field: str | None) -> None:
    with pytest.raises((Refusal, Refusals)) as refused:
        content = replace(whole(cast), **change)
        actions.create(cast.scope(cast.secretary), content, submission=uuid4(), state=State.RECORDED)

    found = getattr(refused.value, "refusals", [refused.value])
    assert field in [one.field for one in found]
    assert not Meeting.objects.exists()


def test_today_is_not_to_come(cast: Cast) -> None:
    assert held(cast, held_on=TODAY).state == State.RECORDED


def test_a_draft_may_be_as_empty_as_it_is_and_lie_in_the_future(cast: Cast) -> None:
    draft = held(cast, State.DRAFT, title="", held_on=date(2026, 12, 1), attendance=(), topics=(), minutes="")

    assert draft.recorded_at is None
    assert draft.parts_present < draft.parts_required


def test_nobody_is_listed_whom_the_recorder_could_not_look_up(cast: Cast) -> None:
    stranger = AttendanceLine(cast.neighbour.pk, Part.OBSERVER, Presence.PRESENT)
    content = whole(cast)

    with pytest.raises(Refusal, match="名册"):
        held(cast, attendance=(*content.attendance, stranger))
    with pytest.raises(Refusal, match="名册"):
        held(cast, host_id=cast.neighbour.pk)


def test_a_probationary_member_gets_no_vote(cast: Cast) -> None:
    young = make_person("余备", cast.branch, serial=20, stage=StageKind.PROBATIONARY)
    content = whole(cast)
    assert {line.person_id: line.part for line in content.attendance}[young.pk] is Part.MEMBER
    cheated = tuple(replace(line, part=Part.VOTER) for line in content.attendance)

    with pytest.raises(Refusal, match="没有表决权"):
        held(cast, attendance=cheated)


def test_a_full_member_may_be_marked_as_without_vote(cast: Cast) -> None:
    content = whole(cast)
    first, *rest = content.attendance

    meeting = held(cast, attendance=(replace(first, part=Part.MEMBER), *rest))

    assert (meeting.expected, meeting.voters_expected) == (2, 1)


def test_a_vote_without_quorum_is_kept_as_void_and_refused_as_passed(cast: Cast) -> None:
    for serial in range(21, 26):
        make_person(f"党员{serial}", cast.branch, serial=serial)
    lines = whole(cast).attendance
    away = tuple(replace(line, presence=Presence.LEAVE, reason="实习") for line in lines[:4])
    three_of_seven = away + lines[4:]

    with pytest.raises(Refusal) as refused:
        held(cast, attendance=three_of_seven, resolutions=(vote(3, outcome=Outcome.PASSED),))
    kept = held(cast, attendance=three_of_seven, resolutions=(vote(3, outcome=Outcome.VOID),))

    assert refused.value.rule == "life.meeting_quorum"
    assert Resolution.objects.get(meeting=kept).in_favour == 3


def test_all_refusals_come_at_once(cast: Cast) -> None:
    with pytest.raises(Refusals) as refused:
        held(cast, title="", held_on=date(2026, 12, 24), ends_at=time(13, 0))

    assert {one.field for one in refused.value.refusals} == {"title", "held_on", "ends_at"}


def test_a_draft_is_finished(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    draft = held(cast, State.DRAFT, topics=())
    done = actions.update(scope, draft.pk, whole(cast), version=draft.version, state=State.RECORDED)

    assert done.state == State.RECORDED
    assert done.topics.count() == 1


def test_two_browsers_notice_each_other(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    draft = held(cast, State.DRAFT)
    opened = draft.version
    actions.update(scope, draft.pk, whole(cast, place="第二会议室"), version=opened)

    with pytest.raises(actions.Conflict) as conflict:
        actions.update(scope, draft.pk, whole(cast, place="报告厅"), version=opened)

    assert conflict.value.current.place == "第二会议室"
    assert Meeting.objects.get().place == "第二会议室"


def test_a_finished_record_is_corrected_with_a_reason_that_stays(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    meeting = held(cast)
    content = queries.content_of(meeting)
    first, *rest = content.attendance
    corrected = replace(
        content, place="报告厅", minutes="更正后的记录",
        attendance=(replace(first, presence=Presence.LEAVE, reason="住院"), *rest),
    )  # fmt: skip

    with pytest.raises(Refusal, match="理由"):
        actions.correct(scope, meeting.pk, corrected, version=meeting.version, reason=" ")
    after = actions.correct(scope, meeting.pk, corrected, version=meeting.version, reason="误记出席")

    entry = Entry.objects.get(verb="meetings.correct")
    assert (after.present, after.version, entry.reason) == (1, 2, "误记出席")
    assert entry.changes["place"] == ["第一会议室", "报告厅"]
    assert entry.changes[f"attendance.{first.person_id}"] == ["voter present", "voter leave"]
    text = str(entry.changes)
    assert "住院" not in text and "更正后" not in text and first.name not in text


def test_a_finished_record_is_neither_deleted_nor_changed_as_a_draft(cast: Cast) -> None:
    scope, meeting = cast.scope(cast.secretary), held(cast)

    with pytest.raises(Refusal, match="不能删除"):
        actions.delete_draft(scope, meeting.pk)
    with pytest.raises(Refusal, match="不能当作草稿"):
        actions.update(scope, meeting.pk, whole(cast), version=meeting.version)


def test_a_draft_is_discarded_with_everything_in_it(cast: Cast) -> None:
    draft = held(cast, State.DRAFT)
    actions.delete_draft(cast.scope(cast.secretary), draft.pk)

    assert not Meeting.objects.exists() and not Attendance.objects.exists()
    assert Entry.objects.filter(verb="meetings.discard").count() == 1


def test_old_gravely_ill_and_disabled_members_are_listed_as_not_held_to_it(cast: Cast) -> None:
    Person.objects.filter(pk=cast.member.pk).update(is_exempt=True)

    meeting = held(cast)

    assert list(meeting.attendances.filter(is_exempt=True).values_list("person_id", flat=True)) == [cast.member.pk]
    assert meeting.expected == 2


def test_who_should_attend_is_read_from_that_day(cast: Cast) -> None:
    left = make_person("已转", cast.branch, serial=30)
    Affiliation.objects.filter(person=left).update(ended_on=HELD)
    stays = make_person("明日转", cast.branch, serial=31)
    Affiliation.objects.filter(person=stays).update(ended_on=date(2026, 11, 13))
    late = make_person("次日入", cast.branch, serial=32, since=date(2026, 11, 13))
    confirmed = make_person("当日转正", cast.branch, serial=33, stage=StageKind.PROBATIONARY)
    Stage.objects.filter(person=confirmed).update(ended_on=HELD)
    Stage.objects.create(person=confirmed, organization=cast.branch, kind=StageKind.FULL, started_on=HELD)
    tomorrow = make_person("次日转正", cast.branch, serial=38, stage=StageKind.PROBATIONARY)
    Stage.objects.filter(person=tomorrow).update(ended_on=date(2026, 11, 13))
    Stage.objects.create(person=tomorrow, organization=cast.branch, kind=StageKind.FULL, started_on=date(2026, 11, 13))
    applicant = make_person("申请人", cast.branch, serial=34, stage=StageKind.APPLICANT)

    parts = {line.person_id: line.part for line in queries.attendance_on(cast.branch, Kind.GENERAL, HELD)}

    assert parts.pop(tomorrow.pk) is Part.MEMBER
    assert parts == dict.fromkeys((cast.member.pk, cast.secretary.pk, stays.pk, confirmed.pk), Part.VOTER)
    assert not parts.keys() & {left.pk, late.pk, applicant.pk}


def test_members_of_a_group_attend_its_branch_and_the_group_only_has_its_own(cast: Cast) -> None:
    group = make_organization("第一党小组", cast.branch, kind=OrganizationKind.GROUP)
    inside = make_person("组员", group, serial=35)

    general = {line.person_id for line in queries.attendance_on(cast.branch, Kind.GENERAL, HELD)}
    own = {line.person_id for line in queries.attendance_on(group, Kind.GROUP, HELD)}

    assert general == {cast.member.pk, cast.secretary.pk, inside.pk}
    assert own == {inside.pk}


def test_the_committee_is_who_holds_its_posts_on_that_day(cast: Cast) -> None:
    appoint(cast.member, cast.branch, PostKind.PUBLICITY_MEMBER)
    appoint(cast.organizer, cast.branch, PostKind.ORGANIZER)

    committee = {line.person_id for line in queries.attendance_on(cast.branch, Kind.COMMITTEE, HELD)}

    assert committee == {cast.secretary.pk, cast.member.pk}


def test_attendance_is_filled_marked_and_observed_stroke_by_stroke(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    draft = held(cast, State.DRAFT, attendance=())

    assert actions.fill_attendance(scope, draft.pk) == 2
    actions.mark(scope, draft.pk, Presence.PRESENT)
    actions.mark(scope, draft.pk, Presence.LEAVE, persons=[cast.member.pk], reason="返乡")
    newcomer = make_person("新成员", cast.branch, serial=36)
    assert actions.fill_attendance(scope, draft.pk) == 1
    applicant = make_person("积极", cast.branch, serial=37, stage=StageKind.ACTIVIST)
    actions.add_observer(scope, draft.pk, applicant.pk)

    rows = {row.person_id: (row.part, row.presence, row.reason) for row in Attendance.objects.all()}
    assert rows == {
        cast.secretary.pk: ("voter", "present", ""),
        cast.member.pk: ("voter", "leave", "返乡"),
        newcomer.pk: ("voter", "expected", ""),
        applicant.pk: ("observer", "present", ""),
    }
    draft.refresh_from_db()
    assert (draft.expected, draft.present) == (3, 1)
    actions.remove_observer(scope, draft.pk, applicant.pk)
    with pytest.raises(Refusal, match="不能删去"):
        actions.remove_observer(scope, draft.pk, cast.member.pk)


def test_marking_everybody_present_leaves_no_reason_behind(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    draft = held(cast, State.DRAFT)
    actions.mark(scope, draft.pk, Presence.ABSENT, reason="不明")
    actions.mark(scope, draft.pk, Presence.PRESENT)

    assert set(Attendance.objects.values_list("presence", "reason")) == {("present", "")}


def test_strangers_are_neither_marked_nor_observed(cast: Cast) -> None:
    scope = cast.scope(cast.secretary)
    draft = held(cast, State.DRAFT)

    with pytest.raises(Refusal, match="不在这次会议的名单中"):
        actions.mark(scope, draft.pk, Presence.PRESENT, persons=[cast.neighbour.pk])
    with pytest.raises(Refusal, match="名册里没有"):
        actions.add_observer(scope, draft.pk, cast.neighbour.pk)


def test_membership_that_began_later_does_not_reach_back(cast: Cast) -> None:
    Affiliation.objects.filter(person=cast.member).update(started_on=date(2026, 11, 12), entry=Entering.INSIDE)

    before = {line.person_id for line in queries.attendance_on(cast.branch, Kind.GENERAL, date(2026, 11, 11))}
    on_the_day = {line.person_id for line in queries.attendance_on(cast.branch, Kind.GENERAL, date(2026, 11, 12))}

    assert cast.member.pk not in before
    assert cast.member.pk in on_the_day
