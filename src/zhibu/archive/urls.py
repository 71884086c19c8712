"""Addresses of the room's pages."""

from django.urls import URLPattern

app_name = "archive"
urlpatterns: list[URLPattern] = []
