"""Addresses of the room's pages."""

from django.urls import path

from zhibu.dues.pages import branches, funds, members

app_name = "dues"
urlpatterns = [
    path("", branches.index, name="index"),
    path("sheet/", branches.sheet, name="sheet"),
    path("assess/", branches.assess, name="assess"),
    path("collect/", branches.collect, name="collect"),
    path("arrears/", branches.arrears, name="arrears"),
    path("unfixed/", branches.unfixed, name="unfixed"),
    path("students/", branches.students, name="students"),
    path("me/", members.me, name="me"),
    path("people/<int:pk>/", members.person, name="person"),
    path("people/<int:pk>/reveal/", members.reveal, name="reveal"),
    path("people/<int:pk>/base/", members.base, name="base"),
    path("people/<int:pk>/pay/", members.pay, name="pay"),
    path("people/<int:pk>/elsewhere/", members.elsewhere, name="elsewhere"),
    path("people/<int:pk>/relief/", members.relieve, name="relieve"),
    path("payments/", members.payments, name="payments"),
    path("payments/<int:pk>/", members.payment, name="payment"),
    path("payments/<int:pk>/receipt/", members.receipt, name="receipt"),
    path("payments/<int:pk>/withdraw/", members.withdraw, name="withdraw"),
    path("payments/<int:pk>/central-receipt/", members.central_receipt, name="central-receipt"),
    path("reliefs/", funds.reliefs, name="reliefs"),
    path("reliefs/<int:pk>/", funds.relief, name="relief"),
    path("organizations/<int:pk>/fund/", funds.fund, name="fund"),
    path("organizations/<int:pk>/fund/new/", funds.fund_entry, name="fund-entry"),
    path("organizations/<int:pk>/hand-over/", funds.hand_over, name="hand-over"),
    path("organizations/<int:pk>/publication/<int:year>/", funds.publication, name="publication"),
    path("organizations/<int:pk>/publication/<int:year>/print/", funds.publication_print, name="publication-print"),
    path("hand-overs/", funds.hand_overs, name="hand-overs"),
    path("hand-overs/<int:pk>/receive/", funds.receive, name="receive"),
    path("hand-overs/<int:pk>/reverse/", funds.reverse_hand_over, name="reverse-hand-over"),
    path("fund-entries/<int:pk>/reverse/", funds.reverse_fund_entry, name="reverse-fund-entry"),
    path("rules/", funds.choices, name="choices"),
    path("rules/new/", funds.choose, name="choose"),
    path("statements/", funds.statements, name="statements"),
    path("statements/<int:pk>/", funds.statement, name="statement"),
    path("statements/<int:pk>/confirm/", funds.confirm, name="confirm"),
    path("statements/<int:pk>/discard/", funds.discard, name="discard"),
    path("statements/<int:pk>/undo/", funds.undo, name="undo"),
]
