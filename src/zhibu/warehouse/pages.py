"""The warehouse on screen: which facts it holds, of which months, and since when."""

from __future__ import annotations

from collections import defaultdict

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.warehouse import manifest
from zhibu.warehouse.contract import registered
from zhibu.warehouse.queries import health


@page(needs=Right.RUN_SCORE)
def index(request: HttpRequest) -> HttpResponseBase:
    lake = manifest.read(settings.LAKE)
    parts = defaultdict(list)
    for part in lake.parts:
        parts[part.fact].append(part)
    facts = [
        {
            "fact": fact,
            "months": len({part.month for part in parts[name]}),
            "rows": sum(part.rows for part in parts[name]),
            "last": max((part.month for part in parts[name]), default=None),
        }
        for name, fact in registered().items()
    ]
    return render(request, "warehouse/index.html", {"lake": lake, "facts": facts, "health": health()})
