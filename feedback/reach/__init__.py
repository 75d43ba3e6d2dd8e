"""Whether a number reaches anybody: questions, doubts, failures."""
