"""Addresses of what the sides gave, inside those of the room."""

from django.urls import path

from zhibu.assessment.evaluators import pages

urlpatterns = [
    path("grades/", pages.index, name="gradings"),
    path("grades/new/", pages.new, name="grading-new"),
    path("grades/<int:pk>/", pages.grading, name="grading"),
    path("grades/<int:pk>/correct/", pages.correct, name="grading-correct"),
    path("grades/<int:pk>/take-back/", pages.take_back, name="grading-take-back"),
]
