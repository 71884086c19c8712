"""Addresses of work reports, inside those of the room."""

from django.urls import path

from zhibu.assessment.reports import pages

urlpatterns = [
    path("reports/", pages.index, name="reports"),
    path("reports/calls/", pages.calls, name="report-calls"),
    path("reports/calls/new/", pages.call_new, name="report-call-new"),
    path("reports/calls/<int:pk>/", pages.call, name="report-call"),
    path("reports/calls/<int:pk>/grade/", pages.grade_sheet, name="report-sheet"),
    path("reports/<int:pk>/", pages.report, name="report"),
    path("reports/<int:pk>/write/", pages.write, name="report-write"),
    path("reports/<int:pk>/return/", pages.send_back, name="report-return"),
    path("reports/<int:pk>/grade/", pages.grade, name="report-grade"),
    path("reports/<int:pk>/attach/", pages.attach, name="report-attach"),
    path("reports/files/<int:pk>/", pages.download, name="report-file"),
    path("reports/files/<int:pk>/remove/", pages.remove, name="report-file-remove"),
]
