"""Recording a meeting in one page: new, draft, correction. Works without JavaScript; htmx only swaps parts of the page.

Buttons say in ``do`` what is wanted: ``draft``, ``record`` and ``correct`` save; ``refresh``, ``all_present``,
``more_topics`` and ``more_resolutions`` show the page again with everything typed and save nothing.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.meetings import actions, queries
from zhibu.meetings.content import AttendanceLine, Content, counts
from zhibu.meetings.enums import Kind, Matter, Part, Presence, State
from zhibu.meetings.forms import (
    PRESENCES,
    RecordForm,
    ResolutionSet,
    TopicSet,
    initial_of,
    read_attendance,
    read_follow_ups,
    resolution_initial,
    told_apart,
    topic_initial,
    with_more_rows,
)
from zhibu.meetings.models import Meeting
from zhibu.meetings.pages.comparison import compared
from zhibu.meetings.pages.following import RESULTS, asked_about
from zhibu.meetings.rules import CUSTOM, kinds_for, quorum, required_parts
from zhibu.organizations.enums import UPPER_KINDS
from zhibu.organizations.models import Organization
from zhibu.organizations.queries import organization as one_organization
from zhibu.people.queries import people
from zhibu.ui.forms import attempt

# Parts of the page that htmx may ask for by the id it swaps.
PARTS = {
    "record-body": "meetings/edit_body.html",
    "attendance": "meetings/edit_attendance.html",
    "topics": "meetings/edit_topics.html",
    "resolutions": "meetings/edit_resolutions.html",
    "checklist": "meetings/edit_checklist.html",
}
ORGANIZATIONS_IN_FORM = 30


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    wanted = request.POST.get("organization") or request.GET.get("organization") or ""
    if wanted.isdecimal() and len(wanted) < 18:
        node = one_organization(scope, int(wanted), Right.RECORD_MEETING)
    else:
        choices = list(queries.recording_organizations(scope).order_by("depth", "path")[: ORGANIZATIONS_IN_FORM + 1])
        if len(choices) != 1 and (not choices or choices[0].kind in UPPER_KINDS):
            return redirect("meetings:choose")
        node = choices[0]
    return Editor(request, node, None).answer()


@page(needs=Right.RECORD_MEETING, methods=("GET", "POST"))
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft is continued, a finished record is corrected with a reason."""
    meeting = queries.meeting(request.scope, pk, Right.RECORD_MEETING)  # type: ignore[attr-defined]
    if meeting.kind == Kind.TALK:
        return redirect("meetings:talks")
    if request.method == "GET" and meeting.state == State.RECORDED and queries.is_signed(queries.signatures(meeting)):
        return redirect("meetings:correction", pk=pk)
    return Editor(request, meeting.organization, meeting).answer()


