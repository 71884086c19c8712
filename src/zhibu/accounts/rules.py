"""Normal forms of what people type, and when an address has failed too often."""

import re
import unicodedata

FAILURES_PER_ADDRESS = 30
WINDOW_MINUTES = 15
USERNAME = re.compile(r"[a-z0-9._-]{2,64}")


def normal_username(text: str) -> str:
    """Half-width, lower case, trimmed; empty when it cannot be an account name."""
    name = unicodedata.normalize("NFKC", text).strip().lower()
    return name if USERNAME.fullmatch(name) else ""


def normal_code(text: str) -> str:
    """An activation code as it was printed, however it was typed (full-width, lower case, without hyphens)."""
    letters = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[^0-9A-Z]", "", letters)


def address_is_throttled(failures: int) -> bool:
    """Whether an address must wait: it failed too often within the window, for whichever accounts."""
    return failures >= FAILURES_PER_ADDRESS
