"""The quality of a record, explained: six plain formulas with their evidence, what it shares with earlier ones,
official documents, what reviewers overruled. Nothing here counts words or photographs, or judges what somebody said.
"""
