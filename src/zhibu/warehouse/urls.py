"""Addresses of the room's pages."""

from django.urls import path

from zhibu.warehouse import pages

app_name = "warehouse"
urlpatterns = [path("", pages.index, name="index")]
