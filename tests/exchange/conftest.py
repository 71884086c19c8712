"""The room's tests drive a real browser once."""

from tests.browser import browser, desk, phone

__all__ = ["browser", "desk", "phone"]
