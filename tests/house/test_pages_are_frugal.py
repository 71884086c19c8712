"""Every page is opened with one row of everything and with three, by everybody who may, with nothing kept in the cache.

A new address is opened too, without being entered anywhere. It fails if it lists nothing here: then
`tests.house.everything` has to add what it lists, or `LISTS_NOTHING` to say why it lists nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import Cast
from tests.house import everything
from tests.house.places import URLS, Finder
from tests.house.test_permissions import client_of, patterns, places

pytestmark = pytest.mark.django_db

MOST_QUERIES, MOST_BYTES = 15, 100_000  # of the issue
ROLES = ("office", "organizer", "secretary", "member", "administrator")
LIST = re.compile(r'<form class="z-list" id="([^"]+)"')  # htmx asks for the rows of each alone
# Other states of a page that read otherwise than its first view.
VARIANTS = {
    "initiatives:projects": ("?late=yes", "?review=yes", "?q=h&state=running"),
    "initiatives:journal": ("?year=2026", "?q=走"),
    "initiatives:activities": ("?unconfirmed=yes",),
    "initiatives:deeds": ("?late=yes",),
    "home": ("?part=glance",),
    "people:index": ("?sort=-stage&stage=50", "?q=j", "?probation=over", "?is_lost=yes"),
    "people:ask": ("?field=major",),
    "people:find": ("?q=甲",),
    "organizations:index": ("?q=支部", "?on=2026-05-31"),
    "organizations:list": ("?posts=vacant", "?alive=yes&sort=-path"),
    "meetings:cadence": ("?only=late", "?only=open", "?duty=theme_day"),
    "meetings:quality": ("?part=originality", "?year=2025"),
    "meetings:likenesses": ("?state=asked&q=支部", "?amend=no"),
    "meetings:talk_coverage": ("?done=no", "?year=2025"),
    "meetings:talk_coverage_of": ("?lacking=any", "?post=committee"),
    "meetings:lives": ("?lacking=lists", "?lacking=opinions", "?stage=rectifying"),
    "meetings:rectifications": ("?late=yes", "?mine=yes"),
    "meetings:plan": ("?leave=asked", "?stand=planned&sort=held_on", "?stand=overdue"),
    "meetings:propose": ("?period=2026-autumn&source=term", "?period=2027&source=year"),
    "meetings:tasks": ("?state=open&mine=yes", "?late=yes&q=h"),
    "meetings:index": ("?state=draft", "?incomplete=yes&state=recorded"),
    "assessment:index": ("?all=1", "?period=2025Q4"),
    "assessment:indicator": ("?gaps=1",),
    "assessment:actions": ("?state=submitted&sort=ends_on", "?mine=open"),
    "assessment:reports": ("?mine=grade", "?state=called"),
    "assessment:surveys": ("?mine=close", "?state=open&q=支部"),
    "assessment:publication": ("?changed=yes&sort=published", "?confirmed=no&appealed=yes"),
    "assessment:honours": ("?state=awarded&sort=kind", "?category=teacher"),
    "assessment:appeals": ("?state=open&late=yes", "?pending=yes"),
    "indicators:composed": ("?stand=adopted&q=组合",),
    "indicators:compose-new": ("?fact=meetings.attendance&kind=SHARE",),
    "exchange:batch": ("?state=error",),
    "archive:index": ("?lacking=lately", "?lacking=no&sort=-stage", "?without=application", "?q=j", "?left=1"),
    "archive:papers": ("?state=current&q=材料",),
    "dues:index": ("?month=2026-10", "?published=no"),
    "dues:sheet": ("?month=2026-10&state=open", "?q=j"),
    "dues:arrears": ("?level=3", "?step=1"),
    "dues:payments": ("?withdrawn=no&q=孟",),
    "dues:hand-overs": ("?received=no",),
    "procedures:workbench": ("?all=1", "?delay=late", "?q=h"),
    "procedures:index": ("?state=open&sort=person", "?q=h"),
    "supervision:map": ("?source=superior&month=2026-11",),
    "supervision:alerts": ("?state=living&mine=own&q=主题", "?mine=below&kind=trend", "?branch=ROOT&sort=rule"),
    "supervision:compare": ("?period=2025Q4", "?l-q=甲"),
    "supervision:integrity": ("?kind=case&q=材料",),
    "supervision:declarations": ("?audience=members",),
    "supervision:common": ("?sort=-latest&q=共性",),
    "supervision:common-problem": ("?state=open&q=共性",),
    "supervision:index": (
        "?common=1",
        "?standing=late&mine=late",
        "?mine=review&q=问题",
        "?branch=ROOT&sort=-responsible",
    ),
}
NOT_OPENED = {
    "indicators:composed-records": "leads to the trial, as the lake is empty here",
    "initiatives:project-document": "a document about one project",
    "initiatives:file": "one file as it was uploaded",
    "archive:catalogue": "a document about one folder",
    "archive:catalogues": "leads to the list of folders",
    "archive:catalogue-mine": "a document about one folder",
    "archive:file": "one file as it was filed",
    "accounts:sign_in": "sends on whoever is signed in",
    "organizations:chart": "a PDF of the whole tree",
    "documents:sample": "one document",
    "dues:receipt": "a PDF of one payment",
    "dues:publication-print": "a PDF of one year",
    "documents:sample-pdf": "one document",
    "documents:version": "one file as it was uploaded",
    "meetings:document": "a PDF of one record",
    "meetings:likeness_photo": "one picture",
    "meetings:life_report": "a PDF of one life meeting",
    "people:me-print": "a PDF of one file",
    "procedures:report": "a document about one case",
    "procedures:paper": "a document about one case",
    "procedures:ledger": "a workbook of all cases",
    "procedures:leaver-template": "a workbook of the leavers of one year",
    "exchange:template": "an empty workbook",
    "exchange:corrected": "a workbook of the wrong rows",
    "assessment:action-file": "one file as it was added",
    "assessment:appeal-file": "one file as it was added",
    "assessment:report-file": "one file as it was added",
    "assessment:honour-certificate": "a PDF of one honour",
    "assessment:publication-final": "refused until the last day for appeals is over",
    "assessment:notices": "leads to the result to check",
    "assessment:progress": "a bar that leads to the computations once none is running",
    "exchange:progress": "a bar that leads to the batch once it has been checked",
    "exchange:payments-progress": "a bar that leads to the statement once it has been read",
    "meetings:attachment": "one file as it was added",
    "meetings:ledger_attachment": "one file as it was added",
    "meetings:ledger_file": "one file as it was written",
    "meetings:ledger_progress": "a bar that leads to the ledger once it is written",
    "meetings:material": "one file as it was added",
    "supervision:common-progress": "a bar that leads to the list once problems are grouped",
    "supervision:evidence": "one file as it was added",
    "supervision:material-file": "one file as it was issued",
    "supervision:my-material-file": "one file as it was issued",
    "supervision:my-evidence": "one file as it was added",
    "wall-key": "one field for a screen",
    "meetings:subscribed": "a calendar for a program, 400 days of one person",
}
LISTS_NOTHING = {
    "accounts:detail": "one account",
    "assessment:grading": "what one side gave",
    "assessment:rubric": "the criteria, from files",
    "assessment:survey": "one survey with its statements",
    "assessment:case": "one case of model work",
    "assessment:draft-effect": "organizations of the lake, which is empty here",
    "assessment:scheme": "the scheme, from files",
    "documents:index": "the kinds of documents, from code",
    "dues:payment": "one payment",
    "exchange:guide": "the columns of a form, from code",
    "indicators:detail": "one indicator, from code",
    "indicators:burden": "organizations of the lake, which is empty here",
    "indicators:burden-of": "organizations of the lake, which is empty here",
    "indicators:burden-asked": "the forms, from code",
    "indicators:compose-begin": "the facts, from code",
    "indicators:composed-trial": "organizations of the lake, which is empty here",
    "meetings:code": "the code of one meeting",
    "meetings:likeness": "two records",
    "meetings:official": "one document",
    "meetings:model": "one record",
    "maintenance": "what doctor found about the machine",
    "procedures:leaver-sheet-corrected": "one workbook, as it was uploaded",
    "regulations:detail": "one rule, from files",
    "regulations:index": "the rules, from files",
    "supervision:alert-rule": "one rule, from files",
    "supervision:reading": "the numbers of one branch",
    "supervision:alert-rules": "the rules, from files",
    "ui:healthz": "one word for a monitor",
    "ui:sample-branch": "samples from code",
    "ui:sample-list": "samples from code",
    "ui:style-guide": "samples from code",
    "warehouse:index": "the facts, from code",
}
# Objects to which `everything.add` adds, where the matrix of permissions takes others.
GROWING: dict[str, Finder] = {
    "indicators:composed-one": lambda cast, own: {"pk": everything.known_composed().pk},
    "meetings:desk": lambda cast, own: {"pk": everything.known_draft(cast).pk},
    "meetings:sign": lambda cast, own: {"pk": everything.known_meeting(cast).pk},
    "meetings:life": lambda cast, own: {"pk": everything.known_life(cast).pk},
    "meetings:self_check": lambda cast, own: {
        "pk": everything.known_life(cast).pk,
        "check": everything.known_self_check(cast).pk,
    },
    "meetings:opinions": lambda cast, own: {"pk": everything.known_life(cast).pk},
    "meetings:my_talk": lambda cast, own: {"pk": everything.known_talk(cast).pk},
    "meetings:task": lambda cast, own: {"pk": everything.known_task(cast).pk},
    "meetings:meeting": lambda cast, own: {"pk": everything.known_meeting(cast).pk},
    "meetings:spot_check": lambda cast, own: {"pk": everything.known_check(cast).pk},
    "meetings:record_quality": lambda cast, own: {"pk": everything.known_meeting(cast).pk},
    "meetings:ledger_record": lambda cast, own: {"pk": cast.branch.pk, "record": everything.known_meeting(cast).pk},
    "meetings:planned": lambda cast, own: {"pk": everything.known_planned(cast).pk},
    "meetings:invitation": lambda cast, own: {"pk": everything.known_invitation(cast).pk},
    "exchange:batch": lambda cast, own: {"pk": everything.known_batch(cast, cast.secretary).pk},
    "archive:paper": lambda cast, own: {"pk": everything.known_paper(cast).pk},
    "procedures:case": lambda cast, own: {"pk": everything.known_case(cast).pk},
    "supervision:material": lambda cast, own: {"pk": everything.known_material(cast).pk},
    "supervision:common-problem": lambda cast, own: {"pk": everything.known_common(cast).pk},
    "assessment:publication": lambda cast, own: {"pk": everything.known_result().pk},
    "opened-result": lambda cast, own: {"pk": everything.opened_result().pk},
    "assessment:result": lambda cast, own: {
        "pk": everything.known_appeal(cast.branch).publication_id,
        "organization": cast.branch.pk,
    },
    "assessment:appeal": lambda cast, own: {"pk": everything.known_appeal(cast.branch).pk},
    "assessment:honour": lambda cast, own: {"pk": cast.branch.honours.order_by("pk").first().pk},
    "supervision:alert": lambda cast, own: {"pk": everything.known_alert(cast).pk},
    "supervision:my-problem": lambda cast, own: {"pk": everything.known_problem(cast).pk},
    "supervision:problem": lambda cast, own: {"pk": everything.known_problem(cast).pk},
    "procedures:form": lambda cast, own: {"pk": everything.known_form(cast).pk},
}


@dataclass(frozen=True)
class Opened:
    """What opening a page took."""

    queries: int
    size: int
    lists: tuple[str, ...] = ()


def addresses(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """(name, address) of everything that can be read, with its variants."""
    for name, finder in GROWING.items():
        monkeypatch.setitem(URLS, name, finder)
    for name, pattern in patterns():
        if "GET" not in pattern.callback.access.methods or name in NOT_OPENED:
            continue
        for label, parameters in places(cast, name, pattern):
            if label != "外":
                address = reverse(name, kwargs=parameters)
                yield from ((name, address + variant) for variant in ("", *VARIANTS.get(name, ())))


def opened(clients: dict[str, Client], wanted: list[tuple[str, str]]) -> dict[tuple[str, ...], Opened]:
    """By every role, and once as htmx asks. A form reads the same for everybody: there one role is enough."""
    reading = to_read()
    found: dict[tuple[str, ...], Opened] = {}
    for name, address in wanted:
        costs = {}
        for role, client in clients.items():
            if (cost := _open(client, address)) is not None:
                costs[role] = cost
                if name not in reading:
                    break
        for role, cost in costs.items():
            found[name, address, role] = cost
        if costs:
            role, cost = next(iter(costs.items()))
            for target in cost.lists or ("",):
                rows = _open(clients[role], address, {"HX-Request": "true", "HX-Target": target})
                assert rows is not None, (address, target)
                found[name, address, role, f"htmx {target}"] = rows
    return found


def to_read() -> set[str]:
    """Names of the pages on which nothing can be done but read."""
    return {name for name, pattern in patterns() if "POST" not in pattern.callback.access.methods}


def _open(client: Client, address: str, headers: dict[str, str] | None = None) -> Opened | None:
    """None where the reader may not."""
    cache.clear()
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        answer: Any = client.get(address, headers=headers)
    if answer.status_code != 200:
        return None
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Opened(len(queries), len(body), tuple(LIST.findall(body.decode(errors="replace"))))


# All pages in three parts, so that one does not hold up a whole run.
PARTS = {
    "meetings": lambda room: room == "meetings",
    "people and procedures": lambda room: room in {"people", "procedures", "organizations", "exchange", "archive"},
    "the rest": lambda room: not PARTS["meetings"](room) and not PARTS["people and procedures"](room),
}


@pytest.mark.parametrize("part", PARTS)
def test_no_page_costs_more_with_three_rows_than_with_one_nor_too_much(
    part: str, cast: Cast, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR, settings.LAKE = tmp_path, tmp_path / "lake"
    clients = {role: client_of(cast, role) for role in ROLES}

    everything.fill_the_log(cast)
    everything.add(cast, 1)
    wanted = [one for one in addresses(cast, monkeypatch) if PARTS[part](one[0].split(":")[0])]
    one = opened(clients, wanted)
    everything.add(cast, 2)
    everything.add(cast, 3)
    three = opened(clients, wanted)

    assert {name for name, *_ in three} == {name for name, _address in wanted}, "Nobody of the cast may open some"
    assert {key: (one[key], cost) for key, cost in three.items() if cost.queries != one[key].queries} == {}
    assert {key: cost for key, cost in three.items() if cost.queries > MOST_QUERIES} == {}
    assert {key: cost for key, cost in three.items() if cost.size > MOST_BYTES} == {}
    known = {name for name in LISTS_NOTHING if PARTS[part](name.split(":")[0])}
    assert sorted(unseen(one, three) ^ known) == [], "No row more was seen here, or there was one after all"


def unseen(one: dict[tuple[str, ...], Opened], three: dict[tuple[str, ...], Opened]) -> set[str]:
    """Pages to read that nobody saw grow: with these, nothing has been shown about their rows."""
    grown = {key[0] for key, cost in three.items() if cost.size > one[key].size + 100}
    return ({key[0] for key in three} & to_read()) - grown
