"""Pages of the quality of records: they read input, call one query or action, and render."""
