"""Addresses of the room's pages."""

from django.urls import path

from zhibu.assessment import pages
from zhibu.assessment.design import pages as design
from zhibu.assessment.evaluators.urls import urlpatterns as evaluators

app_name = "assessment"
urlpatterns = [
    *evaluators,
    path("", pages.index, name="index"),
    path("compare/", pages.compare, name="compare"),
    path("scheme/", pages.scheme, name="scheme"),
    path("runs/", pages.runs, name="runs"),
    path("runs/start/", pages.start, name="start"),
    path("runs/progress/", pages.progress, name="progress"),
    path("design/", design.index, name="drafts"),
    path("design/begin/", design.begin, name="draft-begin"),
    path("design/<int:pk>/", design.draft, name="draft"),
    path("design/<int:pk>/trial/", design.trial, name="draft-trial"),
    path("design/<int:pk>/effect/", design.effect, name="draft-effect"),
    path("design/<int:pk>/weights/", design.weights, name="draft-weights"),
    path("design/<int:pk>/take/", design.take, name="draft-take"),
    path("design/<int:pk>/adopt/", design.adopt, name="draft-adopt"),
    path("design/<int:pk>/discard/", design.discard, name="draft-discard"),
    path("<int:pk>/", pages.organization, name="organization"),
    path("<int:pk>/<str:key>/", pages.indicator, name="indicator"),
]