class Editor:
    """One request to the page: what was typed, over what is stored, over what is expected."""

    def __init__(self, request: HttpRequest, node: Organization, meeting: Meeting | None) -> None:
        self.request, self.node, self.meeting = request, node, meeting
        self.scope: Scope = request.scope  # type: ignore[attr-defined]
        # A retry after a lost connection is sent without its button: keeping what was typed is the safe reading.
        fallback = "correct" if meeting is not None and meeting.state == State.RECORDED else "draft"
        self.do = request.POST.get("do", fallback) if request.method == "POST" else ""
        self.data: QueryDict | None = request.POST if request.method == "POST" else None
        if self.data is not None and self.do in {"more_topics", "more_resolutions"}:
            self.data = with_more_rows(self.data, self.do.removeprefix("more_"))
        self.stored = queries.content_of(meeting) if meeting else None
        self.kinds = kinds_for(node.kind)
        self.kind, self.day = self._kind(), self._day()
        self.theirs: list[Any] = []
        self._build()

    def _kind(self) -> Kind:
        given = self._given("kind")
        if given in Kind.values and Kind(given) in self.kinds:
            return Kind(given)
        return self.stored.kind if self.stored else self.kinds[0]

    def _day(self) -> date:
        try:
            return date.fromisoformat(self._given("held_on"))
        except ValueError:
            return self.stored.held_on if self.stored else self.scope.today

    def _given(self, name: str) -> str:
        """What was typed; the address may carry kind and day from the cadence page."""
        return (self.data or self.request.GET).get(name, "")

    @cached_property
    def expected(self) -> Sequence[AttendanceLine]:
        """Whom the roster calls to a meeting of this kind on that day."""
        return queries.expected_attendance(self.scope, self.node, self.kind, self.day)

    @property
    def is_correction(self) -> bool:
        return self.meeting is not None and self.meeting.state == State.RECORDED

    def _build(self) -> None:
        content = self.stored
        if content and self.meeting:
            initial = initial_of(content, self.meeting.version)
        else:
            initial = {
                "organization": self.node.pk, "kind": self.kind.value, "held_on": self.day,
                "submission": uuid.uuid4(), "recorder": self.scope.person_id,
            }  # fmt: skip
        people = queries.chairs(self.scope, self.node, self.day)
        self.form = RecordForm(
            self.data, initial=initial, organizations=self._organizations(), kinds=self.kinds, people=people
        )
        self.topics = TopicSet(self.data, initial=topic_initial(content) if content else [{}], prefix="topics")
        listed = {line.person_id for line in self.expected}
        called = [one for one in people if one.pk in listed]
        offers = queries.offers(self.scope, self.node, self.kind, self.day, content, called)
        self.resolutions = ResolutionSet(
            self.data, initial=resolution_initial(content) if content else [{}], prefix="resolutions",
            form_kwargs={"people": told_apart(people), "offers": offers},
        )  # fmt: skip
        self.tasks = queries.to_follow_up(self.node, self.day, self.meeting)
        self.follow_ups = list(content.follow_ups) if content else []
        if self.data is not None:
            self.follow_ups = read_follow_ups(self.data, [one.pk for one in self.tasks])
        lines = self._base()
        if self.data is not None:
            lines = read_attendance(self.data, lines, rest_present=self.do == "all_present")
            lines += self._observers_added(lines)
        self.lines = lines

    def _organizations(self) -> list[tuple[int, str]]:
        if self.meeting is not None:
            return [(self.node.pk, self.node.name)]
        found = list(queries.recording_organizations(self.scope).order_by("path")[: ORGANIZATIONS_IN_FORM + 1])
        if len(found) > ORGANIZATIONS_IN_FORM or self.node not in found:
            return [(self.node.pk, self.node.name)]
        return [(one.pk, one.name) for one in found]

    def _base(self) -> list[AttendanceLine]:
        """Whom the list shows before anything was marked on it: as stored, or as expected on that day."""
        stored = self.stored
        if stored and (self.is_correction or (stored.kind is self.kind and stored.held_on == self.day)):
            found = list(stored.attendance)
            if not self.is_correction:
                known = {line.person_id for line in found}
                found[:0] = [line for line in self.expected if line.person_id not in known]
        else:
            found = list(self.expected)
        known = {line.person_id for line in found}
        return found + self._observers_kept(known)

    def _observers_kept(self, known: set[int]) -> list[AttendanceLine]:
        """Observers whom the page already showed."""
        listed = self.data.getlist("observer") if self.data is not None else []
        given = [int(pk) for pk in listed if pk.isdecimal() and len(pk) < 18]
        wanted = [pk for pk in given if pk not in known]
        names = dict(people(self.scope).filter(pk__in=wanted).values_list("pk", "name"))
        return [AttendanceLine(pk, Part.OBSERVER, Presence.PRESENT, name=names[pk]) for pk in wanted if pk in names]

    def _observers_added(self, lines: list[AttendanceLine]) -> list[AttendanceLine]:
        """Names typed into “添加列席人员” that mean exactly one person move into the list; the others stay typed."""
        assert self.data is not None
        words = list(dict.fromkeys(re.split(r"[\s,，、;；]+", self.data.get("observers", "").strip())))[:30]
        if not any(words):
            return []
        found = queries.find_people(self.scope, words)
        known = {line.person_id for line in lines}
        added, left, problems = [], [], []
        for word in words:
            fitting = found[word]
            if len(fitting) == 1:
                if fitting[0].pk not in known:
                    name = fitting[0].name
                    added.append(AttendanceLine(fitting[0].pk, Part.OBSERVER, Presence.PRESENT, name=name))
                    known.add(fitting[0].pk)
            else:
                left.append(word)
                problems.append(f"“{word}”有 {len(fitting)} 人重名，请改填学工号。" if fitting else
                                f"名册中没有“{word}”，不在名册中的请写在“其他列席人员”。")  # fmt: skip
        self.data = self.data.copy()
        self.data["observers"] = "\n".join(left)
        self.form.data = self.data
        if problems:
            self.form.add_error("observers", problems)
        return added

    def answer(self) -> HttpResponse:
        if self.do in {"draft", "record", "correct"} and (saved := self._save()):
            return self._saved(saved)
        saving = self.do in {"draft", "record", "correct"}
        target = getattr(self.request.htmx, "target", None)  # type: ignore[attr-defined]
        template = PARTS.get(target or "", "meetings/edit.html") if not saving else "meetings/edit.html"
        context = {**self._context(), "is_part": template == PARTS["checklist"]}
        return render(self.request, template, context, status=422 if saving else 200)

    def _save(self) -> Meeting | None:
        rows = [self.topics.is_valid(), self.resolutions.is_valid()]
        if not all(rows):
            if self.form.is_valid():
                self.form.add_error(None, "议题或决议中有没填对的地方，已在下面标出。")
            return None
        version = self._version()

        def call() -> Meeting:
            content = self._content()
            if self.meeting is None:
                submission = self.form.cleaned_data["submission"] or uuid.uuid4()
                state = State.RECORDED if self.do == "record" else State.DRAFT
                return actions.create(self.scope, content, submission=submission, state=state)
            if self.is_correction:
                reason = self.form.cleaned_data["reason"]
                return actions.correct(self.scope, self.meeting.pk, content, version=version, reason=reason)
            state = State.RECORDED if self.do == "record" else State.DRAFT
            return actions.update(self.scope, self.meeting.pk, content, version=version, state=state)

        def guarded() -> Meeting:
            try:
                return call()
            except actions.Conflict as conflict:
                self._show_both(conflict)
                raise

        saved = attempt(self.form, guarded)
        return saved if isinstance(saved, Meeting) else None

    def _version(self) -> int:
        given = self.data.get("version", "") if self.data is not None else ""
        return int(given) if given.isdecimal() and len(given) < 10 else 0

    def _show_both(self, conflict: actions.Conflict) -> None:
        """What was typed stays in the form; what the other left stands beside it; saving again is a decision."""
        assert self.data is not None
        self.theirs = compared(conflict.current, self._content())
        self.data = self.data.copy()
        self.data["version"] = str(conflict.version)
        self.form.data = self.data

    def _saved(self, saved: Meeting) -> HttpResponse:
        said = {
            "draft": "已保存草稿。", "record": "已登记。", "correct": "已保存更正，理由和改动已留痕。",
        }  # fmt: skip
        lead = any(line.leads_to for line in self._content().resolutions) and self.do != "draft"
        messages.success(self.request, said[self.do] + ("决议涉及的办理事项，请在下面逐项办理。" if lead else ""))
        return redirect("meetings:edit" if self.do == "draft" else "meetings:meeting", pk=saved.pk)

    def _content(self) -> Content:
        self.form.is_valid()
        self.topics.is_valid()
        self.resolutions.is_valid()
        return self.form.content(
            self.lines, self.topics, self.resolutions, self.follow_ups, self.node.pk, self.kind, self.day
        )

    def _context(self) -> dict[str, Any]:
        content = self._content() if self.data is not None else self.stored
        content = content or Content(
            self.node.pk, self.kind, "", self.day, attendance=tuple(self.lines), recorder_id=self.scope.person_id
        )
        count = counts(tuple(self.lines))
        return {
            "form": self.form,
            "topics": self.topics,
            "resolutions": self.resolutions,
            "lines": [line for line in self.lines if line.part is not Part.OBSERVER],
            "observers": [line for line in self.lines if line.part is Part.OBSERVER],
            "voters": self._voters(),
            "asked": asked_about(self.tasks, self.follow_ups, self.scope.today),
            "results": RESULTS,
            "presences": PRESENCES,
            "count": count,
            "quorum": quorum(self.kind, Matter.ORDINARY, count, self.day),
            "parts": [(part, part.is_there(content)) for part in required_parts(self.kind)],
            "custom": CUSTOM,
            "kind": self.kind,
            "day": self.day,
            "node": self.node,
            "meeting": self.meeting,
            "is_correction": self.is_correction,
            "theirs": self.theirs,
            "address": self.request.path,
            "draft_key": f"meeting-{self.meeting.pk}-{self.meeting.version}" if self.meeting else "meeting-new",
        }

    def _voters(self) -> list[tuple[AttendanceLine, bool]]:
        """Those entitled to vote on that day, each with whether the recorder took the vote away."""
        entitled = {line.person_id for line in self.expected if line.part is Part.VOTER}
        return [
            (line, line.part is Part.MEMBER)
            for line in self.lines
            if line.part is Part.VOTER or (line.part is Part.MEMBER and line.person_id in entitled)
        ]
