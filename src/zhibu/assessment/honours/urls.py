"""Addresses of honours and model work, inside those of the room."""

from django.urls import path

from zhibu.assessment.honours import gallery, pages

urlpatterns = [
    path("honours/", pages.index, name="honours"),
    path("honours/candidates/", pages.candidate_list, name="honour-candidates"),
    path("honours/nominate/", pages.nominate, name="honour-nominate"),
    path("honours/nominate-other/", pages.nominate_other, name="honour-nominate-other"),
    path("honours/decide/", pages.decide, name="honour-decide"),
    path("honours/<int:pk>/", pages.honour, name="honour"),
    path("honours/<int:pk>/withdraw/", pages.withdraw, name="honour-withdraw"),
    path("honours/<int:pk>/certificate/", pages.certificate, name="honour-certificate"),
    path("gallery/", gallery.index, name="gallery"),
    path("gallery/cases/", gallery.cases, name="cases"),
    path("gallery/new/<int:organization>/", gallery.new, name="case-new"),
    path("gallery/<int:pk>/", gallery.case, name="case"),
    path("gallery/<int:pk>/edit/", gallery.edit, name="case-edit"),
    path("gallery/<int:pk>/consent/", gallery.consent, name="case-consent"),
    path("gallery/<int:pk>/show/", gallery.show, name="case-show"),
    path("gallery/<int:pk>/take-down/", gallery.take_down, name="case-take-down"),
]
