"""What a university of so many people does: terms, posts, meetings, uploads, accounts, entries of the audit log.

Written by the server itself, one statement a table; every value follows from a row's number.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks.lists.fill import BRANCH, FIRST_BRANCH
from zhibu.accounts.scope import system_scope
from zhibu.assessment.actions import score_all
from zhibu.audit.chain import START, digest
from zhibu.audit.models import Entry
from zhibu.exchange.columns.members import MEMBERS
from zhibu.exchange.models import ImportBatch
from zhibu.exchange.staging import PAYLOAD, pack
from zhibu.meetings.models import Meeting
from zhibu.vault.crypto import encrypt
from zhibu.warehouse.actions import refresh

LOOKED = ("people.view", "people.reveal", "people.update", "export", "people.move")

SINCE = "date_trunc('month', :today::date) - interval '24 months'"
# (kind, every how many months, how many people the record names)
CALENDAR = (
    ("theme_day", 1, 0), ("committee", 1, 0), ("general", 3, BRANCH), ("lecture", 3, 0), ("life", 12, 0),
    ("talk", 2, 2),
)  # fmt: skip

SECRETARIES = f"""
insert into organizations_tenure (organization_id, person_id, post, started_on, document, end_reason)
select o.id, (o.id - {FIRST_BRANCH}) * {BRANCH} + 5, 'secretary', date '2024-09-01', '', ''
from organizations_organization o
where o.id > {FIRST_BRANCH} and (o.id - {FIRST_BRANCH}) * {BRANCH} + 5 <= :people and o.id % 20 > 0
"""
TERMS = """
insert into organizations_term (organization_id, started_on, due_on, method, seats, extension_document)
select id, :today::date - 900 - (id::int * 37) % 300, :today::date + 300 - (id::int * 37) % 400, 'elected',
       1 + id % 5, ''
from organizations_organization
"""
CHANGES = """
with made as (
    insert into organizations_change (kind, effective_on, document, reason, recorded_at)
    select 'renamed', date '2019-01-01' + (id % 2000)::int, '虚构〔2020〕' || id || '号', '', now()
    from organizations_organization where depth = 3 returning id
), numbered as (
    select id, row_number() over (order by id) as place from made
), branches as (
    select id, row_number() over (order by id) as place from organizations_organization where depth = 3
), sources as (
    insert into organizations_change_sources (change_id, organization_id)
    select n.id, b.id from numbered n join branches b using (place)
)
insert into organizations_change_results (change_id, organization_id)
select n.id, b.id from numbered n join branches b using (place)
"""
MEETINGS = """
insert into meetings_meeting (
    organization_id, kind, title, held_on, starts_at, ends_at, place, is_online, host_id, recorder_id, minutes, state,
    recorded_at, expected, present, voters_expected, voters_present, parts_required, parts_present, created_at,
    updated_at
)
select o.id, :kind, '第' || number || '次', held.day, '14:00', '16:00', '会议室', false, first.id, first.id, '',
       'recorded', held.day + interval '1 day', :named, greatest(0, :named - (o.id + number) % 3), 0, 0, 4,
       3 + least(1, (o.id + number) % 5), held.day, held.day
from organizations_organization o
cross join generate_series(0, 23 / :months::int) as number
cross join lateral (
    select ({since} + number * :months * interval '1 month' + (o.id * 7 + number) % 26 * interval '1 day')::date as day
) as held
cross join lateral (select (o.id - :first) * :branch + 1 as id) as first
where o.depth = 3 and held.day <= :today and (o.id * 13 + number * 5) % 23 > 0 and first.id <= :people
"""
ATTENDANCE = """
insert into meetings_attendance (meeting_id, person_id, part, presence, reason, is_exempt)
select m.id, p.id, 'voter', case (p.id + m.id) % 11 when 0 then 'leave' when 1 then 'absent' else 'present' end, '',
       false
from meetings_meeting m
join people_person p on p.organization_id = m.organization_id and p.id <= m.host_id + m.expected - 1
where m.expected > 0
"""
BATCHES = """
insert into exchange_importbatch (
    kind, state, file_name, file_size, digest, stored_as, user_id, organization_path, as_of, uploaded_at, progress,
    total, summary, only_clean, accept_notices, committed_at
)
select 'members', case when number = 1 then 'ready' else 'committed' end, number || '.xlsx', 1000, repeat('0', 64), '',
       :user, '0001', :today::date, now() - number * interval '1 hour', :people, :people,
       jsonb_build_object('rows', jsonb_build_object('new', :people)), false, false, now() - number * interval '1 hour'
from generate_series(1, :people / 100) as number
"""
ROWS = """
insert into exchange_importrow (batch_id, number, state, has_notice, payload)
select (select min(id) from exchange_importbatch where state = 'ready'), number, 'new', false, :payload
from generate_series(1, :people) as number
"""


def run(statement: str, **values: Any) -> None:
    """``:name`` in the statement is a value of that name."""
    for name in values:
        statement = statement.replace(f":{name}", f"%({name})s")
    with connection.cursor() as cursor:
        cursor.execute(statement.replace(" % ", " %% "), values)


def act(people: int, today: date, office: int) -> tuple[int, int]:
    """Over a university that `benchmarks.lists.fill` has made; ``office`` is the account that uploaded. Gives a record
    with everybody of a branch on it, and the batch that waits."""
    run(SECRETARIES, people=people)
    run(TERMS, today=today)
    run(CHANGES)
    meetings = MEETINGS.replace("{since}", SINCE)
    for kind, months, named in CALENDAR:
        run(
            meetings, kind=kind, named=named, today=today, first=FIRST_BRANCH, branch=BRANCH, people=people,
            months=months,
        )  # fmt: skip
    run(ATTENDANCE)
    _audited(people)
    run(BATCHES, people=people, today=today, user=office)
    run(ROWS, people=people, payload=_payload())
    meeting = Meeting.objects.filter(organization=FIRST_BRANCH, kind="general").latest("held_on")
    return meeting.pk, ImportBatch.objects.get(state="ready").pk


def _payload() -> bytes:
    """One staged row, encrypted; all rows hold the same."""
    known = {"name": "成员", "organization": FIRST_BRANCH, "birth_date": "2000-01-01", "phone": "10000000000"}
    return encrypt(pack([[known.get(column.name, "") for column in MEMBERS.columns]]), field=PAYLOAD)


def _audited(number: int) -> None:
    """So many entries, chained as they should be."""
    begun, previous, entries = timezone.now() - timedelta(days=400), START, []
    for place in range(number):
        entry = Entry(
            at=begun + timedelta(minutes=place), user_id=place % 5000, actor="党支部书记",
            verb=LOOKED[place % len(LOOKED)], object_kind="people.person", object_id=1 + place % number,
            organization_path="0001", previous=previous,
        )  # fmt: skip
        entry.digest = previous = digest(entry)
        entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=5000)


def scored(today: date) -> None:
    """The way from records to scores: the lake, then every quarter in it."""
    scope = system_scope(today)
    refresh(scope)
    score_all(scope)
