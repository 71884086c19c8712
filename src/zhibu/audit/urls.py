"""Addresses of the room's pages."""

from django.urls import path

from zhibu.audit import pages

app_name = "audit"
urlpatterns = [path("", pages.index, name="index")]
