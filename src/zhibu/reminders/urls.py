"""Addresses of the room's pages."""

from django.urls import path

from zhibu.reminders import pages

app_name = "reminders"
urlpatterns = [
    path("", pages.mine, name="mine"),
    path("robots/", pages.robots, name="robots"),
    path("robots/new/", pages.new_robot, name="new-robot"),
    path("robots/<int:pk>/", pages.robot, name="robot"),
    path("robots/<int:pk>/test/", pages.test_robot, name="test-robot"),
    path("robots/<int:pk>/switch/", pages.switch_robot, name="switch-robot"),
    path("robots/<int:pk>/remove/", pages.remove_robot, name="remove-robot"),
    path("log/", pages.log, name="log"),
    path("log/test/", pages.test_mail, name="test-mail"),
]
