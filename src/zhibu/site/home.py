"""Addresses of the home page; its content is put together in zhibu.site.pages from what each room says is waiting."""

from django.urls import path

from zhibu.site import pages

urlpatterns = [path("", pages.home, name="home")]
