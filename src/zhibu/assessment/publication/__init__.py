"""From a computed result to a published one: notice to the assessed, appeals, final, published; honours rest on it."""
