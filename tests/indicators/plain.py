"""The indicators once more, written plainly: loops over rows, no engine, no sharing. Slow and easy to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from tests.indicators.worlds import RULES, Facts
from zhibu.indicators.periods import Period

Share = tuple[int, int]
BRANCHES = {"631", "632", "931", "932"}


class Plain:
    """Shares of single organizations (without those below) in one period."""

    def __init__(self, facts: Facts, period: Period, today: date) -> None:
        self.facts, self.period = facts, period
        known = {row["month"] for row in facts["organizations.organization_month"]}
        self.end = min(period.months[-1], max(known))
        self.year = period.window
        self.under_way = period.last >= today
        if self.under_way:
            self.year = (*(date(month.year - 1, month.month, 1) for month in period.months), *self.year)
        self.yearly = self.year[0] >= min((row["month"] for row in facts["meetings.meeting"]), default=date.max)

    def organizations(self, month: date) -> dict[int, dict]:
        return {
            row["organization_id"]: row
            for row in self.facts["organizations.organization_month"]
            if row["month"] == month
        }

    def members(self, organization: int, month: date) -> list[dict]:
        rows = self.facts["people.membership_month"]
        return [row for row in rows if row["month"] == month and row["organization_id"] == organization]

    def meetings(self, organization: int, months: tuple[date, ...], kind: str, *, complete: bool) -> list[dict]:
        kinds = {"general", "election"} if kind == "general" else {kind}
        return [
            row
            for row in self.facts["meetings.meeting"]
            if row["organization_id"] == organization and row["month"] in months and row["kind"] in kinds
            and (row["complete"] or not complete)
        ]  # fmt: skip

    def monthly(self, organization: int, kind: str, *, complete: bool, due: Callable[[date, dict], bool]) -> Share:
        done = asked = 0
        for month in self.period.months:
            row = self.organizations(month).get(organization)
            if row is None or not due(month, row):
                continue
            held = min(len(self.meetings(organization, (month,), kind, complete=complete)), 1)
            done += held
            asked += 1 if row["closed"] else held
        return done, asked

    def quarterly(self, organization: int, kind: str, *, complete: bool) -> Share:
        """The first meeting of a quarter counts in its month; in its last month one counts as missing if none was."""
        done = due = 0
        for quarter in sorted({(month.year, (month.month - 1) // 3) for month in self.period.months}):
            months = tuple(date(quarter[0], quarter[1] * 3 + step, 1) for step in (1, 2, 3))
            rows = [self.organizations(month).get(organization) for month in months]
            there = tuple(month for month, row in zip(months, rows, strict=True) if row)
            if not there or any(row["kind"] not in BRANCHES for row in rows if row):
                continue
            held = sorted(row["month"] for row in self.meetings(organization, there, kind, complete=complete))
            if held and held[0] in self.period.months:
                done, due = done + 1, due + 1
            if not held and months[-1] in self.period.months and all(row and row["closed"] for row in rows):
                due += 1
        return done, due

    def is_branch(self, month: date, row: dict) -> bool:
        return row["kind"] in BRANCHES

    def must_sit(self, month: date, row: dict) -> bool:
        formal = [person for person in self.members(row["organization_id"], month) if person["formal"]]
        return row["kind"] in BRANCHES and len(formal) >= RULES["org.committee_min"]

    def lectures_held(self, organization: int) -> Share:
        return self.quarterly(organization, "lecture", complete=True)

    def general_meeting_held(self, organization: int) -> Share:
        return self.quarterly(organization, "general", complete=False)

    def theme_days_held(self, organization: int) -> Share:
        return self.monthly(organization, "theme_day", complete=False, due=self.is_branch)

    def meetings_complete(self, organization: int) -> Share:
        shares = (
            self.quarterly(organization, "general", complete=True),
            self.monthly(organization, "committee", complete=True, due=self.must_sit),
            self.monthly(organization, "group", complete=True, due=lambda month, row: row["kind"] == "641"),
        )
        return sum(done for done, _ in shares), sum(due for _, due in shares)

    def lecturer_variety(self, organization: int) -> Share:
        row = self.organizations(self.end).get(organization)
        if not self.yearly or row is None or row["kind"] not in BRANCHES:
            return 0, 0
        met = self.meetings(organization, self.year, "lecture", complete=True)
        heard = min(len({row["lecturer_id"] for row in met} - {None}), 2)
        old = organization in self.organizations(self.year[0]) and not self.unrecorded(organization)
        return heard, 2 if old else heard

    def unrecorded(self, organization: int) -> bool:
        """Whether its records were kept elsewhere in one of the year's months before the last one known."""
        rows = self.facts["organizations.organization_month"]
        last = max(row["month"] for row in rows)
        mine = [row for row in rows if row["organization_id"] == organization and row["month"] in self.year]
        return any(not row["closed"] for row in mine if row["month"] != last)

    def attendance(self, organization: int) -> Share:
        called = [
            row
            for row in self.facts["meetings.attendance"]
            if row["organization_id"] == organization and row["month"] in self.period.months
            and row["kind"] in {"general", "group", "lecture", "theme_day", "life", "appraisal"}
            and row["part"] != "observer" and not row["exempt"]
        ]  # fmt: skip
        return sum(row["presence"] in {"present", "late"} for row in called), len(called)

    def profiles(self, organization: int) -> list[dict]:
        rows = self.facts["people.profile_month"]
        return [row for row in rows if row["month"] == self.end and row["organization_id"] == organization]

    def out_of_contact(self, organization: int) -> Share:
        rows = self.profiles(organization)
        return sum(row["lost"] for row in rows), len(rows)

    def profile_complete(self, organization: int) -> Share:
        rows = self.profiles(organization)
        return sum(row["filled_fields"] == row["required_fields"] for row in rows), len(rows)

    def covered(self, organization: int, kind: str) -> Share:
        if self.yearly and self.unrecorded(organization):
            return 0, 0
        if not self.yearly:
            settled = [
                row["person_id"] for row in self.members(organization, self.end) if row["member_since"].year < 1900
            ]
        else:
            start = self.year[0]
            settled = [row["person_id"] for row in self.members(organization, self.end) if row["member_since"] <= start]
        reached = {
            row["person_id"]
            for row in self.facts["meetings.attendance"]
            if (row["appraisal"] if kind == "appraisal" else row["kind"] == kind)
            and row["month"] in self.year
            and row["presence"] in {"present", "late"}
        }
        return len(reached.intersection(settled)), len(settled)

    def appraisal_coverage(self, organization: int) -> Share:
        return self.covered(organization, "appraisal")

    def talk_coverage(self, organization: int) -> Share:
        return self.covered(organization, "talk")

    def admission_compliance(self, organization: int) -> Share:
        steps = [
            row
            for row in self.facts["people.stage_step"]
            if self.yearly and row["organization_id"] == organization and row["month"] in self.year
        ]
        return sum(row["kept"] for row in steps), len(steps)

    def term_kept(self, organization: int) -> Share:
        row = self.organizations(self.end)[organization]
        if row["kind"] in {"641", "911", "921", "931", "932"}:
            return 0, 0
        return int(row["has_term"] and not row["term_overdue"]), 1

    def posts_filled(self, organization: int) -> Share:
        row = self.organizations(self.end)[organization]
        return (0, 0) if row["kind"] == "641" else (row["posts_filled"], row["posts_required"])

    def dues_in_time(self, organization: int) -> Share:
        done = asked = 0
        for row in self.facts["dues.payer_month"]:
            if row["organization_id"] == organization and row["month"] in self.period.months:
                node = self.organizations(row["month"]).get(organization)
                if node is not None and node["closed"]:
                    done, asked = done + row["payers_in_time"], asked + row["payers_due"]
        return done, asked

    def rectified_in_time(self, organization: int) -> Share:
        done = asked = 0
        for row in self.facts["supervision.problem_month"]:
            if row["organization_id"] == organization and row["month"] in self.period.months:
                done, asked = done + row["in_time"], asked + row["due"]
        return done, asked

    def read_in_time(self, organization: int) -> Share:
        done = asked = 0
        for row in self.facts["supervision.integrity_month"]:
            if row["organization_id"] == organization and row["month"] in self.period.months:
                done, asked = done + row["readings_in_time"], asked + row["readings_due"]
        return done, asked

    def members_count(self, organization: int) -> Share:
        count = len(self.members(organization, self.end))
        return count, count

    def rolled_up(self, key: str) -> dict[int, Share]:
        """organization → share of its subtree, without those where nothing was due."""
        return self.summed(getattr(self, "members_count" if key == "members" else key))

    def summed(self, own: Callable[[int], Share]) -> dict[int, Share]:
        sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for row in self.facts["organizations.ancestry_month"]:
            if row["month"] == self.end:
                top, bottom = own(row["organization_id"])
                sums[row["ancestor_id"]][0] += top
                sums[row["ancestor_id"]][1] += bottom
        return {organization: (top, bottom) for organization, (top, bottom) in sums.items() if bottom}
