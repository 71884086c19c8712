"""Addresses of the room's pages."""

from django.urls import path

from zhibu.accounts import pages

app_name = "accounts"
urlpatterns = [
    path("", pages.index, name="index"),
    path("sign-in/", pages.sign_in, name="sign_in"),
    path("sign-out/", pages.sign_out, name="sign_out"),
    path("activate/", pages.activate, name="activate"),
    path("me/", pages.me, name="me"),
    path("open/", pages.open_account, name="open"),
    path("<int:pk>/", pages.detail, name="detail"),
    path("<int:pk>/reset/", pages.reset, name="reset"),
    path("<int:pk>/deactivate/", pages.deactivate, name="deactivate"),
    path("<int:pk>/reactivate/", pages.reactivate, name="reactivate"),
]
