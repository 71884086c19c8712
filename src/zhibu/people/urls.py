"""Addresses of the room's pages."""

from django.urls import path

from zhibu.people.pages import changes, contact, corrections, files, roster, sanctions, steps

app_name = "people"
urlpatterns = [
    path("", roster.index, name="index"),
    path("find/", roster.find, name="find"),
    path("new/", files.new, name="new"),
    path("move/", roster.move_chosen, name="move-chosen"),
    path("certificates/", roster.certify, name="certify"),
    path("mobile/", contact.mobile_list, name="mobile-list"),
    path("lost/", contact.lost_list, name="lost-list"),
    path("<int:pk>/", files.file, name="file"),
    path("<int:pk>/reveal/", files.reveal, name="reveal"),
    path("<int:pk>/edit/", files.edit, name="edit"),
    path("<int:pk>/stage/", steps.stage, name="stage"),
    path("<int:pk>/move/", steps.move, name="move"),
    path("<int:pk>/contact/", contact.contact, name="contact"),
    path("<int:pk>/contact/new/", contact.record, name="record-contact"),
    path("<int:pk>/stop/", contact.stop, name="stop"),
    path("<int:pk>/remove/", contact.remove, name="remove"),
    path("<int:pk>/lost/", steps.lost, name="lost"),
    path("<int:pk>/found/", steps.found, name="found"),
    path("<int:pk>/mobile/", steps.mobile, name="mobile"),
    path("<int:pk>/returned/", steps.returned, name="returned"),
    path("<int:pk>/account/", files.open_account, name="open-account"),
    path("<int:pk>/sanctions/new/", sanctions.record, name="record-sanction"),
    path("<int:pk>/sanctions/<int:sanction>/end/", sanctions.end, name="end-sanction"),
    path("corrections/", corrections.index, name="corrections"),
    path("<int:pk>/corrections/new/", corrections.record, name="record-correction"),
    path("<int:pk>/corrections/<int:term>/", corrections.conclude, name="conclude-correction"),
    path("changes/", changes.index, name="changes"),
    path("changes/<int:request_pk>/", changes.change, name="change"),
    path("me/", changes.me, name="me"),
    path("me/print/", changes.me_print, name="me-print"),
    path("me/change/", changes.ask, name="ask"),
    path("me/change/<int:request_pk>/withdraw/", changes.withdraw, name="withdraw"),
]
