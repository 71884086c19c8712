"""Small lakes: one written by hand, and random ones."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from zhibu.indicators.periods import Period, between

Row = dict[str, Any]
Facts = dict[str, list[Row]]
RULES = {
    "org.committee_min": 7, "life.meeting": 1, "life.lecture": 1, "life.committee": 1, "life.group": 1,
    "life.theme_day": 1,
}  # fmt: skip


def rule(rule_id: str, on: date) -> int:
    return RULES[rule_id]


def months_of(first: Period, last: Period) -> list[date]:
    return [month for period in between(first, last) for month in period.months]


FIRST, LAST = Period(2024, 4), Period(2026, 1)


def random_world(seed: int, first: Period = FIRST, last: Period = LAST, branches: int = 4) -> Facts:
    """A university, two faculties, some branches with groups; everything that can be missing is missing sometimes.

    The last month is under way (not closed). A branch may be founded late, be recorded
    late, move between faculties, or be temporary.
    """
    dice = random.Random(seed)
    months = months_of(first, last)
    born = {number: dice.choice(months[:1] * 4 + months) for number in range(10, 10 + branches)}
    recorded = {number: dice.choice(months[:1] * 3 + months) for number in born}
    kinds = {number: dice.choice(["631", "631", "632", "931"]) for number in born}
    people = {
        100 + n: (dice.choice(list(born)), date(2024, 1, 1) + timedelta(days=dice.randrange(500)))
        for n in range(branches * 8)
    }
    world: Facts = {name: [] for name in (
        "organizations.organization_month", "organizations.ancestry_month", "people.membership_month",
        "people.profile_month", "people.stage_step", "meetings.meeting", "meetings.attendance", "dues.payer_month",
        "supervision.problem_month", "supervision.integrity_month",
    )}  # fmt: skip
    serial = 0
    for month in months:
        parents: dict[int, int | None] = {1: None, 2: 1, 3: 1}
        for number, since in born.items():
            if since <= month:
                parents[number] = 2 + (number + (month > months[8])) % 2
                if number % 2:
                    parents[number + 1000] = number
        for number, parent in parents.items():
            kind = "611" if number < 10 else "641" if number > 1000 else kinds[number]
            has_term = dice.random() < 0.8
            seats = dice.randrange(1, 6)
            world["organizations.organization_month"].append({
                "month": month, "organization_id": number, "parent_id": parent, "kind": kind,
                "category": ["teacher", "graduate"][number % 2] if number >= 10 else "upper",
                "closed": month != months[-1] and month >= recorded.get(number % 1000, months[0]), "has_term": has_term,
                "term_due_on": date(2027, 1, 1) if has_term else None,
                "term_overdue": has_term and dice.random() < 0.2, "posts_required": seats,
                "posts_filled": dice.randrange(seats + 1), "groups": 0,
            })  # fmt: skip
            ancestor, depth = number, 0
            while ancestor is not None:
                world["organizations.ancestry_month"].append(
                    {"month": month, "organization_id": number, "ancestor_id": ancestor, "depth": depth}
                )
                ancestor, depth = parents[ancestor], depth + 1
        for person, (branch, since) in people.items():
            if branch in parents and since < month + timedelta(days=28):
                formal = since + timedelta(days=365) <= month
                who = {"month": month, "organization_id": branch, "person_id": person}
                world["people.membership_month"].append(
                    {**who, "stage": "50" if formal else "40", "formal": formal, "member_since": since}
                )
                world["people.profile_month"].append(
                    {**who, "lost": dice.random() < 0.1, "exempt": False, "required_fields": 11,
                     "filled_fields": dice.choice([11, 11, 9])}
                )  # fmt: skip
                if dice.random() < 0.05:
                    serial += 1
                    world["people.stage_step"].append({
                        "month": month, "organization_id": branch, "stage_id": serial, "taken_on": month,
                        "from_stage": "40", "to_stage": "50", "months_required": 12, "kept": dice.random() < 0.7,
                    })  # fmt: skip
        for number in parents:
            if number < 10:
                continue
            if number < 1000 and dice.random() < 0.8:  # some keep no dues here
                payers = dice.randrange(1, 9)
                in_time = dice.randrange(payers + 1)
                world["dues.payer_month"].append({
                    "month": month, "organization_id": number, "payers_due": payers,
                    "payers_paid": dice.randrange(in_time, payers + 1), "payers_in_time": in_time,
                    "fen_due": payers * 20, "fen_paid": in_time * 20,
                })  # fmt: skip
            if number < 1000 and dice.random() < 0.5:
                due = dice.randrange(4)
                in_time = dice.randrange(due + 1)
                world["supervision.problem_month"].append({
                    "month": month, "organization_id": number, "raised": dice.randrange(3), "closed": in_time,
                    "due": due, "in_time": in_time, "late": due - in_time,
                })  # fmt: skip
                # Taken from those already thrown: the worlds of every seed stay as they were.
                world["supervision.integrity_month"].append({
                    "month": month, "organization_id": number, "readings_due": 3 * due, "readings_in_time": in_time,
                    "declarations_due": due, "declarations_in_time": in_time,
                })  # fmt: skip
            for kind in (
                "general",
                "committee",
                "group",
                "lecture",
                "theme_day",
                "talk",
                "appraisal",
                "life",
                "election",
            ):
                for _ in range(dice.choice([0, 0, 1, 1, 2])):
                    serial += 1
                    meeting = {
                        "month": month, "organization_id": number, "meeting_id": serial,
                        "held_on": month + timedelta(days=dice.randrange(28)), "kind": kind,
                    }  # fmt: skip
                    world["meetings.meeting"].append({
                        **meeting, "expected": 9, "present": 8, "voters_expected": 9, "voters_present": 8,
                        "parts_required": 5, "parts_present": 5, "complete": dice.random() < 0.7,
                        "lecturer_id": dice.choice([None, 1, 2, 3]) if kind == "lecture" else None,
                    })  # fmt: skip
                    for person, (branch, _since) in people.items():
                        if branch == number % 1000 and dice.random() < 0.4:
                            world["meetings.attendance"].append({
                                **meeting, "person_id": person, "part": dice.choice(["voter", "voter", "observer"]),
                                "presence": dice.choice(["present", "present", "late", "leave", "absent"]),
                                "exempt": dice.random() < 0.1,
                                "appraisal": kind == "appraisal" or (kind == "life" and serial % 2 == 0),
                            })  # fmt: skip
    return world
