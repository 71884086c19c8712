"""Addresses of the room's pages."""

from django.urls import path

from zhibu.supervision.pages import acts, board, lists

app_name = "supervision"
urlpatterns = [
    path("", lists.index, name="index"),
    path("map/", board.board_page, name="map"),
    path("new/", acts.new, name="new"),
    path("accept/", acts.accept_chosen, name="accept-chosen"),
    path("<int:pk>/", lists.problem, name="problem"),
    path("<int:pk>/measure/", acts.measure, name="measure"),
    path("<int:pk>/milestones/<int:milestone>/", acts.milestone, name="milestone"),
    path("<int:pk>/report/", acts.report, name="report"),
    path("<int:pk>/review/", acts.review, name="review"),
    path("<int:pk>/reopen/", acts.reopen, name="reopen"),
    path("<int:pk>/stop/", acts.stop, name="stop"),
    path("<int:pk>/resume/", acts.resume, name="resume"),
    path("<int:pk>/extend/", acts.extend, name="extend"),
    path("<int:pk>/files/<int:file>/", lists.evidence, name="evidence"),
]
