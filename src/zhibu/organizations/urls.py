"""Addresses of the room's pages."""

from django.urls import path

from zhibu.organizations.pages import deciding, reading, tree

app_name = "organizations"
urlpatterns = [
    path("", tree.index, name="index"),
    path("list/", reading.listing, name="list"),
    path("posts/", reading.posts, name="posts"),
    path("changes/", reading.changes, name="changes"),
    path("chart/", tree.chart, name="chart"),
    path("merge/", deciding.merge, name="merge"),
    path("<int:pk>/", reading.detail, name="detail"),
    path("<int:pk>/children/", tree.children, name="children"),
    path("<int:pk>/edit/", deciding.edit, name="edit"),
    path("<int:pk>/records-since/", deciding.records_since, name="records_since"),
    path("<int:pk>/establish/", deciding.establish, name="establish"),
    path("<int:pk>/rename/", deciding.rename, name="rename"),
    path("<int:pk>/rekind/", deciding.rekind, name="rekind"),
    path("<int:pk>/reparent/", deciding.reparent, name="reparent"),
    path("<int:pk>/merge-into/", deciding.merge_into, name="merge_into"),
    path("<int:pk>/split/", deciding.split, name="split"),
    path("<int:pk>/dissolve/", deciding.dissolve, name="dissolve"),
    path("<int:pk>/undo/", deciding.undo, name="undo"),
    path("<int:pk>/appoint/", deciding.appoint, name="appoint"),
    path("<int:pk>/tenures/<int:tenure>/end/", deciding.end_tenure, name="end_tenure"),
    path("<int:pk>/term/", deciding.start_term, name="start_term"),
    path("<int:pk>/term/extend/", deciding.extend_term, name="extend_term"),
    path("<int:pk>/term/end/", deciding.end_term, name="end_term"),
]
