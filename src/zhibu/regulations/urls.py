"""Addresses of the room's pages."""

from django.urls import path

from zhibu.regulations import pages

app_name = "regulations"
urlpatterns = [
    path("", pages.index, name="index"),
    path("<str:rule_id>/", pages.detail, name="detail"),
]
