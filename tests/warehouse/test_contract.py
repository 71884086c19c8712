"""Nothing but keys, days, counts, flags and declared codes may enter the lake."""

from datetime import date

import pytest

from zhibu.warehouse.contract import (
    MONTH,
    ORGANIZATION,
    Column,
    ColumnKind,
    ContractError,
    Fact,
    RuleValue,
    code,
    count,
    fact_named,
    key,
    registered,
    render,
)  # fmt: skip

TODAY = date(2026, 11, 21)


def fact(*columns: Column, sql: str = "select 1", rules: tuple[str, ...] = ()) -> Fact:
    return Fact("room.thing", "a thing", (MONTH, ORGANIZATION, *columns), sql, rules=rules)


def test_the_rooms_declare_their_facts() -> None:
    assert set(registered()) == {
        "organizations.organization_month", "organizations.ancestry_month", "people.membership_month",
        "people.profile_month", "people.stage_step", "meetings.meeting", "meetings.attendance", "meetings.quality",
        "dues.payer_month", "initiatives.activity", "initiatives.milestone_month",
        "supervision.problem_month", "supervision.integrity_month", "assessment.grade", "assessment.bonus",
        "assessment.work_report", "indicators.demand_month",
    }  # fmt: skip


def test_every_column_is_of_an_allowed_kind_and_explained() -> None:
    for declared in registered().values():
        assert declared.meaning
        for column in declared.columns:
            assert column.kind in ColumnKind and column.meaning
            assert bool(column.codes) == (column.kind is ColumnKind.CODE)
            assert all(len(item) <= 40 and item.isascii() for item in column.codes)


@pytest.mark.parametrize(
    "name",
    ["name", "former_name", "id_number", "phone", "email", "minutes", "birth_date", "address", "login_count", "likes"],
)
def test_personal_and_forbidden_columns_are_refused(name: str) -> None:
    with pytest.raises(ContractError, match=name):
        fact(count(name, "something"))


def test_codes_must_be_listed_and_month_and_organization_lead() -> None:
    with pytest.raises(ContractError, match="代码列须列出代码"):
        fact(code("kind", "kind", ()))
    with pytest.raises(ContractError, match="前两列"):
        Fact("room.thing", "a thing", (ORGANIZATION, MONTH), "select 1")
    with pytest.raises(ContractError, match="重复"):
        fact(key("person_id", "x"), key("person_id", "y"))


def test_unknown_fact_offers_near_ones() -> None:
    with pytest.raises(ContractError, match=r"meetings\.meeting"):
        fact_named("meetings.meetings")


def test_parameters_become_literals_and_casts_stay() -> None:
    values = [
        RuleValue("dev.probation", date(2014, 5, 28), date(2026, 5, 11), 12),
        RuleValue("dev.probation", date(2026, 5, 11), None, 13),
        RuleValue("dev.other", date(2026, 5, 11), None, 99),
    ]
    sql = render(fact(sql="select :today::text, x::int from :rules r", rules=("dev.probation",)), TODAY, values)
    assert sql == (
        "select date '2026-11-21'::text, x::int from (values "
        "('dev.probation', date '2014-05-28', date '2026-05-11', 12), "
        "('dev.probation', date '2026-05-11', 'infinity'::date, 13)) r"
    )


def test_unknown_parameters_and_missing_rules_are_refused() -> None:
    with pytest.raises(ContractError, match=":yesterday"):
        render(fact(sql="select :yesterday"), TODAY)
    with pytest.raises(ContractError, match=r"dev\.probation"):
        render(fact(rules=("dev.probation",)), TODAY)
