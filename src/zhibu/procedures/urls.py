"""Addresses of the room's pages."""

from django.urls import path

from zhibu.procedures.analysis import pages as analysis
from zhibu.procedures.numbered import pages as numbered
from zhibu.procedures.pages import cases, drafts, lists, reports, terms
from zhibu.procedures.transfers import pages as transfers
from zhibu.procedures.transfers.graduation import pages as graduation

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
    path("transfers/", transfers.index, name="transfers"),
    path("transfers/new/", transfers.new, name="request"),
    path("transfers/whole/", transfers.whole, name="whole"),
    path("transfers/incoming/", transfers.incoming, name="incoming"),
    path("transfers/letters/", transfers.letters, name="letters"),
    path("transfers/letters/print/", transfers.print_letters, name="print-letters"),
    path("transfers/letters/<int:pk>/", transfers.fetched, name="fetched"),
    path("graduation/", graduation.index, name="graduation"),
    path("graduation/gather/", graduation.gather, name="gather"),
    path("graduation/template/", graduation.template, name="leaver-template"),
    path("graduation/class/", graduation.class_, name="class"),
    path("graduation/submit/", graduation.submit, name="submit-leavers"),
    path("graduation/issue/", graduation.issue, name="issue-letters"),
    path("graduation/print/", graduation.print_season, name="print-season"),
    path("graduation/chase/", graduation.chase, name="chase"),
    path("graduation/chase/print/", graduation.print_leavers, name="print-leavers"),
    path("graduation/chase/received/", graduation.receive, name="receive-leavers"),
    path("graduation/chase/advice/", graduation.advise_leavers, name="advise-leavers"),
    path("graduation/stayers/advice/", graduation.advise_stayers, name="advise-stayers"),
    path("graduation/stayers/", graduation.stayers, name="stayers"),
    path("graduation/sheets/<int:pk>/", graduation.sheet, name="leaver-sheet"),
    path("graduation/sheets/<int:pk>/corrected/", graduation.corrected, name="leaver-sheet-corrected"),
    path("graduation/<int:pk>/", graduation.leaver, name="leaver"),
    path("graduation/<int:pk>/extend/", graduation.extend, name="extend"),
    path("graduation/<int:pk>/contact/", graduation.contact, name="contact"),
    path("analysis/", analysis.index, name="analyses"),
    path("analysis/<int:pk>/", analysis.committee, name="analysis"),
    path("analysis/<int:pk>/new/", analysis.enter, name="enter-analysis"),
    path("forms/", numbered.index, name="forms"),
    path("forms/new/", numbered.take_in, name="take-in-forms"),
    path("forms/<int:pk>/", numbered.form, name="form"),
    path("forms/<int:pk>/<slug:what>/", numbered.do, name="form-do"),
    path("<int:pk>/", cases.case, name="case"),
    path("<int:pk>/late-receipt/", transfers.late_receipt, name="late-receipt"),
    path("<int:pk>/compliance-report/", reports.report, name="report"),
    path("papers/", drafts.draft_many, name="draft-many"),
    path("<int:pk>/papers/<slug:kind>/", drafts.paper, name="paper"),
    path("<int:pk>/entries/<int:position>/", cases.correct, name="correct"),
    path("<int:pk>/do/<slug:what>/", cases.steer, name="steer"),
    path("<int:pk>/<slug:step>/", cases.step, name="step"),
]
