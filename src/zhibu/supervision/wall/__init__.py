"""The situation map on a wall: for office holders, and for a screen that was let in by a key."""
