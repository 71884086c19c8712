"""Addresses of the room's pages."""

from django.urls import path

from zhibu.indicators import pages
from zhibu.indicators.burden import pages as burden
from zhibu.indicators.compose import pages as compose

app_name = "indicators"
urlpatterns = [
    path("", pages.index, name="index"),
    path("compose/", compose.index, name="composed"),
    path("compose/begin/", compose.begin, name="compose-begin"),
    path("compose/new/", compose.new, name="compose-new"),
    path("compose/<int:pk>/", compose.one, name="composed-one"),
    path("compose/<int:pk>/trial/", compose.tried, name="composed-trial"),
    path("compose/<int:pk>/records/<int:organization_pk>/", compose.behind, name="composed-records"),
    path("compose/<int:pk>/adopt/", compose.adopt, name="composed-adopt"),
    path("compose/<int:pk>/discard/", compose.discard, name="composed-discard"),
    path("compose/<int:pk>/retire/", compose.retire, name="composed-retire"),
    path("burden/", burden.index, name="burden"),
    path("burden/asked/", burden.asked, name="burden-asked"),
    path("burden/<int:pk>/", burden.of_organization, name="burden-of"),
    path("<str:key>/", pages.detail, name="detail"),
]
