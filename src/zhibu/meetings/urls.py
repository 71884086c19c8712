"""Addresses of the room's pages."""

from django.urls import path

from zhibu.meetings.ledger import pages as ledger
from zhibu.meetings.life.urls import urlpatterns as life
from zhibu.meetings.pages import cadence, checkin, editor, files, lists, minutes, tasks
from zhibu.meetings.planning import invited, proposing, subscription
from zhibu.meetings.planning import pages as planning
from zhibu.meetings.quality.urls import urlpatterns as quality
from zhibu.meetings.talks.urls import urlpatterns as talks

app_name = "meetings"
urlpatterns = [
    *quality,
    *talks,
    *life,
    path("", lists.index, name="index"),
    path("new/", editor.new, name="new"),
    path("choose/", lists.choose, name="choose"),
    path("cadence/", cadence.cadence, name="cadence"),
    path("cadence/<int:pk>/", cadence.cadence_of, name="cadence_of"),
    path("plan/", planning.plan, name="plan"),
    path("plan/propose/", proposing.propose, name="propose"),
    path("plan/new/", planning.new, name="plan_one"),
    path("plan/<int:pk>/", planning.planned, name="planned"),
    path("plan/<int:pk>/change/", planning.change, name="replan"),
    path("plan/<int:pk>/cancel/", planning.cancel, name="call_off"),
    path("plan/<int:pk>/prepare/", planning.prepare, name="prepare"),
    path("plan/<int:pk>/notice/", invited.notify, name="notify"),
    path("plan/<int:pk>/leave/<int:person>/", invited.decide, name="decide_leave"),
    path("invited/", invited.invited, name="invited"),
    path("invited/<int:pk>/", invited.invitation, name="invitation"),
    path("invited/<int:pk>/materials/<int:attachment>/", invited.material, name="material"),
    path("calendar/", subscription.mine, name="calendar"),
    path("calendar/<str:token>.ics", subscription.subscribed, name="subscribed"),
    path("ledger/", ledger.ledgers, name="ledgers"),
    path("ledger/<int:pk>/", ledger.ledger, name="ledger"),
    path("ledger/<int:pk>/other/", ledger.chapters, name="ledger_chapters"),
    path("ledger/<int:pk>/export/", ledger.export, name="ledger_export"),
    path("ledger/<int:pk>/records/<int:record>/", ledger.record, name="ledger_record"),
    path("ledger/<int:pk>/records/<int:record>/<int:attachment>/", ledger.attachment, name="ledger_attachment"),
    path("ledger/exports/<int:pk>/", ledger.progress, name="ledger_progress"),
    path("ledger/exports/<int:pk>/file/", ledger.file, name="ledger_file"),
    path("ledger/inspections/", ledger.inspections, name="inspections"),
    path("ledger/inspections/new/", ledger.grant, name="grant_inspection"),
    path("ledger/inspections/<int:pk>/revoke/", ledger.revoke, name="revoke_inspection"),
    path("talks/", lists.talks, name="talks"),
    path("talks/new/", files.new_talk, name="new_talk"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<int:pk>/", tasks.task, name="task"),
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
    path("<int:pk>/document/", minutes.document, name="document"),
    path("<int:pk>/sign/", minutes.sign, name="sign"),
    path("<int:pk>/correction/", minutes.correction, name="correction"),
    path("<int:pk>/attachments/", files.attach, name="attach"),
    path("<int:pk>/attachments/<int:attachment>/", files.attachment, name="attachment"),
    path("<int:pk>/attachments/<int:attachment>/delete/", files.detach, name="detach"),
]
