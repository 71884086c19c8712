"""What can be asked of the folders. ``scope`` comes first; one's own folder shows only what `Reading.OWN` allows."""

from zhibu.archive.queries.folders import (
    Folder,
    asked_of,
    folder,
    folders,
    incomplete,
    lacking_of,
    looks,
    looks_at,
    waiting,
)
from zhibu.archive.queries.papers import (
    colleagues,
    damaged,
    document,
    documents,
    held_kinds,
    of_organizations,
    place_of,
    readable,
    same_content,
    somebody_else,
    strays,
    versions,
    was_tied_to,
)

__all__ = [
    "Folder", "asked_of", "colleagues", "damaged", "document", "documents", "folder", "folders", "held_kinds",
    "incomplete", "lacking_of", "looks", "looks_at", "of_organizations", "place_of", "readable", "same_content",
    "somebody_else", "strays", "versions", "waiting", "was_tied_to",
]  # fmt: skip
