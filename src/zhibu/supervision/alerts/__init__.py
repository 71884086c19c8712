"""Alerts: rules in data say what deserves a look at an organization, the night raises and closes them."""
