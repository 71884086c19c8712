"""The workshop of schemes: drafts, weights by several methods, and what a draft would change before it is adopted."""
