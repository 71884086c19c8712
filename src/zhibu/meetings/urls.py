"""Addresses of the room's pages."""

from django.urls import path

from zhibu.meetings.pages import cadence, checkin, editor, files, lists
from zhibu.meetings.quality.urls import urlpatterns as quality

app_name = "meetings"
urlpatterns = [
    *quality,
    path("", lists.index, name="index"),
    path("new/", editor.new, name="new"),
    path("choose/", lists.choose, name="choose"),
    path("cadence/", cadence.cadence, name="cadence"),
    path("cadence/<int:pk>/", cadence.cadence_of, name="cadence_of"),
    path("talks/", lists.talks, name="talks"),
    path("talks/new/", files.new_talk, name="new_talk"),
    path("<int:pk>/", lists.meeting, name="meeting"),
    path("<int:pk>/check-in/", checkin.check_in, name="check_in"),
    path("<int:pk>/check-in/desk/", checkin.desk, name="desk"),
    path("<int:pk>/check-in/code/", checkin.code, name="code"),
    path("<int:pk>/check-in/open/", checkin.open_check_in, name="open_check_in"),
    path("<int:pk>/check-in/close/", checkin.close_check_in, name="close_check_in"),
    path("<int:pk>/check-in/mark/", checkin.mark, name="mark"),
    path("<int:pk>/check-in/marks/<int:mark>/", checkin.decide, name="decide"),
    path("<int:pk>/edit/", editor.edit, name="edit"),
    path("<int:pk>/delete/", files.delete, name="delete"),
    path("<int:pk>/document/", lists.document, name="document"),
    path("<int:pk>/attachments/", files.attach, name="attach"),
    path("<int:pk>/attachments/<int:attachment>/", files.attachment, name="attachment"),
    path("<int:pk>/attachments/<int:attachment>/delete/", files.detach, name="detach"),
]
