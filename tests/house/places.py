"""For every URL with a parameter: which object of the own and of another subtree stands for it in the matrix.

`branch` is the own subtree (member, secretary, organizer, office), `other_branch` the other one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import TODAY, Cast

Finder = Callable[[Cast, bool], dict[str, Any]]
# room → what its <int:pk> means; a URL of its own entry overrides
ROOMS: dict[str, Finder] = {}
URLS: dict[str, Finder] = {}


def room(name: str) -> Callable[[Finder], Finder]:
    def keep(finder: Finder) -> Finder:
        ROOMS[name] = finder
        return finder

    return keep


def url(*names: str) -> Callable[[Finder], Finder]:
    def keep(finder: Finder) -> Finder:
        for name in names:
            URLS[name] = finder
        return finder

    return keep


@room("accounts")
def _account(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.member if own else cast.neighbour).user_id}


@room("organizations")
def _organization(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@room("people")
def _person(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.member if own else cast.neighbour).pk}


def _recorded(cast: Cast, own: bool, *, draft: bool = False) -> Any:
    from datetime import date

    from zhibu.meetings.enums import Kind, State
    from zhibu.meetings.models import Attachment, Attendance, Meeting

    node, person = (cast.branch, cast.member) if own else (cast.other_branch, cast.neighbour)
    state = State.DRAFT if draft else State.RECORDED
    meeting = Meeting.objects.create(
        organization=node, kind=Kind.THEME_DAY, title="主题党日", held_on=date(2026, 11, 12), state=state
    )
    Attendance.objects.create(meeting=meeting, person=person)
    Attachment.objects.create(
        meeting=meeting, file="meetings/none", name="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
        added_at="2026-11-12T08:00:00Z",
    )  # fmt: skip
    return meeting


@room("meetings")
def _meeting(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _recorded(cast, own).pk}


@url("meetings:delete")
def _draft(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _recorded(cast, own, draft=True).pk}


@url("meetings:task")
def _task(cast: Cast, own: bool) -> dict[str, Any]:
    from datetime import date

    meeting = _recorded(cast, own)
    owner = cast.member if own else cast.neighbour
    given = {"organization": meeting.organization, "owner": owner, "text": "走访", "due_on": date(2026, 12, 1)}
    return {"pk": meeting.tasks.create(**given).pk}


@url("meetings:correction")
def _signed(cast: Cast, own: bool) -> dict[str, Any]:
    meeting = _recorded(cast, own)
    who = cast.secretary if own else cast.neighbour
    for quality in ("host", "recorder"):
        meeting.signatures.create(
            quality=quality, person=who, by=who.user, version=1, digest="0" * 64, signed_at="2026-11-12T08:00:00Z"
        )
    return {"pk": meeting.pk}


@url("meetings:decide")
def _mark(cast: Cast, own: bool) -> dict[str, Any]:
    from uuid import uuid4

    meeting = _recorded(cast, own, draft=True)
    mark = meeting.marks.create(
        person=cast.member if own else cast.neighbour, key=uuid4(), source="self", state="pending", presence="present",
        made_at="2026-11-12T08:00:00Z", arrived_at="2026-11-12T08:06:00Z",
    )  # fmt: skip
    return {"pk": meeting.pk, "mark": mark.pk}


@url(
    "meetings:check_in",
    "meetings:desk",
    "meetings:code",
    "meetings:open_check_in",
    "meetings:close_check_in",
    "meetings:mark",
)
def _open_draft(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _recorded(cast, own, draft=True).pk}


@url("meetings:attachment", "meetings:detach")
def _attachment(cast: Cast, own: bool) -> dict[str, Any]:
    meeting = _recorded(cast, own)
    return {"pk": meeting.pk, "attachment": meeting.attachments.get().pk}


def _likeness_of(cast: Cast, own: bool) -> Any:
    """Two records of the branch, or of the other one, that have something in common."""
    from zhibu.meetings.models import Likeness

    later, earlier = _recorded(cast, own), _recorded(cast, own)
    return Likeness.objects.create(
        later=later, earlier=earlier, share=0.5, earlier_share=0.5, found_on="2026-11-13", letters=99
    )


@url("meetings:likeness", "meetings:likeness_answer", "meetings:likeness_close")
def _likeness(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _likeness_of(cast, own).pk}


@url("meetings:likeness_photo")
def _likeness_photo(cast: Cast, own: bool) -> dict[str, Any]:
    row = _likeness_of(cast, own)
    row.later_photo = row.later.attachments.get()
    row.save()
    return {"pk": row.pk, "which": "later"}


@url("meetings:official", "meetings:official_remove")
def _official(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.meetings.models import OfficialDocument

    row, _made = OfficialDocument.objects.get_or_create(
        digest="0" * 64,
        defaults={"title": "某文件", "issued_by": "某机关", "text": "正文", "added_at": "2026-11-01T08:00:00Z"},
    )
    return {"pk": row.pk}  # the same for everyone


def _drawn_of(cast: Cast, own: bool) -> Any:
    from zhibu.meetings.models import DrawnRecord, SpotCheck

    node, meeting = cast.faculty if own else cast.other_faculty, _recorded(cast, own)
    check, _made = SpotCheck.objects.get_or_create(
        organization=node, since="2026-11-01", until="2026-11-30", seed="1",
        defaults={"title": "抽查", "each": 1, "population": 1, "drawn_at": "2026-11-20T08:00:00Z"},
    )  # fmt: skip
    return DrawnRecord.objects.create(check_of=check, meeting=meeting, stratum="本科生党支部 2026-11")


@url("meetings:spot_check")
def _spot_check(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _drawn_of(cast, own).check_of_id}


@url("meetings:drawn")
def _drawn(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _drawn_of(cast, own).pk}


@url("meetings:model")
def _model(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.meetings.models import ModelRecord

    meeting = _recorded(cast, own)
    row = ModelRecord.objects.create(
        meeting=meeting, reason="具体", proposed_at="2026-11-20T08:00:00Z", is_consented=True, version=meeting.version
    )
    return {"pk": row.pk}  # shown to all who keep records


@url("meetings:overrule")
def _overruled(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _recorded(cast, own).pk, "part": "completeness"}


def _planned(cast: Cast, own: bool) -> Any:
    from datetime import date, time

    from django.utils import timezone

    from zhibu.meetings.enums import Kind, State
    from zhibu.meetings.models import Attachment, Invitation, Meeting, PlannedMeeting

    node, person = (cast.branch, cast.member) if own else (cast.other_branch, cast.neighbour)
    day = date(2026, 12, 10)
    if known := PlannedMeeting.objects.filter(organization=node, title="主题党日", held_on=day).first():
        return known
    draft = Meeting.objects.create(
        organization=node, kind=Kind.THEME_DAY, title="主题党日", held_on=day, state=State.DRAFT
    )
    row = PlannedMeeting.objects.create(
        organization=node, kind=Kind.THEME_DAY, title="主题党日", held_on=day, starts_at=time(14), ends_at=time(15),
        meeting=draft, notified_at=timezone.now(),
    )  # fmt: skip
    Invitation.objects.create(planned=row, person=person, answer="leave", leave="asked", reason="实习")
    Attachment.objects.create(
        meeting=draft, file="meetings/none", name="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
        added_at="2026-11-12T08:00:00Z",
    )  # fmt: skip
    return row


@url("meetings:planned", "meetings:replan", "meetings:call_off", "meetings:prepare", "meetings:notify")
def _plan(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _planned(cast, own).pk}


@url("meetings:decide_leave")
def _leave(cast: Cast, own: bool) -> dict[str, Any]:
    row = _planned(cast, own)
    return {"pk": row.pk, "person": row.invitations.get().person_id}


@url("meetings:invitation")
def _invitation(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _planned(cast, own).invitations.get().pk}


@url("meetings:material")
def _material(cast: Cast, own: bool) -> dict[str, Any]:
    row = _planned(cast, own)
    return {"pk": row.invitations.get().pk, "attachment": row.meeting.attachments.get().pk}


@url("meetings:subscribed")
def _calendar(cast: Cast, own: bool) -> dict[str, Any]:
    from django.utils import timezone

    from zhibu.meetings.models import CalendarAddress
    from zhibu.meetings.planning.calendars import digest

    person = cast.member if own else cast.neighbour
    token = f"token-{person.pk}"
    CalendarAddress.objects.get_or_create(
        user=person.user, defaults={"token_hash": digest(token), "created_at": timezone.now()}
    )
    return {"token": token}


def _stranger(cast: Cast) -> Any:
    from tests.cast import make_person
    from zhibu.people.models import Person

    return Person.objects.filter(name="外人").first() or make_person("外人", cast.other_branch, serial=877)


def _talk_of(cast: Cast, own: bool) -> Any:
    from datetime import date

    from django.utils import timezone

    from zhibu.meetings.models import Meeting, Talk

    node = cast.branch if own else cast.other_branch
    author, other = (cast.secretary, cast.member) if own else (cast.neighbour, _stranger(cast))
    meeting = Meeting.objects.create(organization=node, kind="talk", title="谈心谈话", held_on=date(2026, 11, 12))
    talk = Talk.objects.create(
        meeting=meeting, author=author, other=other, occasion="visit", text="近况", noted_at=timezone.now()
    )
    if own:
        talk.readers.create(person=cast.office, named_by=author, named_on=date(2026, 11, 12))
    return talk


@url(
    "meetings:my_talk",
    "meetings:confirm_talk",
    "meetings:deny_talk",
    "meetings:correct_talk",
    "meetings:withdraw_talk",
    "meetings:name_reader",
)
def _my_talk(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _talk_of(cast, own).pk}


@url("meetings:withdraw_reader")
def _talk_reader(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _talk_of(cast, own).pk, "person": cast.office.pk}


def _life_of(cast: Cast, own: bool) -> Any:
    """A life meeting that was held, with a list of the member's, a point that was made, a line to put right."""
    from datetime import date
    from uuid import uuid4

    from django.utils import timezone

    from zhibu.meetings.models import LifeMeeting

    node, person = (cast.branch, cast.member) if own else (cast.other_branch, cast.neighbour)
    meeting = _recorded(cast, own)
    life = LifeMeeting.objects.create(
        organization=node, kind="life", year=2026, title=f"生活会{meeting.pk}", planned_on=date(2026, 11, 12),
        meeting=meeting, begun_at=timezone.now(), submission=uuid4(),
    )  # fmt: skip
    life.checks.create(person=person).points.create(problem="问题")
    life.criticisms.create(by=person, about=person, text="要点", submission=uuid4())
    life.lines.create(problem="问题", measure="措施", owner=person, due_on=date(2026, 12, 1), submission=uuid4())
    return life


