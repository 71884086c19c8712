"""Whole days in a real browser."""

from tests.browser import browser, desk, phone

__all__ = ["browser", "desk", "phone"]
