"""Four years of organization life: every record with who came, what was on the agenda and what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from zhibu.demo import texts, votes
from zhibu.demo.calendars import days, near, silent
from zhibu.demo.roll import Member, roll
from zhibu.demo.texts import Agenda
from zhibu.demo.world import Being, Node, World, between
from zhibu.meetings.content import AttendanceLine, Content, Counts, TopicLine, counts
from zhibu.meetings.enums import Kind, Part, Presence, State
from zhibu.meetings.rules import present_parts, required_parts
from zhibu.organizations.enums import COMMITTEE_POSTS
from zhibu.organizations.enums import Kind as OrganizationKind
from zhibu.regulations.dates import add_months

SHANGHAI = ZoneInfo("Asia/Shanghai")
PRESENT, LATE, LEAVE, ABSENT = Presence.PRESENT, Presence.LATE, Presence.LEAVE, Presence.ABSENT
_REQUIRED = {kind: len(required_parts(kind)) for kind in Kind}


@dataclass
class Batch:
    """Rows of one organization, in the order of the columns in `zhibu.demo.load`."""

    meetings: list[tuple] = field(default_factory=list)
    attendance: list[tuple] = field(default_factory=list)
    topics: list[tuple] = field(default_factory=list)
    resolutions: list[tuple] = field(default_factory=list)


class Recorder:
    """Writes the records of one organization after another; numbers run through all of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.meeting = self.line = self.topic = self.resolution = 0

    def records(self) -> Iterator[Batch]:
        for node in self.world.nodes:
            yield self.of(node)

    def of(self, node: Node) -> Batch:
        rng = self.world.rng(f"meetings {node.code}")
        batch = Batch()
        members = [member for member in roll(node) if member.until is None or member.until > self.world.start]
        for on, kind in sorted(_plan(node, self.world, rng)):
            self._record(batch, node, kind, on, members, rng)
        if node.is_branch and node.kind is not OrganizationKind.TEMPORARY_BRANCH:
            self._talks(batch, node, members, rng)
        if node.flaws.get("showcase"):
            self._draft(batch, node, members)
        return batch

    def _draft(self, batch: Batch, node: Node, members: list[Member]) -> None:
        """A theme day whose record was begun and not finished."""
        self.meeting += 1
        on = near(self.world.today - timedelta(days=3), self.world.today)
        lines = tuple(
            AttendanceLine(
                member.being.id,
                Part.VOTER if member.full is not None and member.full <= on else Part.MEMBER,
                is_exempt=bool(member.being.columns.get("is_exempt")),
            )
            for member in members
            if member.since <= on and (member.until is None or on < member.until)
        )
        content = Content(
            node.id, Kind.THEME_DAY, "学习党支部工作条例，走访困难党员", on, time(14, 30), attendance=lines,
            host_id=next((office.being.id for office in node.holders(on)), None),
        )  # fmt: skip
        self._rows(batch, content, counts(lines), datetime.combine(on, time(17), SHANGHAI), state=State.DRAFT)

    def _record(self, batch: Batch, node: Node, kind: Kind, on: date, members: list[Member], rng: Random) -> None:
        holders = [office.being for office in node.holders(on) if office.post in COMMITTEE_POSTS]
        branch = node.parent if node.kind is OrganizationKind.GROUP else node
        leaders = [office.being for office in node.holders(on)] or ([] if branch is None else [
            office.being for office in branch.holders(on) if office.post in COMMITTEE_POSTS
        ])  # fmt: skip
        here = [member for member in members if member.since <= on and (member.until is None or on < member.until)]
        if kind is Kind.COMMITTEE or not here:
            here = [Member(being, date.min, None, date.min) for being in dict.fromkeys(holders)]
        if len(here) < 2:
            return
        lines = [self._line(member, kind, on, node, rng) for member in here]
        came = [member.being for member, line in zip(here, lines, strict=True) if line.presence in (PRESENT, LATE)]
        if len(came) < 2:
            return
        host = next((being for being in leaders if being in came), came[0])
        agenda = self._agenda(node, kind, on, rng, [being.name for being in came], here)
        lines = votes.quorate(lines, agenda)
        recorder = next((being for being in reversed(leaders) if being in came and being is not host), came[-1])
        self._write(batch, node, kind, on, agenda, lines, host, recorder, rng)

    def _line(self, member: Member, kind: Kind, on: date, node: Node, rng: Random) -> AttendanceLine:
        being = member.being
        exempt = bool(being.columns.get("is_exempt"))
        part = Part.VOTER if member.full is not None and member.full <= on else Part.MEMBER
        chance = being.reliability
        if poor := node.flaws.get("poor_attendance"):
            chance = min(chance, poor + (0.12 if kind in {Kind.GENERAL, Kind.ELECTION} else 0))
        elif kind is Kind.ELECTION or not (node.is_branch or node.kind is OrganizationKind.GROUP):
            chance = max(chance, 0.985)
        if exempt:
            chance -= 0.35
        if (lost := being.columns.get("lost_since")) and on >= lost:
            chance = 0.0
        draw = rng.random()
        if draw < chance:
            return AttendanceLine(being.id, part, LATE if draw < 0.012 else PRESENT, "", exempt)
        reason = "年老体弱" if exempt else votes.UNREACHABLE if chance == 0 else rng.choice(texts.REASONS)
        if chance == 0 or rng.random() < (0.35 if node.flaws.get("poor_attendance") else 0.08):
            return AttendanceLine(being.id, part, ABSENT, reason if chance == 0 else "未说明原因", exempt)
        return AttendanceLine(being.id, part, LEAVE, reason, exempt)

    def _agenda(self, node: Node, kind: Kind, on: date, rng: Random, names: list[str], here: list[Member]) -> Agenda:
        agenda = texts.agenda(kind, on, node.category.value, rng, names)
        if kind is Kind.GENERAL:
            days_before = [day for day in node.general_meetings if day < on]
            before = days_before[-1] if days_before else date.min
            for member in here:
                if member.joined == on:
                    texts.admission(agenda, member.being.name, rng, names)
                elif member.full is not None and before < member.full <= on and member.full > self.world.start:
                    texts.confirmation(agenda, member.being.name, rng, names)
        return agenda

    def _write(
        self, batch: Batch, node: Node, kind: Kind, on: date, agenda: Agenda, lines: list[AttendanceLine],
        host: Being, recorder: Being, rng: Random,
    ) -> None:  # fmt: skip
        self.meeting += 1
        count = counts(tuple(lines))
        starts = time(rng.choice((9, 14, 14, 15, 16, 19)), rng.choice((0, 0, 30)))
        ends: time | None = time(starts.hour + rng.choice((1, 1, 2)), rng.choice((0, 15, 30, 45)))
        minutes = texts.minutes(agenda, kind, host.name, count.expected, count.present, rng)
        place = f"{node.unit or '校部'}{rng.choice(texts.PLACES)}"
        noted: Being | None = recorder
        online = rng.random() < (0.3 if on.month in {2, 8} else 0.02)
        # Nobody's records are complete without exception.
        careless = rng.random()
        if careless < node.flaws.get("careless", 0.03):
            lack = rng.randrange(3)
            place, ends, noted = (("", ends, noted), (place, None, noted), (place, ends, None))[lack]
        if (copied := node.flaws.get("copied_minutes")) and on >= copied and kind is Kind.THEME_DAY:
            agenda, minutes = node.extra.setdefault("copied", (agenda, minutes))
        voted = votes.decisions(agenda, kind, on, count, host.name, rng)
        lecturer = host.id if kind is Kind.LECTURE else None
        content = Content(
            node.id, kind, agenda.title, on, starts, ends, "线上会议" if online else place, online, host.id,
            noted.id if noted else None, lecturer, minutes=minutes, attendance=tuple(lines),
            topics=tuple(TopicLine(title, "；".join(said)) for title, said in agenda.topics), resolutions=tuple(voted),
        )  # fmt: skip
        self._rows(batch, content, count, self._recorded(node, on, rng))

    def _recorded(self, node: Node, on: date, rng: Random) -> datetime:
        """When the record was entered: within days, in some branches weeks later."""
        delay = rng.randint(35, 80) if node.flaws.get("recorded_late") else rng.randint(0, 6)
        day = min(on + timedelta(days=delay), self.world.today)
        return datetime.combine(day, time(20, rng.randint(0, 59), rng.randint(0, 59)), SHANGHAI)

    def _rows(
        self, batch: Batch, content: Content, count: Counts, recorded: datetime, *, state: State = State.RECORDED
    ) -> None:
        number = self.meeting
        noted = recorded if state is State.RECORDED else None
        batch.meetings.append(
            (
                number, content.organization_id, content.kind.value, content.title, content.held_on, content.starts_at,
                content.ends_at, content.place, content.is_online, content.host_id, content.recorder_id,
                content.lecturer_id, content.minutes, state.value, noted, count.expected, count.present,
                count.voters_expected, count.voters_present, _REQUIRED[content.kind], len(present_parts(content)),
                recorded, recorded,
            )
        )  # fmt: skip
        for line in content.attendance:
            self.line += 1
            batch.attendance.append(
                (self.line, number, line.person_id, line.part.value, line.presence.value, line.reason, line.is_exempt)
            )
        for position, topic in enumerate(content.topics, 1):
            self.topic += 1
            batch.topics.append((self.topic, number, position, topic.title, topic.points))
        for position, one in enumerate(content.resolutions, 1):
            self.resolution += 1
            outcome = one.outcome.value if one.outcome else ""
            batch.resolutions.append(
                (
                    self.resolution, number, position, one.text, one.is_vote, one.matter.value, one.in_favour,
                    one.against, one.abstained, outcome, one.responsible, one.due_on,
                )
            )  # fmt: skip

    def _talks(self, batch: Batch, node: Node, members: list[Member], rng: Random) -> None:
        """Once a year one of the committee talks with every member; a few are missed."""
        world = self.world
        missed = 0.5 if node.flaws.get("sparse") else 0.08
        for year in range(world.start.year, world.today.year + 1):
            first = max(date(year, 3, 1), world.start, node.established)
            last = min(date(year, 12, 20), world.today - timedelta(days=1), node.dissolved or world.today)
            if (last - first).days < 40:
                continue
            for member in members:
                on = near(between(rng, first, last), last)
                if member.since > on or (member.until is not None and on >= member.until) or rng.random() < missed:
                    continue
                leaders = [office.being for office in node.holders(on) if office.post in COMMITTEE_POSTS]
                if leaders and member.being not in leaders:
                    self._talk(batch, node, on, rng.choice(leaders), member, rng)

    def _talk(self, batch: Batch, node: Node, on: date, leader: Being, member: Member, rng: Random) -> None:
        self.meeting += 1
        part = Part.VOTER if member.full is not None and member.full <= on else Part.MEMBER
        lines = (AttendanceLine(leader.id, Part.VOTER, PRESENT), AttendanceLine(member.being.id, part, PRESENT))
        content = Content(
            node.id, Kind.TALK, "谈心谈话", on, time(rng.choice((9, 10, 14, 15)), 30), None, "", False, leader.id,
            leader.id, attendance=lines,
        )  # fmt: skip
        self._rows(batch, content, counts(lines), self._recorded(node, on, rng))


