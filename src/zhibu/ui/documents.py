"""HTML to PDF. Nothing is fetched: a document that names a network address is refused, not silently incomplete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

STYLE = Path(__file__).parent / "print" / "document.css"


class NetworkRefused(ValueError):
    """The document asked for an address outside itself."""


def html_to_pdf(html: str, *, landscape: bool = False) -> bytes:
    """A4 with page numbers, in the CJK font of the machine. Pictures and fonts may only be ``data:`` addresses."""
    # Imported late: it takes half a second, and few requests make a document.
    from weasyprint import CSS, HTML
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Closed(URLFetcher):
        """Lets ``data:`` through. Anything else ends the rendering, where weasyprint would leave a gap and go on."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith("data:"):
                raise FatalURLFetchingError(f"Documents may only embed data: addresses, not {url[:80]}.")
            return super().fetch(url, headers)

    fetcher = Closed(allowed_protocols=("data",))
    turned = [CSS(string="@page { size: A4 landscape }", url_fetcher=fetcher)] if landscape else []
    styles = [CSS(string=STYLE.read_text(encoding="utf-8"), url_fetcher=fetcher), *turned]
    try:
        return HTML(string=html, url_fetcher=fetcher).write_pdf(stylesheets=styles)
    except FatalURLFetchingError as refused:
        raise NetworkRefused(str(refused)) from None


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """A template as PDF. ``landscape`` in the context turns the page; ``mark`` goes into every page's foot."""
    return html_to_pdf(render_to_string(template, context), landscape=bool(context.get("landscape")))
