"""The yearly organization life meeting (组织生活会) and the committees' democratic life meeting (民主生活会)."""
