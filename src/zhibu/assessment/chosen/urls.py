"""Addresses of chosen actions, inside those of the room."""

from django.urls import path

from zhibu.assessment.chosen import pages, review_pages

urlpatterns = [
    path("actions/", pages.index, name="actions"),
    path("actions/rubric/", pages.rubric, name="rubric"),
    path("actions/new/", pages.new, name="action-new"),
    path("actions/<int:pk>/", pages.action, name="action"),
    path("actions/<int:pk>/edit/", pages.edit, name="action-edit"),
    path("actions/<int:pk>/submit/", pages.submit, name="action-submit"),
    path("actions/<int:pk>/withdraw/", pages.withdraw, name="action-withdraw"),
    path("actions/<int:pk>/attach/", pages.attach, name="action-attach"),
    path("actions/<int:pk>/open/", review_pages.open_review, name="action-open"),
    path("actions/<int:pk>/score/", review_pages.score, name="action-score"),
    path("actions/<int:pk>/decide/", review_pages.decide, name="action-decide"),
    path("actions/<int:pk>/return/", review_pages.send_back, name="action-return"),
    path("actions/<int:pk>/reopen/", review_pages.reopen, name="action-reopen"),
    path("actions/files/<int:pk>/", pages.download, name="action-file"),
    path("actions/files/<int:pk>/remove/", pages.remove, name="action-file-remove"),
]
