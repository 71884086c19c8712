"""Addresses of the room's pages."""

from django.urls import path

from zhibu.procedures.pages import cases, lists, reports, terms

app_name = "procedures"
urlpatterns = [
    path("", lists.workbench, name="workbench"),
    path("cases/", lists.index, name="index"),
    path("new/", lists.new, name="new"),
    path("new/one/", lists.open_one, name="open-one"),
    path("new/many/", lists.open_many, name="open-many"),
    path("ledger/<slug:key>/", lists.ledger, name="ledger"),
    path("mine/", lists.mine, name="mine"),
    path("terms/", terms.index, name="terms"),
    path("terms/<int:pk>/", terms.term, name="term"),
    path("terms/<int:pk>/assign/", terms.assign, name="assign"),
    path("terms/<int:pk>/begin/<slug:what>/", terms.begin, name="begin"),
    path("<int:pk>/", cases.case, name="case"),
    path("<int:pk>/report/", reports.report, name="report"),
    path("<int:pk>/entries/<int:position>/", cases.correct, name="correct"),
    path("<int:pk>/do/<slug:what>/", cases.steer, name="steer"),
    path("<int:pk>/<slug:step>/", cases.step, name="step"),
]
