"""A small wave that a visitor plays: seals a part, throws dice, answers for households, checks the bundle."""
