"""Addresses of the room's pages."""

from django.urls import path

from zhibu.documents import pages

app_name = "documents"
urlpatterns = [
    path("", pages.index, name="index"),
    path("<slug:key>/", pages.detail, name="detail"),
    path("<slug:key>/restore/", pages.restore, name="restore"),
    path("<slug:key>/sample/", pages.sample, name="sample"),
    path("<slug:key>/sample.pdf", pages.sample_pdf, name="sample-pdf"),
    path("<slug:key>/<int:version>/", pages.version, name="version"),
]
