"""Addresses of the talks' pages."""

from django.urls import path

from zhibu.meetings.talks import pages

urlpatterns = [
    path("talks/mine/", pages.mine, name="my_talks"),
    path("talks/mine/new/", pages.note, name="note_talk"),
    path("talks/mine/<int:pk>/", pages.talk, name="my_talk"),
    path("talks/mine/<int:pk>/confirm/", pages.confirm, name="confirm_talk"),
    path("talks/mine/<int:pk>/deny/", pages.deny, name="deny_talk"),
    path("talks/mine/<int:pk>/correct/", pages.correct, name="correct_talk"),
    path("talks/mine/<int:pk>/withdraw/", pages.withdraw, name="withdraw_talk"),
    path("talks/mine/<int:pk>/readers/", pages.name_reader, name="name_reader"),
    path("talks/mine/<int:pk>/readers/<int:person>/withdraw/", pages.withdraw_reader, name="withdraw_reader"),
    path("talks/coverage/", pages.cover, name="talk_coverage"),
    path("talks/coverage/<int:pk>/", pages.cover_of, name="talk_coverage_of"),
]
