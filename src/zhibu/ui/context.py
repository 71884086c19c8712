"""What every page's frame needs."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from zhibu.ui import navigation


class Frame:
    """Computed only when a template asks: a partial for htmx costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def sections(self) -> list[tuple[str, list[navigation.Link]]]:
        return navigation.sections(self.request)

    @property
    def phone_links(self) -> list[navigation.Link]:
        return [link for _, part in self.sections for link in part if link.phone][:4]

    @property
    def user_links(self) -> list[navigation.Link]:
        return list(navigation.links(self.request, navigation.USER_ITEMS))

    @property
    def home(self) -> str:
        return navigation.address("home") or "/"

    @property
    def sign_out(self) -> str | None:
        return navigation.address("accounts:sign_out")


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """``scope``: the reader's rights; ``frame``: navigation as this reader sees it."""
    return {"scope": getattr(request, "scope", None), "frame": Frame(request)}
