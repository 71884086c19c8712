"""Addresses of the room's pages."""

from django.urls import path

from zhibu.supervision.alerts import pages as alerts
from zhibu.supervision.common import pages as common
from zhibu.supervision.comparison import pages as comparison
from zhibu.supervision.integrity import mine as my_integrity
from zhibu.supervision.integrity import pages as integrity
from zhibu.supervision.pages import acts, board, lists, mine
from zhibu.supervision.wall import pages as wall

app_name = "supervision"
urlpatterns = [
    path("", lists.index, name="index"),
    path("map/", board.board_page, name="map"),
    path("new/", acts.new, name="new"),
    path("accept/", acts.accept_chosen, name="accept-chosen"),
    path("alerts/", alerts.index, name="alerts"),
    path("alerts/rules/", alerts.rules, name="alert-rules"),
    path("alerts/rules/<slug:key>/", alerts.rule, name="alert-rule"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("alerts/<int:pk>/acknowledge/", alerts.acknowledge, name="alert-acknowledge"),
    path("alerts/<int:pk>/snooze/", alerts.snooze, name="alert-snooze"),
    path("alerts/<int:pk>/false/", alerts.mark_false, name="alert-false"),
    path("alerts/<int:pk>/problem/", alerts.problem, name="alert-problem"),
    path("common/", common.index, name="common"),
    path("common/start/", common.start, name="common-start"),
    path("common/progress/", common.progress, name="common-progress"),
    path("common/<int:pk>/", common.group, name="common-problem"),
    path("common/<int:pk>/rename/", common.rename, name="common-rename"),
    path("common/<int:pk>/merge/", common.merge, name="common-merge"),
    path("common/<int:pk>/split/", common.split, name="common-split"),
    path("common/<int:pk>/out/", common.take_out, name="common-out"),
    path("common/<int:pk>/back/<int:row>/", common.put_back, name="common-back"),
    path("common/<int:pk>/measure/", common.measure, name="common-measure"),
    path("compare/", comparison.compare, name="compare"),
    path("integrity/", integrity.index, name="integrity"),
    path("integrity/new/", integrity.new, name="material-new"),
    path("integrity/<int:pk>/", integrity.material, name="material"),
    path("integrity/<int:pk>/file/", integrity.file, name="material-file"),
    path("integrity/<int:pk>/assign/", integrity.assign, name="material-assign"),
    path("integrity/<int:pk>/withdraw/", integrity.withdraw, name="material-withdraw"),
    path("integrity/readings/<int:pk>/", integrity.reading, name="reading"),
    path("integrity/readings/<int:pk>/of/<int:node>/", integrity.reading_of, name="reading-names"),
    path("integrity/declarations/", integrity.declarations, name="declarations"),
    path("integrity/declarations/new/", integrity.declaration_new, name="declaration-new"),
    path("integrity/declarations/<int:pk>/", integrity.declaration, name="declaration"),
    path("integrity/declarations/<int:pk>/of/<int:node>/", integrity.declaration_of, name="declaration-names"),
    path("integrity/declarations/<int:pk>/revise/", integrity.revise, name="declaration-revise"),
    path("integrity/declarations/<int:pk>/end/", integrity.end, name="declaration-end"),
    path("integrity/mine/", my_integrity.index, name="integrity-mine"),
    path("integrity/mine/<int:pk>/", my_integrity.material, name="my-material"),
    path("integrity/mine/<int:pk>/file/", my_integrity.file, name="my-material-file"),
    path("integrity/mine/declarations/<int:pk>/", my_integrity.declaration, name="my-declaration"),
    path("mine/", mine.index, name="mine"),
    path("mine/<int:pk>/", mine.problem, name="my-problem"),
    path("mine/<int:pk>/milestones/<int:milestone>/", mine.milestone, name="my-milestone"),
    path("mine/<int:pk>/report/", mine.report, name="my-report"),
    path("mine/<int:pk>/files/<int:file>/", mine.evidence, name="my-evidence"),
    path("walls/", wall.keys, name="wall-keys"),
    path("walls/new/", wall.issue, name="wall-issue"),
    path("walls/<int:pk>/revoke/", wall.revoke, name="wall-revoke"),
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
