"""What was generated could have been recorded by hand: every constraint and every interval of the rules holds."""

import pytest
from django.db import connection

from tests.demo.university import TODAY, rows
from zhibu.demo.generate import Summary

pytestmark = pytest.mark.django_db


def numbers(summary: Summary, kind: str) -> set[str]:
    return {number for one in summary.troubles if one["kind"] == kind for number in one["people"]}


def test_every_reference_leads_somewhere(university: Summary) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


def test_sequences_go_on_after_the_last_row(university: Summary) -> None:
    for table in ("people_person", "meetings_meeting", "organizations_organization", "organizations_change_results"):
        last, following = rows(f"select max(id), nextval(pg_get_serial_sequence('{table}', 'id')) from {table}")[0]

        assert following > last


def test_stages_follow_each_other_without_gap_or_overlap(university: Summary) -> None:
    wrong = rows(
        """select person_id, kind from (
             select person_id, kind, ended_on, lead(started_on) over w as following, count(*) over w as n
             from people_stage window w as (partition by person_id order by started_on, id)
           ) s where following is distinct from ended_on"""
    )

    assert wrong == []


def test_cultivation_and_probation_last_a_year_except_where_noted(university: Summary) -> None:
    short = rows(
        """select p.number from people_stage a join people_stage b on b.person_id = a.person_id
             and b.started_on = a.ended_on and (a.kind, b.kind) in (('20', '30'), ('40', '50'), ('40', '41'))
           join people_person p on p.id = a.person_id
           where b.started_on < a.started_on + interval '12 months'"""
    )

    assert {number for (number,) in short} == numbers(university, "short_cultivation") != set()


def test_probation_has_been_decided_except_where_noted(university: Summary) -> None:
    open_too_long = rows(
        """select p.number from people_stage s join people_person p on p.id = s.person_id
           where s.kind = '40' and s.ended_on is null and s.started_on + interval '12 months' <= %s""",
        TODAY,
    )

    assert {number for (number,) in open_too_long} == numbers(university, "confirmation_overdue") != set()


def test_nobody_applied_before_the_eighteenth_birthday(university: Summary) -> None:
    young = rows(
        """select p.number from people_stage s join people_person p on p.id = s.person_id
           where s.started_on < p.birth_date + interval '18 years'"""
    )

    assert young == []


def test_nothing_lies_in_the_future(university: Summary) -> None:
    for table, column in (
        ("people_stage", "started_on"), ("people_affiliation", "started_on"), ("organizations_tenure", "started_on"),
        ("meetings_meeting where state = 'recorded'", "held_on"),
        ("organizations_period", "started_on"), ("organizations_term", "started_on"),
        ("people_person", "lost_since"), ("people_affiliation", "ended_on"), ("organizations_tenure", "ended_on"),
        ("archive_document", "dated_on"), ("archive_document", "added_at::date"),
    ):  # fmt: skip
        joined = "and" if "where" in table else "where"  # a draft may be that of a meeting to come
        assert rows(f"select 1 from {table} {joined} {column} > %s", TODAY) == [], (table, column)


def test_ties_do_not_overlap_and_lie_within_the_life_of_the_organization(university: Summary) -> None:
    overlapping = rows(
        """select a.person_id from people_affiliation a join people_affiliation b
             on a.person_id = b.person_id and a.id < b.id
           where daterange(a.started_on, a.ended_on) && daterange(b.started_on, b.ended_on)"""
    )
    outside = rows(
        """select a.id from people_affiliation a join organizations_organization o on o.id = a.organization_id
           where a.started_on < o.established_on
              or coalesce(a.ended_on, 'infinity') > coalesce(o.dissolved_on, 'infinity')"""
    )

    assert overlapping == []
    assert outside == []


def test_the_person_repeats_the_open_stage_and_the_last_tie(university: Summary) -> None:
    stages = rows(
        """select p.id from people_person p left join people_stage s on s.person_id = p.id and s.ended_on is null
           where s.kind is distinct from p.stage"""
    )
    ties = rows(
        """select p.id from people_person p join people_affiliation a on a.person_id = p.id and a.ended_on is null
           where a.organization_id <> p.organization_id"""
    )
    dates = rows(
        """select p.id from people_person p where p.stage in ('40', '41', '50') and
           (p.joined_on is null or (p.stage = '50') <> (p.confirmed_on is not null))"""
    )

    assert (stages, ties, dates) == ([], [], [])


