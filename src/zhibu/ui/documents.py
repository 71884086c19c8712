"""HTML to PDF. Nothing is fetched: a document that names a network address is refused, not silently incomplete."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

STYLE = Path(__file__).parent / "print" / "document.css"


class NetworkRefused(ValueError):
    """The document asked for an address outside itself."""


def html_to_pdf(html: str, *, landscape: bool = False) -> bytes:
    """A4 with page numbers, in the CJK font of the machine. Pictures and fonts may only be ``data:`` addresses."""
    from weasyprint import CSS

    turned = [CSS(string="@page { size: A4 landscape }", url_fetcher=_closed())] if landscape else []
    return bytes(_laid_out(html, turned).write_pdf())


def bind_pdf(cover: Callable[[int], str], parts: Iterable[str]) -> bytes:
    """Several documents as one, their pages numbered through; ``cover`` is written knowing how many pages there are.

    For what has hundreds of pages: the parts are taken one by one, so that whoever yields them can tell how far it is.
    Python's search for unused cycles is put off meanwhile: it goes through millions of living boxes in vain, for a
    seventh of the time.
    """
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts, searching = FontConfiguration(), gc.isenabled()
    gc.disable()
    try:
        front = len(_laid_out(cover(0), (), fonts).pages)
        pages: list[Any] = []
        for part in parts:
            start = f"@page:first {{ counter-reset: page {front + len(pages)} }}"
            one = f"@page {{ @bottom-right {{ content: counter(page) }} }} {start}"
            pages += _laid_out(part, [CSS(string=one, url_fetcher=_closed())], fonts).pages
        whole = _laid_out(cover(front + len(pages)), (), fonts)
        return bytes(whole.copy([*whole.pages, *pages]).write_pdf())
    finally:
        if searching:
            gc.enable()


def _laid_out(html: str, styles: Iterable[Any], fonts: Any = None) -> Any:
    # Imported late: it takes half a second, and few requests make a document.
    from weasyprint import CSS, HTML
    from weasyprint.urls import FatalURLFetchingError

    fetcher = _closed()
    house = CSS(string=STYLE.read_text(encoding="utf-8"), url_fetcher=fetcher)
    try:
        return HTML(string=html, url_fetcher=fetcher).render(stylesheets=[house, *styles], font_config=fonts)
    except FatalURLFetchingError as refused:
        raise NetworkRefused(str(refused)) from None


@cache
def _closed() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Closed(URLFetcher):
        """Lets ``data:`` through. Anything else ends the rendering, where weasyprint would leave a gap and go on."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith("data:"):
                raise FatalURLFetchingError(f"Documents may only embed data: addresses, not {url[:80]}.")
            return super().fetch(url, headers)

    return Closed(allowed_protocols=("data",))


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """A template as PDF. ``landscape`` in the context turns the page; ``mark`` goes into every page's foot."""
    return html_to_pdf(render_to_string(template, context), landscape=bool(context.get("landscape")))
