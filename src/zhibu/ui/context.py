"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """``scope`` for templates: the reader's rights decide which entries of the navigation are shown."""
    return {"scope": getattr(request, "scope", None)}
