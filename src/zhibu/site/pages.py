"""The home page: what waits for me."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhibu.accounts.access import page


@page()
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html")
