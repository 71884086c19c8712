"""Addresses of the quality of records, inside those of the room."""

from django.urls import path

from zhibu.meetings.quality.pages import comparison, likenesses, official, reviews

urlpatterns = [
    path("quality/", comparison.quality, name="quality"),
    path("quality/organizations/<int:pk>/", comparison.quality_of, name="quality_of"),
    path("quality/likenesses/", likenesses.likenesses, name="likenesses"),
    path("quality/likenesses/close/", likenesses.close_chosen, name="likenesses_close"),
    path("quality/likenesses/<int:pk>/", likenesses.likeness, name="likeness"),
    path("quality/likenesses/<int:pk>/answer/", likenesses.answer, name="likeness_answer"),
    path("quality/likenesses/<int:pk>/close/", likenesses.close, name="likeness_close"),
    path("quality/official/", official.officials, name="officials"),
    path("quality/official/new/", official.official_new, name="official_new"),
    path("quality/official/<int:pk>/", official.official, name="official"),
    path("quality/official/<int:pk>/remove/", official.official_remove, name="official_remove"),
    path("quality/standard/", official.standard, name="quality_standard"),
    path("<int:pk>/quality/", reviews.record_quality, name="record_quality"),
    path("<int:pk>/quality/<str:part>/", reviews.overrule, name="overrule"),
]
