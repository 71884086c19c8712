"""Addresses of the room's pages."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from zhibu.exchange import pages
from zhibu.exchange.enums import BatchKind


class KindConverter(StringConverter):
    regex = "|".join(BatchKind.values)


register_converter(KindConverter, "form_kind")

app_name = "exchange"
urlpatterns = [
    path("", pages.index, name="index"),
    path("upload/", pages.upload, name="upload"),
    path("payments/", pages.payments, name="payments"),
    path("payments/<int:pk>/progress/", pages.payments_progress, name="payments-progress"),
    path("payments/<int:pk>/again/", pages.payments_again, name="payments-again"),
    path("leavers/", pages.leavers, name="leavers"),
    path("batches/", pages.batches, name="batches"),
    path("batches/<int:pk>/", pages.batch, name="batch"),
    path("batches/<int:pk>/progress/", pages.progress, name="progress"),
    path("batches/<int:pk>/discard/", pages.discard, name="discard"),
    path("batches/<int:pk>/check/", pages.check_again, name="check_again"),
    path("batches/<int:pk>/undo/", pages.undo, name="undo"),
    path("batches/<int:pk>/corrected/", pages.corrected, name="corrected"),
    path("template/<form_kind:kind>/", pages.download_template, name="template"),
    path("guide/<form_kind:kind>/", pages.guide, name="guide"),
    path("export/", pages.export, name="export"),
]
