"""Addresses of the frame itself."""

from django.urls import path

from zhibu.ui import pages

app_name = "ui"
urlpatterns = [
    path("healthz", pages.healthz, name="healthz"),
    path("ui/", pages.style_guide, name="style-guide"),
    path("ui/list/", pages.sample_list, name="sample-list"),
    path("ui/form/", pages.sample_form, name="sample-form"),
    path("ui/tree/", pages.sample_branch, name="sample-branch"),
]
