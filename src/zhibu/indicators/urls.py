"""Addresses of the room's pages."""

from django.urls import path

from zhibu.indicators import pages

app_name = "indicators"
urlpatterns = [path("", pages.index, name="index"), path("<str:key>/", pages.detail, name="detail")]
