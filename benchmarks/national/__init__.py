"""The whole country in slices."""
