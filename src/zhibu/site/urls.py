"""Where each room's pages hang. A room's own addresses stand in its ``urls.py``."""

from django.urls import include, path

from zhibu.assessment.publication import opened
from zhibu.assessment.surveys.answering import slip
from zhibu.site import pages
from zhibu.supervision.wall.pages import enter_key, wall

urlpatterns = [
    path("", pages.home_page, name="home"),
    path("maintenance/", pages.maintenance, name="maintenance"),
    path("account/", include("zhibu.accounts.urls")),
    path("audit/", include("zhibu.audit.urls")),
    path("regulations/", include("zhibu.regulations.urls")),
    path("organizations/", include("zhibu.organizations.urls")),
    path("people/", include("zhibu.people.urls")),
    path("documents/", include("zhibu.documents.urls")),
    path("archive/", include("zhibu.archive.urls")),
    path("dues/", include("zhibu.dues.urls")),
    path("procedures/", include("zhibu.procedures.urls")),
    path("reminders/", include("zhibu.reminders.urls")),
    path("meetings/", include("zhibu.meetings.urls")),
    path("initiatives/", include("zhibu.initiatives.urls")),
    path("exchange/", include("zhibu.exchange.urls")),
    path("warehouse/", include("zhibu.warehouse.urls")),
    path("indicators/", include("zhibu.indicators.urls")),
    path("assessment/", include("zhibu.assessment.urls")),
    # Short, because it stands on paper and may have to be typed.
    path("s/<str:code>/", slip, name="slip"),
    # Open to everybody: what a university shows of itself has an address of its own.
    path("results/", opened.index, name="opened-results"),
    path("results/<int:pk>/", opened.result, name="opened-result"),
    path("wall/", wall, name="wall"),
    path("wall/key/", enter_key, name="wall-key"),
    path("supervision/", include("zhibu.supervision.urls")),
    path("", include("zhibu.ui.urls")),
]
handler400 = "zhibu.ui.errors.bad_request"
handler403 = "zhibu.ui.errors.forbidden"
handler404 = "zhibu.ui.errors.not_found"
handler500 = "zhibu.ui.errors.server_error"
