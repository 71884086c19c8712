"""Writes the world with COPY. Models are used here as the description of the tables: bulk loading through actions, one
audit entry and one check a row, would take hours; what actions would have refused is checked by tests/demo instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Model
from psycopg import sql

from zhibu.archive.models import Document
from zhibu.demo import dues, initiatives, papers
from zhibu.demo.meetings import Recorder
from zhibu.demo.requests import requests
from zhibu.demo.world import Being, World
from zhibu.dues.models import Base, Due, Payment
from zhibu.meetings.models import Attendance, Meeting, Resolution, Topic
from zhibu.organizations.models import Change, Organization, Period, Tenure, Term
from zhibu.people.models import Affiliation, ChangeRequest, Person, Stage
from zhibu.vault.crypto import blind_index, encrypt

SHANGHAI = ZoneInfo("Asia/Shanghai")
Progress = Callable[[str, int, int], None]

MEETING = (
    "id", "organization_id", "kind", "title", "held_on", "starts_at", "ends_at", "place", "is_online", "host_id",
    "recorder_id", "lecturer_id", "minutes", "state", "recorded_at", "expected", "present", "voters_expected",
    "voters_present", "parts_required", "parts_present", "created_at", "updated_at",
)  # fmt: skip
ATTENDANCE = ("id", "meeting_id", "person_id", "part", "presence", "reason", "is_exempt")
TOPIC = ("id", "meeting_id", "position", "title", "points")
RESOLUTION = (
    "id", "meeting_id", "position", "text", "is_vote", "matter", "in_favour", "against", "abstained", "outcome",
    "responsible", "due_on",
)  # fmt: skip
PLAIN = (
    "name", "gender", "ethnicity", "pinyin", "initials", "birth_date", "education", "joined_on", "confirmed_on",
    "work_post", "is_lost", "lost_since", "is_mobile", "mobile_destination", "number", "email", "degree", "major",
    "student_level", "grade", "class_name", "enrolled_on", "graduates_on", "title", "worked_since", "is_exempt",
)  # fmt: skip
NULLABLE = frozenset(
    {"birth_date", "joined_on", "confirmed_on", "lost_since", "enrolled_on", "graduates_on", "worked_since"}
)
FLAGS = frozenset({"is_lost", "is_mobile", "is_exempt"})


def load(world: World, progress: Progress) -> dict[str, int]:
    """All rows; returns how many of each table. To be called inside a transaction."""
    found: dict[str, int] = {}
    _copy(Organization, _organization_columns(), _organizations(world), found)
    _changes(world, found)
    progress("写入党组织", 1, 1)
    _people(world, found, progress)
    _copy(Document, papers.COLUMNS, papers.papers(world), found)
    papers.files(world)
    _requests(world, found)
    _offices(world, found)
    dues.write(world, _copy, found)
    progress("写入党费", 1, 1)
    _meetings(world, found, progress)
    initiatives.write(world, found)
    for model in (
        Organization, Change, Period, Term, Tenure, Person, Stage, Affiliation, Meeting, Attendance, Topic, Resolution,
        Base, Payment, Due,
        Document,
    ):  # fmt: skip
        restart(model)
    return found


def _copy(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], found: dict[str, int]) -> None:
    """COPY of rows into the model's table. Columns are named as in the database; those left out take a default."""
    defaults = [
        field
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.null and not field.primary_key and not _has_default(field)
    ]
    names = (*columns, *(field.column for field in defaults))
    tail = tuple(_default(field) for field in defaults)
    listed = sql.SQL(", ").join(sql.Identifier(str(name)) for name in names)
    query = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(model._meta.db_table), listed)
    number = 0
    with connection.cursor() as cursor, cursor.cursor.copy(query) as stream:
        for row in rows:
            stream.write_row((*row, *tail))
            number += 1
    label = model._meta.label
    found[label] = found.get(label, 0) + number


def _has_default(field: Any) -> bool:
    return field.has_db_default() if hasattr(field, "has_db_default") else False


def _default(field: Any) -> Any:
    """The model's default as the database wants it: an encrypted text that is empty is an empty value of bytes."""
    value = field.get_default()
    if field.get_internal_type() == "BinaryField":
        return b""
    return "" if value is None else value


