"""The home page of each role, beginning with what waits; and the state of the installation for its administrator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.accounts.scope import Scope
from zhibu.site import glance, home
from zhibu.site.doctor import ORDER, examine


@page()
def home_page(request: HttpRequest) -> HttpResponse:
    """What waits comes at once; the glance below it follows by itself, or, without JavaScript, as a page of its own."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if request.GET.get("part") != "glance":
        return render(request, "site/home.html", home.content(scope))
    context = {"glance": glance.content(scope), "home": scope.home}
    template = "site/glance.html" if request.htmx else "site/glance_page.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@page(needs=Right.MAINTAIN)
def maintenance(request: HttpRequest) -> HttpResponse:
    """As `zhibu doctor`, but of the audit log only what is new: the whole of it takes minutes after some years."""
    whole = bool(request.GET.get("whole"))
    findings = sorted(examine(quick=not whole), key=lambda finding: ORDER.index(finding.state))
    return render(request, "site/maintenance.html", {"findings": findings, "whole": whole})
