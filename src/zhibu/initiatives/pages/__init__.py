"""Pages: they read input, call one query or action, and show."""
