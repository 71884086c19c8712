"""The generated rows have the shares that ``margins.yaml`` states, within the tolerance stated there.

At a twentieth of the size one person is more than the tolerance of a rare property, hence ``ROOM`` people of leeway.
"""

import pytest

from tests.demo.university import TODAY, rows, value
from zhibu.demo.generate import Summary
from zhibu.demo.margins import counts, margins

pytestmark = pytest.mark.django_db

ROOM = 2
MEMBER = "p.stage in ('40', '41', '50')"
PRESENT = "p.stage < '60'"
STUDENT = "p.student_level <> ''"
RETIRED = "o.category = 'retired'"
WORKING = f"not ({STUDENT}) and not ({RETIRED})"
AGE = f"extract(year from age(date '{TODAY}', p.birth_date))"
# Counsellors are staff whose tie lies with a student branch.
STAFF = f"not ({STUDENT}) and o.category in ('staff', 'undergraduate', 'graduate')"
TEACHER = f"not ({STUDENT}) and o.category in ('teacher', 'mixed')"
EVERYBODY = "true"

SHARES = {
    "minorities_among_staff": ("p.ethnicity <> '01'", f"not ({STUDENT})"),
    "minorities_among_students": ("p.ethnicity <> '01'", STUDENT),
    "women_among_students": ("p.gender = '2'", STUDENT),
    "women_among_teachers": ("p.gender = '2'", TEACHER),
    "women_among_staff": ("p.gender = '2'", STAFF),
    "women_among_retired": ("p.gender = '2'", RETIRED),
    "college_and_above": (f"p.education < '40' or {STUDENT}", f"{MEMBER} and p.education <> ''"),
    "students_up_to_30": (f"{AGE} <= 30", f"{MEMBER} and {STUDENT}"),
    "working_up_to_30": (f"{AGE} <= 30", WORKING),
    "joined_since_2012_11": ("p.joined_on >= '2012-11-15'", MEMBER),
}
RATIOS = {"applicants_per_member": "10", "activists_per_member": "20", "candidates_per_member": "30"}
SPREADS = {
    "education_of_teachers": ("p.education", f"{TEACHER} and p.education <> ''"),
    "education_of_staff": ("p.education", f"{STAFF} and p.education <> ''"),
    "education_of_retired": ("p.education", f"{RETIRED} and p.education <> ''"),
    "ages_of_working_members": (AGE, f"{WORKING} and {AGE} > 30"),
    "ages_of_retired": (AGE, RETIRED),
    "ethnicities": ("p.ethnicity", "p.ethnicity <> '01'"),
    "members_by_category": ("o.category", f"{MEMBER} and o.category <> 'other'"),
    "cultivated_by_category": ("o.category", "p.stage in ('10', '20', '30')"),
    "gone_by_category": ("o.category", "p.stage in ('80', '85', '88', '90')"),
}
PEOPLE = """
    people_person p join organizations_organization o on o.id = p.organization_id
"""


def near(found: int, part: float, whole: int, tolerance: float) -> bool:
    return abs(found - part * whole) <= tolerance * whole + ROOM


def test_every_margin_names_its_source_and_is_tested(university: Summary) -> None:
    tested = {*SHARES, *RATIOS, *SPREADS, "branches_by_category"}

    assert set(margins()) == tested
    for name, entry in margins().items():
        assert entry["source"] in {"assumption", "bulletin 2023", "bulletin 2024"}, name
        assert entry["label"] and entry["tolerance"] > 0


@pytest.mark.parametrize("name", SHARES)
def test_share(university: Summary, name: str) -> None:
    condition, among = SHARES[name]
    found, whole = rows(f"select count(*) filter (where {condition}), count(*) from {PEOPLE} where {among}")[0]

    assert whole > 20
    assert near(found, margins()[name]["value"], whole, margins()[name]["tolerance"]), (found, whole, found / whole)


@pytest.mark.parametrize("name", RATIOS)
def test_ratio_to_members(university: Summary, name: str) -> None:
    found = value("select count(*) from people_person where stage = %s", RATIOS[name])
    members = value(f"select count(*) from people_person p where {MEMBER}")

    assert near(found, margins()[name]["value"], members, margins()[name]["tolerance"]), (found, members)


@pytest.mark.parametrize("name", SPREADS)
def test_spread(university: Summary, name: str) -> None:
    expression, among = SPREADS[name]
    drawn = rows(f"select {expression}::text, count(*) from {PEOPLE} where {among} group by 1")
    entry = margins()[name]
    total = sum(number for _, number in drawn)

    for label, expected in counts(entry["values"], total).items():
        found = sum(number for key, number in drawn if matches(str(label), key))
        assert abs(found - expected) <= entry["tolerance"] * total + ROOM, (label, found, expected)


def matches(label: str, drawn: str) -> bool:
    low, dash, high = label.partition("-")
    return int(low) <= int(float(drawn)) <= int(high) if dash else label == drawn


def test_branches_of_each_category(university: Summary) -> None:
    entry = margins()["branches_by_category"]
    drawn = dict(
        rows(
            """select category, count(*) from organizations_organization
               where dissolved_on is null and kind in ('631', '632') group by 1"""
        )
    )

    for category, expected in counts(entry["values"], sum(drawn.values())).items():
        assert abs(drawn.get(category, 0) - expected) <= 1
