"""The branch's ledger (台账): a year as one document, and who may read it from outside, for how long."""
