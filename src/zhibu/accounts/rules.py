"""Normal forms of what people type, where a request comes from, and when an address has failed too often."""

import re
import unicodedata
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

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


def client_address(peer: str, forwarded: str, trusted: Sequence[IPv4Network | IPv6Network]) -> str:
    """The address a request comes from: the peer's or, if that is a trusted proxy's, the one that proxy vouches for.

    Each proxy adds to the right of X-Forwarded-For the address it was asked from. So the chain is followed from the
    right for as long as its links are trusted; whatever stands further left was written by the client itself.
    """
    client = _address(peer)
    if client is None:
        return peer
    for text in reversed(forwarded.split(",")):
        if not any(client in network for network in trusted):
            break
        before = _address(text.strip())
        if before is None:
            break
        client = before
    return str(client)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """None for what is no address; an IPv4 address that a socket for IPv6 reports (``::ffff:10.0.0.5``) is IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
