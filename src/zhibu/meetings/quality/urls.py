"""Addresses of the quality of records, inside those of the room."""

from django.urls import path

from zhibu.meetings.quality.pages import comparison, likenesses, official, reviews, spotchecks

urlpatterns = [
    path("quality/", comparison.quality, name="quality"),
    path("quality/organizations/<int:pk>/", comparison.quality_of, name="quality_of"),
    path("quality/likenesses/", likenesses.likenesses, name="likenesses"),
    path("quality/likenesses/close/", likenesses.close_chosen, name="likenesses_close"),
    path("quality/likenesses/<int:pk>/", likenesses.likeness, name="likeness"),
    path("quality/likenesses/<int:pk>/photos/<str:which>/", likenesses.photo, name="likeness_photo"),
    path("quality/likenesses/<int:pk>/answer/", likenesses.answer, name="likeness_answer"),
    path("quality/likenesses/<int:pk>/close/", likenesses.close, name="likeness_close"),
    path("quality/official/", official.officials, name="officials"),
    path("quality/official/new/", official.official_new, name="official_new"),
    path("quality/official/<int:pk>/", official.official, name="official"),
    path("quality/official/<int:pk>/remove/", official.official_remove, name="official_remove"),
    path("quality/spot-checks/", spotchecks.spot_checks, name="spot_checks"),
    path("quality/spot-checks/new/", spotchecks.spot_check_new, name="spot_check_new"),
    path("quality/spot-checks/<int:pk>/", spotchecks.spot_check, name="spot_check"),
    path("quality/spot-checks/drawn/<int:pk>/", spotchecks.drawn_record, name="drawn"),
    path("quality/findings/", spotchecks.findings, name="findings"),
    path("quality/models/", spotchecks.models, name="models"),
    path("quality/models/asked/", spotchecks.models_asked, name="models_asked"),
    path("quality/models/<int:pk>/", spotchecks.model, name="model"),
    path("<int:pk>/quality/propose/", spotchecks.propose, name="propose_model"),
    path("<int:pk>/quality/consent/", spotchecks.decide_model, name="decide_model"),
    path("quality/standard/", official.standard, name="quality_standard"),
    path("<int:pk>/quality/", reviews.record_quality, name="record_quality"),
    path("<int:pk>/quality/<str:part>/", reviews.overrule, name="overrule"),
]