@url(
    "meetings:life",
    "meetings:change_life",
    "meetings:life_study",
    "meetings:link_life",
    "meetings:life_report",
    "meetings:opinion_box",
    "meetings:give_opinion",
    "meetings:enter_opinion",
    "meetings:opinions",
    "meetings:renew_lists",
    "meetings:criticize",
    "meetings:new_rectification",
)
def _life(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _life_of(cast, own).pk}


@url("meetings:self_check", "meetings:hand_in", "meetings:take_back")
def _self_check(cast: Cast, own: bool) -> dict[str, Any]:
    life = _life_of(cast, own)
    return {"pk": life.pk, "check": life.checks.get().pk}


@url("meetings:remove_point")
def _point(cast: Cast, own: bool) -> dict[str, Any]:
    life = _life_of(cast, own)
    check = life.checks.get()
    return {"pk": life.pk, "check": check.pk, "point": check.points.get().pk}


@url("meetings:remove_criticism")
def _criticism(cast: Cast, own: bool) -> dict[str, Any]:
    life = _life_of(cast, own)
    return {"pk": life.pk, "criticism": life.criticisms.get().pk}


@url("meetings:rectification", "meetings:change_rectification")
def _rectification(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _life_of(cast, own).lines.get().pk}


@url("meetings:talk_coverage_of")
def _covered_branch(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@url("meetings:ledger", "meetings:ledger_chapters", "meetings:ledger_export")
def _year_book(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@url("meetings:ledger_record")
def _ledger_record(cast: Cast, own: bool) -> dict[str, Any]:
    return {**_year_book(cast, own), "record": _recorded(cast, own).pk}


@url("meetings:ledger_attachment")
def _ledger_attachment(cast: Cast, own: bool) -> dict[str, Any]:
    meeting = _recorded(cast, own)
    return {**_year_book(cast, own), "record": meeting.pk, "attachment": meeting.attachments.get().pk}


@url("meetings:ledger_progress", "meetings:ledger_file")
def _ledger_export(cast: Cast, own: bool) -> dict[str, Any]:
    from django.utils import timezone

    from zhibu.meetings.models import LedgerExport

    node, person = (cast.branch, cast.secretary) if own else (cast.other_branch, cast.neighbour)
    row, _made = LedgerExport.objects.get_or_create(
        organization=node, year=2026, format="pdf", user=person.user,
        defaults={"asked_at": timezone.now(), "state": "doing", "total": 1},
    )  # fmt: skip
    return {"pk": row.pk}


@url("meetings:revoke_inspection")
def _inspection(cast: Cast, own: bool) -> dict[str, Any]:
    from datetime import date

    from django.utils import timezone

    from zhibu.meetings.models import Inspection

    node = cast.branch if own else cast.other_branch
    row, _made = Inspection.objects.get_or_create(
        organization=node, user=cast.administrator,
        defaults={"until": date(2020, 1, 1), "reason": "检查", "granted_at": timezone.now()},
    )  # fmt: skip
    return {"pk": row.pk}


@url("meetings:cadence_of", "meetings:quality_of")
def _cadence(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@room("regulations")
def _rule(cast: Cast, own: bool) -> dict[str, Any]:
    return {"rule_id": "dev.publicity"}  # the same for everyone


@url("people:change", "people:withdraw")
def _change_request(cast: Cast, own: bool) -> dict[str, Any]:
    from django.utils import timezone

    from zhibu.people.models import ChangeRequest

    person = cast.member if own else cast.neighbour
    asked, _made = ChangeRequest.objects.get_or_create(
        person=person, field="school", defaults={"new_value": "虚构中学", "asked_at": timezone.now()}
    )
    return {"request_pk": asked.pk}


@url("organizations:end_tenure")
def _tenure(cast: Cast, own: bool) -> dict[str, Any]:
    node, person = (cast.branch, cast.secretary) if own else (cast.other_branch, cast.neighbour)
    return {"pk": node.pk, "tenure": person.tenures.get().pk}


@room("indicators")
def _indicator(cast: Cast, own: bool) -> dict[str, Any]:
    return {"key": "attendance"}  # the same for everyone


@url("indicators:burden-of")
def _burden(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@url(*(f"indicators:composed-{what}" for what in ("one", "trial", "adopt", "discard")))
def _composed(cast: Cast, own: bool) -> dict[str, Any]:
    """The same for everyone; the records are those of an organization."""
    from tests.indicators.composed import document
    from zhibu.accounts.scope import system_scope
    from zhibu.indicators.compose.actions import begin

    return {"pk": begin(system_scope(TODAY), document()).pk}


@url("indicators:composed-retire")
def _adopted(cast: Cast, own: bool) -> dict[str, Any]:
    """The same for everyone."""
    from tests.indicators.composed import document
    from zhibu.accounts.scope import system_scope
    from zhibu.indicators.compose.actions import adopt, begin
    from zhibu.indicators.models import ComposedIndicator

    found = ComposedIndicator.objects.filter(title="已采用的").first()
    if found is None:
        found = begin(system_scope(TODAY), document(title="已采用的", limit=30))
        adopt(system_scope(TODAY), found.pk, found.version)
    return {"pk": found.pk}


@url("indicators:composed-records")
def _composed_records(cast: Cast, own: bool) -> dict[str, Any]:
    return {**_composed(cast, own), "organization_pk": (cast.branch if own else cast.other_branch).pk}


@url("assessment:organization")
def _score(cast: Cast, own: bool) -> dict[str, Any]:
    from datetime import date
    from decimal import Decimal

    from zhibu.assessment.actions import _version
    from zhibu.assessment.models import IndicatorScore, OrganizationScore, ScoreRun
    from zhibu.assessment.scheme import delivered_for

    node = cast.branch if own else cast.other_branch
    run, _made = ScoreRun.objects.get_or_create(
        period="2026Q3", is_current=True,
        defaults={
            "scheme": _version(delivered_for(date(2026, 9, 30))), "fingerprint": "x", "lake_generation": 1,
            "data_until": date(2026, 10, 1),
        },
    )  # fmt: skip
    for one in (node, cast.faculty, cast.root):
        OrganizationScore.objects.get_or_create(
            run=run, organization=one, defaults={
                "level": one.kind, "category": one.category, "members": 2, "total": Decimal(20),
                "uncapped": Decimal(20), "weight": Decimal(20), "breakdown": {"MANAGE": ["20.00", "20.00"]},
            },
        )  # fmt: skip
    IndicatorScore.objects.get_or_create(
        run=run, organization=node, indicator="meetings_complete", defaults={
            "numerator": 1, "denominator": 1, "raw": 1, "smoothed": 1, "normalised": 1, "weight": 20, "points": 20,
        },
    )  # fmt: skip
    return {"pk": node.pk}


@url(*(f"assessment:draft{what}" for what in ("", "-trial", "-effect", "-weights", "-take", "-adopt", "-discard")))
def _scheme_draft(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.accounts.scope import system_scope
    from zhibu.assessment.design.drafts import begin

    return {"pk": begin(system_scope(TODAY), title="方案草案").pk}


@url("assessment:grading", "assessment:grading-correct", "assessment:grading-take-back")
def _grading(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.assessment.models import Grading

    row, _made = Grading.objects.get_or_create(
        organization=cast.branch if own else cast.other_branch, period="2026Q3", evaluator="superior",
        defaults={"value": 90, "most": 100, "grounds": "走访", "entered_at": "2026-10-08T08:00:00+08:00"},
    )  # fmt: skip
    return {"pk": row.pk}


def _survey(cast: Cast, own: bool) -> Any:
    from zhibu.assessment.models import Survey

    row, _made = Survey.objects.get_or_create(
        organization=cast.branch if own else cast.other_branch, period="2026Q3", evaluator="public", defaults={
            "held_by": cast.faculty if own else cast.other_faculty, "statements": ["组织生活", "党务公开"],
            "closes_on": TODAY, "issued": 5, "counts": [[0] * 5, [0] * 5], "opened_at": "2026-10-08T08:00:00+08:00",
        },
    )  # fmt: skip
    return row


@url(*(f"assessment:survey{act}" for act in ("", "-slips", "-close", "-withdraw")))
def _one_survey(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _survey(cast, own).pk}


@url("slip")
def _slip(cast: Cast, own: bool) -> dict[str, Any]:
    from uuid import uuid4

    from zhibu.assessment.surveys.rules import hash_of

    code = ("AAAAA" if own else "BBBBB") * 4
    defaults = {"id": uuid4(), "survey": _survey(cast, own)}
    _survey(cast, own).slips.get_or_create(code_hash=hash_of(code), defaults=defaults)
    return {"code": code}


def _published(cast: Cast, own: bool) -> Any:
    """A result in notice, with an appeal of the branch or of the other one."""
    from datetime import timedelta

    from zhibu.assessment.models import Appeal, Publication, ScoreRun

    node = _score(cast, own)["pk"]
    found, _made = Publication.objects.get_or_create(
        run=ScoreRun.objects.get(period="2026Q3", is_current=True), period="2026Q3",
        defaults={"state": "notice", "noticed_on": TODAY, "appeals_until": TODAY + timedelta(days=7)},
    )  # fmt: skip
    made, _new = Appeal.objects.get_or_create(
        publication=found, organization_id=node, indicator="meetings_complete",
        defaults={"reason": "虚构", "filed_on": TODAY, "answer_due": TODAY},
    )  # fmt: skip
    return made


@url(*(f"assessment:publication{step}" for step in ("", "-final", "-withdraw", "-renew", "-close")))
def _publication(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _published(cast, own).publication_id}  # the same for everyone


def _step(cast: Cast, period: str, state: str) -> dict[str, Any]:
    """A publication in this state; the same for everyone."""
    from zhibu.assessment.models import Publication

    run = _published(cast, True).publication.run
    known = {"run": run, "state": state, "noticed_on": TODAY, "appeals_until": TODAY}
    return {"pk": Publication.objects.get_or_create(period=period, defaults=known)[0].pk}


@url("opened-result")
def _opened(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.assessment.models import Publication

    found = Publication.objects.filter(pk=_step(cast, "2024Q3", "final")["pk"])
    found.update(
        state="published", published_on=TODAY, audience="public", reviewed_by="虚构",
        open_until=TODAY if own else TODAY.replace(year=TODAY.year - 1),
    )  # fmt: skip
    return {"pk": found.get().pk}


@url("assessment:publication-notice")
def _to_notice(cast: Cast, own: bool) -> dict[str, Any]:
    return _step(cast, "2024Q1", "draft")


@url("assessment:publication-publish")
def _to_publish(cast: Cast, own: bool) -> dict[str, Any]:
    return _step(cast, "2024Q2", "final")


@url("assessment:result", "assessment:confirm", "assessment:appeal-new")
def _result(cast: Cast, own: bool) -> dict[str, Any]:
    made = _published(cast, own)
    return {"pk": made.publication_id, "organization": made.organization_id}


@url(*(f"assessment:appeal{act}" for act in ("", "-answer", "-withdraw", "-recomputed")))
def _appeal(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _published(cast, own).pk}


@url("assessment:appeal-unchanged")
def _upheld(cast: Cast, own: bool) -> dict[str, Any]:
    """Upheld because of records."""
    known = _published(cast, own)
    found, _made = known.publication.appeals.get_or_create(
        organization=known.organization, indicator="dues_in_time",
        defaults={"reason": "虚构", "filed_on": TODAY, "answer_due": TODAY, "state": "upheld", "answer": "漏登属实",
                  "answered_on": TODAY, "remedy": "records"},
    )  # fmt: skip
    return {"pk": found.pk}


@url("assessment:honour", "assessment:honour-withdraw", "assessment:honour-certificate")
def _honour(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.assessment.models import Honour

    made = _published(cast, own)
    found, _made = Honour.objects.get_or_create(
        publication=made.publication, organization=made.organization, kind="advanced",
        defaults={"state": "awarded", "grounds": "得分在前", "proposed_on": TODAY, "decided_on": TODAY,
                  "document": "纪要", "number": f"2026-{made.organization_id:04d}"},
    )  # fmt: skip
    return {"pk": found.pk}


@url(*(f"assessment:case{act}" for act in ("", "-edit", "-consent", "-show", "-take-down")))
def _case(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.assessment.models import ModelCase

    node = cast.branch if own else cast.other_branch
    return {"pk": ModelCase.objects.create(organization=node, title="案例", text="做法", state="asked").pk}


@url("assessment:case-new")
def _new_case(cast: Cast, own: bool) -> dict[str, Any]:
    return {"organization": (cast.branch if own else cast.other_branch).pk}


@url("assessment:appeal-file")
def _appeal_file(cast: Cast, own: bool) -> dict[str, Any]:
    made = _published(cast, own)
    file = made.files.create(
        file="assessment/none", name="a.pdf", content_type="application/pdf", size=1, sha256="0" * 64,
        added_at="2026-11-12T08:00:00Z",
    )  # fmt: skip
    return {"pk": made.pk, "file": file.pk}


def chosen_action(cast: Cast, own: bool, state: str = "concluded") -> Any:
    """One in this state; by default one that everybody may read."""
    import json

    from zhibu.assessment.chosen.rubric import rubric_for
    from zhibu.assessment.models import ChosenAction

    at = "2026-10-08T08:00:00+08:00"
    more: dict[str, Any] = {"concluded": {"points": 1, "concluded_at": at, "period": "2026Q3"}}
    more["reviewing"] = {"round": 1, "rubric": json.loads(json.dumps(rubric_for(TODAY).document, default=str))}
    row, _made = ChosenAction.objects.get_or_create(
        organization=cast.branch if own else cast.other_branch, title=f"学业帮扶 {state}", defaults={
            "what": "结对", "goal": "见效", "starts_on": TODAY, "ends_on": TODAY, "claimed": 1, "proposed_at": at,
            "state": state, **more.get(state, {}),
        },
    )  # fmt: skip
    return row


@url(*(f"assessment:action{what}" for what in (
    "", "-submit", "-attach", "-open", "-reopen",
)))  # fmt: skip
def _action(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": chosen_action(cast, own).pk}


@url("assessment:action-decide")
def _action_to_decide(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": chosen_action(cast, own, "disputed").pk}


@url("assessment:action-return")
def _action_to_return(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": chosen_action(cast, own, "submitted").pk}


@url("assessment:action-edit", "assessment:action-withdraw")
def _action_to_edit(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": chosen_action(cast, own, "proposed").pk}


@url("assessment:action-score")
def _action_to_score(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": chosen_action(cast, own, "reviewing").pk}


@url("assessment:action-file", "assessment:action-file-remove")
def _action_file(cast: Cast, own: bool) -> dict[str, Any]:
    from django.core.files.base import ContentFile

    from zhibu.assessment.models import ActionEvidence

    action = chosen_action(cast, own)
    if (row := ActionEvidence.objects.filter(action=action).first()) is None:
        row = ActionEvidence(
            action=action,
            name="总结.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0",
            added_at="2026-10-08T08:00:00+08:00",
        )
        row.file.save("x", ContentFile(b"x"))
    return {"pk": row.pk}


def work_report(cast: Cast, own: bool) -> Any:
    """A graded one; on the other side of the same kind."""
    from zhibu.assessment.models import WorkReport, WorkReportCall

    node = cast.faculty if own else cast.other_faculty
    at = "2026-11-12T08:00:00+08:00"
    call, _made = WorkReportCall.objects.get_or_create(
        organization=node, year=2026, defaults={"due_on": TODAY, "called_at": at}
    )
    row, _new = WorkReport.objects.get_or_create(
        call=call, organization=cast.branch if own else cast.other_branch,
        defaults={"state": "graded", "grade": "good", "period": "2026Q4", "held_on": TODAY, "text": "一年来"},
    )  # fmt: skip
    return row


@url("assessment:report-write")
def _report_to_write(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.assessment.models import WorkReport, WorkReportCall

    call, _made = WorkReportCall.objects.get_or_create(
        organization=cast.faculty if own else cast.other_faculty, year=2019,
        defaults={"due_on": TODAY, "called_at": "2026-11-12T08:00:00+08:00"},
    )  # fmt: skip
    row, _new = WorkReport.objects.get_or_create(call=call, organization=cast.branch if own else cast.other_branch)
    return {"pk": row.pk}


@url("assessment:report-return")
def _report_to_return(cast: Cast, own: bool) -> dict[str, Any]:
    """Handed in."""
    from zhibu.assessment.models import WorkReport, WorkReportCall

    made = WorkReport.objects.select_related("call").get(pk=_report_to_write(cast, own)["pk"])
    call, _made = WorkReportCall.objects.get_or_create(
        year=2018, organization_id=made.call.organization_id,
        defaults={"due_on": TODAY, "called_at": made.call.called_at},
    )  # fmt: skip
    row, _new = WorkReport.objects.get_or_create(
        call=call, organization=made.organization, defaults={"state": "submitted", "text": "一年来"}
    )
    return {"pk": row.pk}


@url(*(f"assessment:report{what}" for what in ("", "-grade", "-attach")))
def _report(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": work_report(cast, own).pk}


@url("assessment:report-call", "assessment:report-sheet")
def _report_call(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": work_report(cast, own).call_id}


@url("assessment:report-file", "assessment:report-file-remove")
def _report_file(cast: Cast, own: bool) -> dict[str, Any]:
    from django.core.files.base import ContentFile

    from zhibu.assessment.models import WorkReportFile

    report = work_report(cast, own)
    if (row := WorkReportFile.objects.filter(report=report).first()) is None:
        row = WorkReportFile(report=report, name="述职.pdf", content_type="application/pdf", size=1, sha256="0")
        row.added_at = "2026-11-12T08:00:00+08:00"
        row.file.save("x", ContentFile(b"x"))
    return {"pk": row.pk}


@url("assessment:indicator")
def _line(cast: Cast, own: bool) -> dict[str, Any]:
    return {**_score(cast, own), "key": "meetings_complete"}


@room("exchange")
def _batch(cast: Cast, own: bool) -> dict[str, Any]:
    from datetime import date

    from zhibu.exchange.enums import BatchKind, BatchState
    from zhibu.exchange.models import ImportBatch

    node, person = (cast.branch, cast.secretary) if own else (cast.other_branch, cast.neighbour)
    batch, _made = ImportBatch.objects.get_or_create(
        digest="0" * 64, user=person.user, defaults={
            "kind": BatchKind.MEMBERS, "state": BatchState.READY, "file_name": "a.xlsx", "file_size": 1,
            "organization_path": node.path, "as_of": date(2026, 11, 1), "uploaded_at": "2026-11-01T08:00:00Z",
        },
    )  # fmt: skip
    return {"pk": batch.pk}


@url("exchange:guide", "exchange:template")
def _kind(cast: Cast, own: bool) -> dict[str, Any]:
    return {"kind": "members"}  # the same for everyone


@room("reminders")
def _robot(cast: Cast, own: bool) -> dict[str, Any]:
    from tests.house.everything import known_robot

    return {"pk": known_robot(cast.branch if own else cast.other_branch).pk}


@room("documents")
def _template(cast: Cast, own: bool) -> dict[str, Any]:
    return {"key": "letter"}  # the same for everyone


@url("documents:version")
def _version(cast: Cast, own: bool) -> dict[str, Any]:
    return {"key": "letter", "version": 0}


@url("organizations:end_term", "organizations:extend_term")
def _term(cast: Cast, own: bool) -> dict[str, Any]:
    from datetime import date

    from zhibu.organizations.models import Term

    node = cast.branch if own else cast.other_branch
    defaults = {"started_on": date(2024, 3, 1), "due_on": date(2027, 3, 1)}
    Term.objects.get_or_create(organization=node, ended_on=None, defaults=defaults)
    return {"pk": node.pk}


def _case_of(cast: Cast, own: bool) -> Any:
    """A case of an applicant, opened in the system's name: the matrix asks who may do what in it."""
    from datetime import date

    from tests.cast import TODAY, make_person
    from zhibu.accounts.scope import system_scope
    from zhibu.people.enums import StageKind
    from zhibu.people.models import Person
    from zhibu.procedures.actions import open_case
    from zhibu.procedures.models import Case

    name, node, serial = ("程申", cast.branch, 180) if own else ("程外", cast.other_branch, 181)
    found = Case.objects.filter(person__name=name).first()
    if found is not None:
        return found
    person = Person.objects.filter(name=name).first() or make_person(
        name, node, serial=serial, stage=StageKind.APPLICANT, since=date(2026, 11, 1)
    )
    return open_case(system_scope(TODAY), "admission", person)


@room("procedures")
def _case(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _case_of(cast, own).pk}


@url("procedures:ledger")
def _ledger(cast: Cast, own: bool) -> dict[str, Any]:
    return {"key": "admission"}  # the same address for everyone, each gets their own cases


@url("procedures:paper")
def _case_paper(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _case_of(cast, own).pk, "kind": "publicity_notice"}


@url("procedures:step")
def _case_step(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _case_of(cast, own).pk, "step": "talk"}


@url("procedures:correct")
def _case_entry(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _case_of(cast, own).pk, "position": 1}


@url("procedures:steer")
def _case_steering(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _case_of(cast, own).pk, "what": "suspend"}


@room("archive")
def _folder(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.member if own else cast.neighbour).pk}


def _paper_of(cast: Cast, own: bool, kind: str) -> dict[str, Any]:
    """A paper original in the folder of the member or the neighbour."""
    from datetime import date

    from zhibu.archive.models import Document

    person = cast.member if own else cast.neighbour
    row, _made = Document.objects.get_or_create(
        person=person, kind=kind, defaults={
            "organization": person.organization, "title": "材料", "dated_on": date(2026, 9, 1), "place": "档案柜",
            "added_at": "2026-09-02T08:00:00Z",
        },
    )  # fmt: skip
    return {"pk": row.pk}


@url("archive:paper", "archive:file", "archive:replace", "archive:withdraw")
def _paper(cast: Cast, own: bool) -> dict[str, Any]:
    return _paper_of(cast, own, "thought_report")


@url("archive:open-sealed")
def _sealed_paper(cast: Cast, own: bool) -> dict[str, Any]:
    return _paper_of(cast, own, "political_review")


@url("procedures:term", "procedures:assign")
def _term_of(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@url("procedures:begin")
def _begin(cast: Cast, own: bool) -> dict[str, Any]:
    return {**_term_of(cast, own), "what": "election"}


def _letter_of(cast: Cast, own: bool) -> Any:
    """A transfer out of the university whose letter is on its way."""
    from tests.cast import TODAY
    from zhibu.accounts.scope import system_scope
    from zhibu.organizations.models import Tenure
    from zhibu.procedures.actions import take
    from zhibu.procedures.models import Case, Letter
    from zhibu.procedures.transfers.actions import Outside, request

    person = cast.member if own else cast.neighbour
    found = Letter.objects.filter(case__person=person).first()
    if found is None:
        scope = system_scope(TODAY)
        held = list(Tenure.objects.filter(person=person, ended_on__isnull=True).values_list("pk", flat=True))
        Tenure.objects.filter(pk__in=held).update(ended_on=TODAY)  # whoever holds a post cannot ask
        case = request(scope, person, outside=Outside("paper", "中共虚构市委组织部", "虚构公司党支部"))
        Tenure.objects.filter(pk__in=held).update(ended_on=None)
        data = {"valid_days": 90, "dues_until": "2026-11"}
        take(scope, case.pk, "consent", version=1, on=TODAY, outcome="agreed")
        take(scope, case.pk, "sent", version=Case.objects.get(pk=case.pk).version, on=TODAY, outcome="sent", data=data)
        found = Letter.objects.get(case=case)
    return found


@url("procedures:fetched")
def _letter(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _letter_of(cast, own).pk}


@url("procedures:late-receipt")
def _late(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _letter_of(cast, own).case_id}


@room("dues")
def _dues_of_a_member(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.member if own else cast.neighbour).pk}


@url("dues:reverse-fund-entry")
def _fund_entry(cast: Cast, own: bool) -> dict[str, Any]:
    from tests.dues.rows import fund_entry

    return {"pk": fund_entry(cast, own).pk}


@url("dues:fund", "dues:fund-entry", "dues:hand-over")
def _fund(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@url("dues:publication", "dues:publication-print")
def _dues_year(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.branch if own else cast.other_branch).pk, "year": 2026}


@url("dues:payment", "dues:receipt", "dues:central-receipt", "dues:withdraw")
def _payment(cast: Cast, own: bool) -> dict[str, Any]:
    from tests.dues.rows import payment

    return {"pk": payment(cast, own).pk}


@url("dues:relief")
def _relief(cast: Cast, own: bool) -> dict[str, Any]:
    from tests.dues.rows import relief

    return {"pk": relief(cast, own).pk}


@url("dues:receive", "dues:reverse-hand-over")
def _hand_over(cast: Cast, own: bool) -> dict[str, Any]:
    from tests.dues.rows import hand_over

    return {"pk": hand_over(cast, own).pk}


@url(
    "dues:statement", "dues:confirm", "dues:discard", "dues:undo", "exchange:payments-progress",
    "exchange:payments-again",
)  # fmt: skip
def _statement(cast: Cast, own: bool) -> dict[str, Any]:
    from tests.dues.rows import statement

    return {"pk": statement(cast, own).pk}


@url("procedures:leaver", "procedures:extend", "procedures:contact")
def _leaver(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.procedures.models import Leaver

    row, _made = Leaver.objects.get_or_create(person=cast.member if own else cast.neighbour, season=2026)
    return {"pk": row.pk}


def _numbered(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.procedures.models import FormRecord, NumberedForm

    node = cast.faculty if own else cast.other_faculty
    form, made = NumberedForm.objects.get_or_create(number=f"号{node.pk}", defaults={"organization": node})
    if made:
        FormRecord.objects.create(form=form, act="taken_in", on="2026-09-01", recorded_at="2026-09-01T08:00:00Z")
    return {"pk": form.pk}


@url("people:end-sanction")
def _sanction(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.people.models import Sanction

    day = {"since": "2026-01-01", "until": "2027-01-01", "recorded_at": "2026-01-02T08:00:00Z"}
    person = cast.member if own else cast.neighbour
    found, _made = Sanction.objects.get_or_create(person=person, kind="1", defaults={**day, "document": "虚构"})
    return {"pk": person.pk, "sanction": found.pk}


@url("people:conclude-correction")
def _correction(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.people.models import CorrectionTerm

    day = {"decided_on": "2026-01-01", "until": "2026-07-01", "recorded_at": "2026-01-02T08:00:00Z"}
    person = cast.member if own else cast.neighbour
    found, _made = CorrectionTerm.objects.get_or_create(person=person, defaults={**day, "document": "虚构"})
    return {"pk": person.pk, "term": found.pk}


@url("procedures:analysis", "procedures:enter-analysis")
def _analysis(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": (cast.faculty if own else cast.other_faculty).pk}


@url("procedures:form")
def _form(cast: Cast, own: bool) -> dict[str, Any]:
    return _numbered(cast, own)


@url("procedures:form-do")
def _form_do(cast: Cast, own: bool) -> dict[str, Any]:
    return {**_numbered(cast, own), "what": "void"}


@url("procedures:leaver-sheet", "procedures:leaver-sheet-corrected")
def _leaver_sheet(cast: Cast, own: bool) -> dict[str, Any]:
    from zhibu.procedures.models import LeaverSheet

    who = cast.secretary if own else cast.neighbour
    found, _made = LeaverSheet.objects.get_or_create(
        user=who.user, season=2026,
        defaults={"file_name": "a.xlsx", "digest": "0" * 64, "uploaded_at": "2026-11-01T08:00:00Z", "lines": "[]"},
    )  # fmt: skip
    return {"pk": found.pk}


def _problem_of(cast: Cast, own: bool, **given: Any) -> Any:
    from tests.supervision.rows import make_problem

    return make_problem(cast.branch if own else cast.other_branch, **given)


@room("supervision")
def _problem(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _problem_of(cast, own, state="under_way", measure="补讲。").pk}


@url("supervision:review")
def _reported_problem(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _problem_of(cast, own, state="to_review", measure="补讲。", done_on="2026-11-20").pk}


@url("supervision:reopen")
def _closed_problem(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _problem_of(cast, own, state="closed", closed_on="2026-11-20").pk}


@url("supervision:resume")
def _stopped_problem(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _problem_of(cast, own, state="stopped", stopped_on="2026-11-20").pk}


@url("supervision:milestone")
def _milestone(cast: Cast, own: bool) -> dict[str, Any]:
    problem = _problem_of(cast, own, state="under_way", measure="补讲。")
    return {"pk": problem.pk, "milestone": problem.milestones.create(text="备课", due_on="2026-12-01").pk}


@url("supervision:evidence")
def _evidence(cast: Cast, own: bool) -> dict[str, Any]:
    problem = _problem_of(cast, own)
    entry = problem.entries.create(kind="reported", on="2026-11-20", at="2026-11-20T08:00:00Z", role="党支部书记")
    file = entry.files.create(file="supervision/none", name="a.pdf", content_type="application/pdf", size=1)
    return {"pk": problem.pk, "file": file.pk}


def _named_problem(cast: Cast, own: bool) -> Any:
    """The same one for every address: each problem more is a row more on the list of problems."""
    from zhibu.supervision.models import Problem

    who = cast.member if own else cast.neighbour
    found = Problem.objects.filter(person=who, text="指明本人的问题").first()
    given = {"state": "under_way", "measure": "补讲。", "person": who, "text": "指明本人的问题"}
    return found or _problem_of(cast, own, **given)


@url("supervision:my-problem", "supervision:my-report")
def _my_problem(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _named_problem(cast, own).pk}


@url("supervision:my-milestone")
def _my_milestone(cast: Cast, own: bool) -> dict[str, Any]:
    problem = _named_problem(cast, own)
    return {"pk": problem.pk, "milestone": problem.milestones.create(text="备课", due_on="2026-12-01").pk}


@url("supervision:my-evidence")
def _my_evidence(cast: Cast, own: bool) -> dict[str, Any]:
    problem = _named_problem(cast, own)
    entry = problem.entries.create(kind="reported", on="2026-11-20", at="2026-11-20T08:00:00Z", role="党员")
    file = entry.files.create(file="supervision/none", name="a.pdf", content_type="application/pdf", size=1)
    return {"pk": problem.pk, "file": file.pk}


@url(
    "supervision:common-problem", "supervision:common-rename", "supervision:common-merge", "supervision:common-split",
    "supervision:common-out", "supervision:common-measure",
)  # fmt: skip
def _common(cast: Cast, own: bool) -> dict[str, Any]:
    from tests.supervision.rows import make_common

    return {"pk": make_common(cast.faculty if own else cast.other_faculty, _named_problem(cast, own)).pk}


@url("supervision:common-back")
def _taken_out(cast: Cast, own: bool) -> dict[str, Any]:
    pk = _common(cast, own)["pk"]
    from zhibu.supervision.models import GroupedProblem

    row = GroupedProblem.objects.filter(group=pk).latest("pk")
    GroupedProblem.objects.filter(pk=row.pk).update(is_out=True)
    return {"pk": pk, "row": row.pk}


def _material_of(cast: Cast, own: bool) -> Any:
    from tests.supervision.rows import make_material

    node, to = (cast.faculty, cast.branch) if own else (cast.other_faculty, cast.other_branch)
    file = {"file": "integrity/none", "name": "a.pdf", "content_type": "application/pdf", "size": 1}
    return make_material(node, to=to, **file)


@url(
    "supervision:material", "supervision:material-file", "supervision:material-assign", "supervision:material-withdraw",
    "supervision:my-material", "supervision:my-material-file",
)  # fmt: skip
def _material(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _material_of(cast, own).pk}


@url("supervision:reading")
def _reading(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _material_of(cast, own).assignments.get().pk}


@url("supervision:reading-names")
def _reading_names(cast: Cast, own: bool) -> dict[str, Any]:
    return {**_reading(cast, own), "node": (cast.branch if own else cast.other_branch).pk}


@url(
    "supervision:declaration", "supervision:declaration-revise", "supervision:declaration-end",
    "supervision:my-declaration",
)  # fmt: skip
def _declaration(cast: Cast, own: bool) -> dict[str, Any]:
    from tests.supervision.rows import make_declaration

    return {"pk": make_declaration(cast.faculty if own else cast.other_faculty).pk}


@url("supervision:declaration-names")
def _declaration_names(cast: Cast, own: bool) -> dict[str, Any]:
    return {**_declaration(cast, own), "node": (cast.branch if own else cast.other_branch).pk}


@url("supervision:wall-revoke")
def _wall_key(cast: Cast, own: bool) -> dict[str, Any]:
    from tests.supervision.rows import make_wall_key

    return {"pk": make_wall_key(cast.branch if own else cast.other_branch).pk}


def _alert_of(cast: Cast, own: bool, **given: Any) -> Any:
    from tests.supervision.rows import make_alert

    return make_alert(cast.branch if own else cast.other_branch, **given)


@url(
    "supervision:alert", "supervision:alert-acknowledge", "supervision:alert-snooze", "supervision:alert-false",
    "supervision:alert-problem",
)  # fmt: skip
def _alert(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _alert_of(cast, own).pk}


@url("supervision:alert-rule")
def _alert_rule(cast: Cast, own: bool) -> dict[str, Any]:
    return {"key": "theme_days_low"}


def _initiatives(cast: Cast, own: bool, what: str, **given: Any) -> Any:
    from tests.initiatives import rows

    return getattr(rows, what)(cast, own, **given)


@room("initiatives")
def _project(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _initiatives(cast, own, "project").pk}


@url("initiatives:review-project", "initiatives:edit-project")
def _declared_project(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _initiatives(cast, own, "project", state="declared").pk}


@url("initiatives:reach-milestone", "initiatives:change-milestone", "initiatives:drop-milestone")
def _project_milestone(cast: Cast, own: bool) -> dict[str, Any]:
    found = _initiatives(cast, own, "project")
    return {"pk": found.pk, "milestone": found.milestones.first().pk}


@url("initiatives:journal")
def _journal(cast: Cast, own: bool) -> dict[str, Any]:
    _initiatives(cast, own, "entry")
    return {"pk": (cast.branch if own else cast.other_branch).pk}


@url("initiatives:entry", "initiatives:correct-entry", "initiatives:void-entry", "initiatives:attach-entry")
def _journal_entry(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _initiatives(cast, own, "entry").pk}


@url(
    "initiatives:activity", "initiatives:edit-activity", "initiatives:enroll", "initiatives:note-own",
    "initiatives:confirm-parts", "initiatives:activity-link",
)  # fmt: skip
def _activity(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _initiatives(cast, own, "activity").pk}


@url("initiatives:drop-part", "initiatives:withdraw-part")
def _part(cast: Cast, own: bool) -> dict[str, Any]:
    row = _initiatives(cast, own, "part")
    return {"pk": row.activity_id, "part": row.pk}


@url(
    "initiatives:deed", "initiatives:report-deed", "initiatives:put-off-deed", "initiatives:answer-deed",
    "initiatives:deed-link", "initiatives:attach-deed",
)  # fmt: skip
def _deed(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _initiatives(cast, own, "deed").pk}


@url("initiatives:file", "initiatives:remove-file")
def _initiative_file(cast: Cast, own: bool) -> dict[str, Any]:
    return {"pk": _initiatives(cast, own, "attachment").pk}


@url("initiatives:confirm")
def _confirm(cast: Cast, own: bool) -> dict[str, Any]:
    return {"token": _initiatives(cast, own, "token")}
