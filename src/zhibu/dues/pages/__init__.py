"""Pages of dues: they read input, call one action or query, and render."""