def _plan(node: Node, world: World, rng: Random) -> Iterator[tuple[date, Kind]]:
    """What was held when."""
    if node.kind is OrganizationKind.GROUP:
        yield from ((day, Kind.GROUP) for day in days(node, world, Kind.GROUP, rng))
    elif node.kind is OrganizationKind.TEMPORARY_BRANCH:
        yield from ((day, Kind.THEME_DAY) for day in days(node, world, Kind.THEME_DAY, rng))
        yield from ((day, Kind.LECTURE) for day in days(node, world, Kind.LECTURE, rng))
    elif node.is_branch:
        yield from ((day, Kind.GENERAL) for day in node.general_meetings)
        for kind in (Kind.THEME_DAY, Kind.LECTURE, Kind.LIFE, Kind.APPRAISAL):
            yield from ((day, kind) for day in days(node, world, kind, rng))
        for day in days(node, world, Kind.COMMITTEE, rng):
            if len({office.being for office in node.holders(day) if office.post in COMMITTEE_POSTS}) > 1:
                yield day, Kind.COMMITTEE
        for term in node.terms:
            told = term.start >= max(world.start, add_months(node.established, 6)) and term.method == "elected"
            if told and not silent(node, Kind.GENERAL, term.start):
                yield term.start, Kind.ELECTION
    else:
        for kind in (Kind.STUDY, Kind.DEMOCRATIC_LIFE):
            yield from ((day, kind) for day in days(node, world, kind, rng))
        yield from ((day, Kind.LECTURE) for day in days(node, world, Kind.LECTURE, rng) if day.month in {6, 11})
