"""Pages that open without an account for whoever has their address: a slip of a survey, a beneficiary's link."""

from __future__ import annotations

from django.http import HttpResponse


def for_bearer(answer: HttpResponse) -> HttpResponse:
    """Neither kept by anybody on the way, nor told to another site, nor to the log."""
    answer["Cache-Control"] = "private, no-store"
    # With no-referrer a browser without scripts sends a form with the origin "null", which is refused as forged.
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    # What is refused is usually written into the server's log with its address, and the address is the key.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
