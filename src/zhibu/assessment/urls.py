"""Addresses of the room's pages."""

from django.urls import path

from zhibu.assessment import pages
from zhibu.assessment.chosen.urls import urlpatterns as chosen
from zhibu.assessment.design import pages as design
from zhibu.assessment.evaluators.urls import urlpatterns as evaluators
from zhibu.assessment.honours.urls import urlpatterns as honours
from zhibu.assessment.publication import appealing
from zhibu.assessment.publication import pages as publication
from zhibu.assessment.reports.urls import urlpatterns as reports
from zhibu.assessment.surveys.urls import urlpatterns as surveys

app_name = "assessment"
urlpatterns = [
    *evaluators,
    *chosen,
    *reports,
    *surveys,
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
    *honours,
    path("publications/", publication.index, name="publications"),
    path("publications/begin/", publication.begin, name="publication-begin"),
    path("publications/notices/", publication.notices, name="notices"),
    path("publications/<int:pk>/", publication.publication, name="publication"),
    path("publications/<int:pk>/notice/", publication.notice, name="publication-notice"),
    path("publications/<int:pk>/final/", publication.final, name="publication-final"),
    path("publications/<int:pk>/publish/", publication.publish, name="publication-publish"),
    path("publications/<int:pk>/withdraw/", publication.withdraw, name="publication-withdraw"),
    path("publications/<int:pk>/close/", publication.close, name="publication-close"),
    path("publications/<int:pk>/renew/", publication.renew, name="publication-renew"),
    path("publications/<int:pk>/<int:organization>/", publication.result, name="result"),
    path("publications/<int:pk>/<int:organization>/confirm/", publication.confirm, name="confirm"),
    path("publications/<int:pk>/<int:organization>/appeal/", appealing.new, name="appeal-new"),
    path("appeals/", appealing.index, name="appeals"),
    path("appeals/<int:pk>/", appealing.appeal, name="appeal"),
    path("appeals/<int:pk>/answer/", appealing.answer, name="appeal-answer"),
    path("appeals/<int:pk>/withdraw/", appealing.take_back, name="appeal-withdraw"),
    path("appeals/<int:pk>/recomputed/", appealing.recomputed, name="appeal-recomputed"),
    path("appeals/<int:pk>/unchanged/", appealing.unchanged, name="appeal-unchanged"),
    path("appeals/<int:pk>/files/<int:file>/", appealing.evidence, name="appeal-file"),
    path("<int:pk>/", pages.organization, name="organization"),
    path("<int:pk>/<str:key>/", pages.indicator, name="indicator"),
]
