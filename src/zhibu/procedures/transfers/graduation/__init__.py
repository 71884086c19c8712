"""The graduation season: one table a class, from the destination to the receipt; those who stay, with their limits."""
