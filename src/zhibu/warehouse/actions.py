"""Bringing the lake up to date."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.audit.actions import record
from zhibu.regulations import queries as regulations
from zhibu.regulations.refusal import Refusal
from zhibu.warehouse.contract import RuleValue, registered
from zhibu.warehouse.export import Order, RefreshRunning, Report
from zhibu.warehouse.export import refresh as export

Progress = Callable[[str, int, int], None]
TITLE = "更新数据仓"


def refresh(scope: Scope, *, progress: Progress | None = None) -> Report:
    """Export the months that changed and switch the lake. Refused while another refresh runs.

    Not one transaction with the caller: it reads what is committed, over a connection of its own.
    """
    scope.require(Right.RUN_SCORE)
    facts = tuple(registered().values())
    seen = 0

    def step(text: str) -> None:
        nonlocal seen
        if text.startswith("核对"):
            seen += 1
            if progress:
                progress(TITLE, seen - 1, len(facts))

    order = Order(facts, scope.today, rule_values(), settings.WAREHOUSE_BAND_SIZE)
    try:
        report = export(settings.LAKE, database_address(), order, step)
    except RefreshRunning as error:
        raise Refusal(str(error)) from error
    if progress:
        progress(TITLE, len(facts), len(facts))
    if report.written:
        with transaction.atomic():
            changes = {"generation": report.generation, "files": report.written}
            record(scope, "warehouse.refresh", changes=changes)
    return report


def rule_values() -> tuple[RuleValue, ...]:
    """Every dated whole number among the rules that a fact asks for."""
    wanted = {rule_id for fact in registered().values() for rule_id in fact.rules}
    return tuple(
        RuleValue(rule_id, value.started_on, value.ended_on, value.number)
        for rule_id in sorted(wanted)
        for value in regulations.rule(rule_id).values
    )


def database_address() -> str:
    """The address of Django's database for a driver of another kind."""
    found = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "service")
    return make_conninfo(**{name: found[name] for name in names if found.get(name)})
