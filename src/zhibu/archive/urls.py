"""Addresses of the room's pages."""

from django.urls import path

from zhibu.archive import pages

app_name = "archive"
urlpatterns = [
    path("", pages.index, name="index"),
    path("me/", pages.me, name="me"),
    path("catalogues/", pages.catalogues, name="catalogues"),
    path("<int:pk>/catalogue/", pages.catalogue, name="catalogue"),
    path("me/catalogue/", pages.catalogue_mine, name="catalogue-mine"),
    path("me/add/", pages.add_mine, name="add-mine"),
    path("me/package/", pages.package_mine, name="package-mine"),
    path("<int:pk>/", pages.folder, name="folder"),
    path("<int:pk>/add/", pages.add, name="add"),
    path("<int:pk>/package/", pages.package, name="package"),
    path("papers/", pages.papers, name="papers"),
    path("papers/new/", pages.new_paper, name="new-paper"),
    path("papers/<int:pk>/", pages.paper, name="paper"),
    path("papers/<int:pk>/file/", pages.file, name="file"),
    path("papers/<int:pk>/open/", pages.open_sealed, name="open-sealed"),
    path("papers/<int:pk>/replace/", pages.replace, name="replace"),
    path("papers/<int:pk>/withdraw/", pages.withdraw, name="withdraw"),
]
