"""The sides that make up a score besides the system's own data: who grades, with which share, on what evidence."""
