"""The home page of each role, beginning with what waits; and the state of the installation for its administrator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhibu.accounts.access import page
from zhibu.accounts.enums import Right
from zhibu.site import home
from zhibu.site.doctor import examine


@page()
def home_page(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html", home.content(request.scope))  # type: ignore[attr-defined]


@page(needs=Right.MAINTAIN)
def maintenance(request: HttpRequest) -> HttpResponse:
    findings = sorted(examine(), key=lambda finding: ("fault", "note", "well").index(finding.state))
    return render(request, "site/maintenance.html", {"findings": findings})
