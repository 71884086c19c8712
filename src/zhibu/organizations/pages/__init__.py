"""The room's pages: they read input, call one query or action, and render."""
