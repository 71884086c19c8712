"""Addresses of surveys, inside those of the room. Slips have a short address of their own (`zhibu.site.urls`)."""

from django.urls import path

from zhibu.assessment.surveys import pages

urlpatterns = [
    path("surveys/", pages.index, name="surveys"),
    path("surveys/new/", pages.new, name="survey-new"),
    path("surveys/<int:pk>/", pages.survey, name="survey"),
    path("surveys/<int:pk>/slips/", pages.sheet, name="survey-slips"),
    path("surveys/<int:pk>/close/", pages.close, name="survey-close"),
    path("surveys/<int:pk>/withdraw/", pages.withdraw, name="survey-withdraw"),
]
