"""The ledger of a branch-year as one file: 120 records, everything in them."""
