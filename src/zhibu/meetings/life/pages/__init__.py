"""Pages of the life meeting, by subject."""
