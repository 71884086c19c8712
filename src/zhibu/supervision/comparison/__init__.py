"""An organization beside those of the same category and size (横向比较). Organizations only, and no place numbers."""