def test_admissions_of_the_four_years_were_voted_by_a_general_meeting_of_that_day(university: Summary) -> None:
    admitted = rows(
        """select p.name, exists (
             select 1 from meetings_resolution r join meetings_meeting m on m.id = r.meeting_id
             where m.held_on = s.started_on and m.kind = 'general' and r.matter = 'development'
               and r.text like '%%接收' || p.name || '同志%%')
           from people_stage s join people_person p on p.id = s.person_id
           join people_stage c on c.person_id = s.person_id and c.kind = '30' and c.ended_on = s.started_on
           where s.kind = '40' and s.started_on >= %s""",
        TODAY.replace(year=TODAY.year - 3),
    )

    assert len(admitted) > 10
    assert sum(voted for _, voted in admitted) / len(admitted) > 0.9


def test_terms_and_tenures_do_not_collide(university: Summary) -> None:
    terms = rows(
        """select a.id from organizations_term a join organizations_term b
             on a.organization_id = b.organization_id and a.id < b.id
           where daterange(a.started_on, a.ended_on) && daterange(b.started_on, b.ended_on)"""
    )
    seats = rows(
        """select a.id from organizations_tenure a join organizations_tenure b
             on a.organization_id = b.organization_id and a.id < b.id and a.post = b.post
           where a.post in ('secretary', 'group_leader')
             and daterange(a.started_on, a.ended_on) && daterange(b.started_on, b.ended_on)"""
    )
    strangers = rows(
        """select t.id from organizations_tenure t join organizations_organization o on o.id = t.organization_id
           where o.kind in ('631', '632') and not exists (
             select 1 from people_affiliation a join organizations_organization h on h.id = a.organization_id
             where a.person_id = t.person_id and left(h.path, length(o.path)) = o.path
               and a.started_on <= t.started_on
               and coalesce(a.ended_on, 'infinity') >= coalesce(t.ended_on, 'infinity'))"""
    )

    assert (terms, seats, strangers) == ([], [], [])


def test_counted_columns_repeat_the_attendance(university: Summary) -> None:
    wrong = rows(
        """select m.id from meetings_meeting m join lateral (
             select count(*) filter (where part <> 'observer') as expected,
                    count(*) filter (where part <> 'observer' and presence in ('present', 'late')) as present,
                    count(*) filter (where part = 'voter') as voters_expected,
                    count(*) filter (where part = 'voter' and presence in ('present', 'late')) as voters_present
             from meetings_attendance a where a.meeting_id = m.id) c on true
           where (m.expected, m.present, m.voters_expected, m.voters_present)
              <> (c.expected, c.present, c.voters_expected, c.voters_present) or m.parts_present > m.parts_required"""
    )

    assert wrong == []


def test_no_vote_has_more_voices_than_voters(university: Summary) -> None:
    wrong = rows(
        """select r.id from meetings_resolution r join meetings_meeting m on m.id = r.meeting_id
           where r.is_vote and r.in_favour + r.against + r.abstained <> m.voters_present"""
    )

    assert wrong == []


def test_admissions_and_elections_were_valid(university: Summary) -> None:
    outcomes = rows("select distinct matter, outcome from meetings_resolution where matter <> 'ordinary' order by 1")

    assert outcomes == [("development", "passed"), ("election", "passed")]


def test_the_tree_is_whole(university: Summary) -> None:
    from zhibu.organizations.models import Organization

    assert Organization.objects.find_problems() == ([], [], [], [], [])
    parents = rows(
        """select o.id from organizations_organization o join organizations_period p
             on p.organization_id = o.id and (p.ended_on is null or p.ended_on = o.dissolved_on)
           left join organizations_organization u on u.id = p.parent_id
           where o.depth > 1 and u.path <> left(o.path, length(o.path) - 4) or p.name <> o.name"""
    )
    assert parents == []


def test_the_tree_has_seen_every_kind_of_change(university: Summary) -> None:
    kinds = {kind for (kind,) in rows("select distinct kind from organizations_change")}

    assert {"established", "merged", "renamed", "dissolved"} <= kinds
