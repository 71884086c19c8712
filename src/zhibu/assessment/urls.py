"""Addresses of the room's pages."""

from django.urls import path

from zhibu.assessment import pages

app_name = "assessment"
urlpatterns = [
    path("", pages.index, name="index"),
    path("compare/", pages.compare, name="compare"),
    path("scheme/", pages.scheme, name="scheme"),
    path("runs/", pages.runs, name="runs"),
    path("runs/start/", pages.start, name="start"),
    path("runs/progress/", pages.progress, name="progress"),
    path("<int:pk>/", pages.organization, name="organization"),
    path("<int:pk>/<str:key>/", pages.indicator, name="indicator"),
]
