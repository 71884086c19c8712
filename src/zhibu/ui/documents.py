"""HTML to PDF. Nothing is fetched: a document that names a network address is refused, not silently incomplete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

STYLE = Path(__file__).parent / "print" / "document.css"


class NetworkRefused(ValueError):
    """The document asked for an address outside itself."""


def refuse_network(url: str, *args: Any, **kwargs: Any) -> Any:
    """The fetcher given to weasyprint: pictures and fonts may only be ``data:`` addresses."""
    from weasyprint import default_url_fetcher

    if url.startswith("data:"):
        return default_url_fetcher(url, *args, **kwargs)
    raise NetworkRefused(f"Documents may only embed data: addresses, not {url[:80]}.")


def html_to_pdf(html: str, *, landscape: bool = False) -> bytes:
    """A4 with page numbers, in the CJK font of the machine."""
    # Imported late: it takes half a second, and few requests make a document.
    from weasyprint import CSS, HTML

    turned = [CSS(string="@page { size: A4 landscape }", url_fetcher=refuse_network)] if landscape else []
    styles = [CSS(string=STYLE.read_text(encoding="utf-8"), url_fetcher=refuse_network), *turned]
    return HTML(string=html, url_fetcher=refuse_network).write_pdf(stylesheets=styles)


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """A template as PDF. ``landscape`` in the context turns the page; ``mark`` goes into every page's foot."""
    return html_to_pdf(render_to_string(template, context), landscape=bool(context.get("landscape")))
