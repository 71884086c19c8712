"""Addresses of the life meeting's pages."""

from django.urls import path

from zhibu.meetings.life.pages import following, overview, preparing

urlpatterns = [
    path("life/", overview.lives, name="lives"),
    path("life/new/", overview.new, name="new_life"),
    path("life/mine/", preparing.mine, name="my_life"),
    path("life/lines/", following.lines, name="rectifications"),
    path("life/lines/<int:pk>/", following.line, name="rectification"),
    path("life/lines/<int:pk>/change/", following.change_line, name="change_rectification"),
    path("life/<int:pk>/", overview.life, name="life"),
    path("life/<int:pk>/change/", overview.change, name="change_life"),
    path("life/<int:pk>/study/", overview.study, name="life_study"),
    path("life/<int:pk>/meeting/", overview.link, name="link_life"),
    path("life/<int:pk>/report/", overview.report, name="life_report"),
    path("life/<int:pk>/box/", preparing.box, name="opinion_box"),
    path("life/<int:pk>/opinion/", preparing.opinion, name="give_opinion"),
    path("life/<int:pk>/paper/", preparing.paper, name="enter_opinion"),
    path("life/<int:pk>/opinions/", preparing.opinions, name="opinions"),
    path("life/<int:pk>/lists/renew/", preparing.renew, name="renew_lists"),
    path("life/<int:pk>/lists/<int:check>/", preparing.check, name="self_check"),
    path("life/<int:pk>/lists/<int:check>/hand-in/", preparing.hand_in, name="hand_in"),
    path("life/<int:pk>/lists/<int:check>/take-back/", preparing.take_back, name="take_back"),
    path("life/<int:pk>/lists/<int:check>/<int:point>/remove/", preparing.remove_point, name="remove_point"),
    path("life/<int:pk>/criticism/", following.criticize, name="criticize"),
    path("life/<int:pk>/criticism/<int:criticism>/remove/", following.remove_criticism, name="remove_criticism"),
    path("life/<int:pk>/lines/new/", following.new_line, name="new_rectification"),
]
