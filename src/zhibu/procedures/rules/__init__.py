"""Pure judgements over a state: what stands against a step on a day, and the earliest calendar of the rest."""
