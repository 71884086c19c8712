"""Chosen actions (自选动作): what a branch does beyond its duties, proposed by itself, scored by a rubric."""
