"""Where each room's pages hang. A room's own addresses stand in its ``urls.py``."""

from django.urls import include, path

urlpatterns = [
    path("", include("zhibu.site.home")),
    path("account/", include("zhibu.accounts.urls")),
    path("audit/", include("zhibu.audit.urls")),
    path("regulations/", include("zhibu.regulations.urls")),
    path("organizations/", include("zhibu.organizations.urls")),
    path("people/", include("zhibu.people.urls")),
    path("meetings/", include("zhibu.meetings.urls")),
    path("exchange/", include("zhibu.exchange.urls")),
    path("warehouse/", include("zhibu.warehouse.urls")),
    path("indicators/", include("zhibu.indicators.urls")),
    path("assessment/", include("zhibu.assessment.urls")),
    path("", include("zhibu.ui.urls")),
]