def restart(model: type[Model]) -> None:
    """The next row gets the number after the greatest there is."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("select setval(pg_get_serial_sequence({}, 'id'), greatest(1, (select max(id) from {})))").format(
                sql.Literal(table), sql.Identifier(table)
            )
        )


def _organization_columns() -> tuple[str, ...]:
    return (
        "id", "path", "depth", "numchild", "code", "name", "short_name", "kind", "category", "contact_name",
        "contact_phone", "unit_situation", "unit_name", "unit_category", "unit_party_setup", "may_approve_members",
        "established_on", "approval_document", "dissolved_on", "recorded_since",
    )  # fmt: skip


def _organizations(world: World) -> Iterable[tuple]:
    root = world.root
    root.path = Organization._get_path("", 1, 1)
    stack = [root]
    for node in stack:
        for step, child in enumerate(node.children, 1):
            child.path = Organization._get_path(node.path, len(node.path) // Organization.steplen + 1, step)
            stack.append(child)
    for node in world.nodes:
        top = node is root
        contact = next((office.being for office in reversed(node.offices) if office.end is None), None)
        yield (
            node.id, node.path, len(node.path) // Organization.steplen, len(node.children), node.code, node.name,
            node.short_name, node.kind.value, node.category.value, contact.name if contact else "",
            f"0000-{7000000 + node.id}" if node.kind != "641" else "", "legal" if top else "same",
            root.name.removeprefix("中共").removesuffix("委员会") if top else "", "事业单位—高等学校" if top else "",
            "11" if top else "", node.kind == "611", node.established, node.extra.get("document", ""), node.dissolved,
            world.start if node.established < world.start else None,
        )  # fmt: skip


def _changes(world: World, found: dict[str, int]) -> None:
    for number, decision in enumerate(world.decisions, 1):
        decision.id = number
    rows = ((one.id, one.kind.value, one.on, one.document, one.reason, _noon(one.on)) for one in world.decisions)
    _copy(Change, ("id", "kind", "effective_on", "document", "reason", "recorded_at"), rows, found)
    for field, side in (("sources", "sources"), ("results", "results")):
        through = getattr(Change, field).through
        pairs = [(one.id, node.id) for one in world.decisions for node in getattr(one, side)]
        _copy(through, ("id", "change_id", "organization_id"), ((i, *pair) for i, pair in enumerate(pairs, 1)), found)
        restart(through)
    eras = (
        (node.id, era.parent.id if era.parent else None, era.name, era.kind.value, era.start, era.end, era.opened_by.id)
        for node in world.nodes
        for era in node.eras
    )
    columns = ("organization_id", "parent_id", "name", "kind", "started_on", "ended_on", "opened_by_id")
    _copy(Period, ("id", *columns), _numbered(eras), found)


def _numbered(rows: Iterable[tuple]) -> Iterable[tuple]:
    return ((number, *row) for number, row in enumerate(rows, 1))


def _noon(day: Any) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)


def _people(world: World, found: dict[str, int], progress: Progress) -> None:
    total = len(world.beings)

    def rows() -> Iterable[tuple]:
        for number, being in enumerate(world.beings, 1):
            if number % 1000 == 0 or number == total:
                progress("写入人员", number, total)
            yield _person(being, world)

    columns = (
        "id", "organization_id", "stage", *PLAIN, "id_number", "id_number_index", "phone", "phone_index", "address",
        "created_at", "updated_at",
    )  # fmt: skip
    _copy(Person, columns, rows(), found)
    stages = (
        (being.id, step.node.id if step.node else None, step.kind.value, step.start, step.end,
         step.way_out.value if step.way_out else "", step.basis)
        for being in world.beings for step in being.steps
    )  # fmt: skip
    names = ("id", "person_id", "organization_id", "kind", "started_on", "ended_on", "way_out", "basis")
    _copy(Stage, names, _numbered(stages), found)
    ties = (
        (being.id, tie.node.id, tie.start, tie.end, tie.entry.value, tie.leaving.value if tie.leaving else "")
        for being in world.beings for tie in being.ties
    )  # fmt: skip
    tie_names = ("id", "person_id", "organization_id", "started_on", "ended_on", "entry", "leaving")
    _copy(Affiliation, tie_names, _numbered(ties), found)


def _person(being: Being, world: World) -> tuple:
    columns = being.columns
    values = {**columns, "name": being.name, "gender": being.gender, "ethnicity": being.ethnicity}
    values["birth_date"] = being.birth
    plain = [
        values.get(name, None if name in NULLABLE else False if name in FLAGS else "") for name in PLAIN
    ]  # fmt: skip
    number, phone, address = columns["id_number"], columns["phone"], columns["address"]
    entered = min(_noon(being.ties[-1].start), _noon(world.today))
    home = being.home
    return (
        being.id, home.id if home else None, being.stage.value, *plain,
        encrypt(number, field="people.Person.id_number"), blind_index(number, field="people.Person.id_number"),
        encrypt(phone, field="people.Person.phone") if phone else b"",
        blind_index(phone, field="people.Person.phone") if phone else None,
        encrypt(address, field="people.Person.address") if address else b"", entered, entered,
    )  # fmt: skip


def _requests(world: World, found: dict[str, int]) -> None:
    """Corrections that members have asked for and nobody has decided yet."""
    rows = [
        ChangeRequest(
            person_id=being.id,
            field=field,
            old_value=str(being.columns[field]),
            new_value=new,
            reason=reason,
            asked_at=_noon(world.today - timedelta(days=days)),
        )
        for being, field, new, reason, days in requests(world)
    ]
    ChangeRequest.objects.bulk_create(rows)
    found[ChangeRequest._meta.label] = len(rows)


def _offices(world: World, found: dict[str, int]) -> None:
    terms = (
        (node.id, term.number, term.start, term.due, term.end, term.method.value, term.seats)
        for node in world.nodes for term in node.terms
    )  # fmt: skip
    names = ("id", "organization_id", "number", "started_on", "due_on", "ended_on", "method", "seats")
    _copy(Term, names, _numbered(terms), found)
    tenures = (
        (node.id, one.being.id, one.post.value, one.start, one.end, one.document, one.reason)
        for node in world.nodes for one in node.offices
    )  # fmt: skip
    names = ("id", "organization_id", "person_id", "post", "started_on", "ended_on", "document", "end_reason")
    _copy(Tenure, names, _numbered(tenures), found)


def _meetings(world: World, found: dict[str, int], progress: Progress) -> None:
    recorder = Recorder(world)
    held: list[list[tuple]] = [[], [], [], []]
    targets = ((Meeting, MEETING), (Attendance, ATTENDANCE), (Topic, TOPIC), (Resolution, RESOLUTION))
    total = len(world.nodes)
    for number, batch in enumerate(recorder.records(), 1):
        for rows, fresh in zip(
            held, (batch.meetings, batch.attendance, batch.topics, batch.resolutions), strict=True
        ):  # fmt: skip
            rows.extend(fresh)
        if len(held[1]) > 40_000 or number == total:
            for (model, columns), rows in zip(targets, held, strict=True):
                _copy(model, columns, rows, found)
                rows.clear()
        progress("写入组织生活记录", number, total)
