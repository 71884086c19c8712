"""Talks (谈心谈话): private between the two; that one took place is a fact, what was said is not."""
