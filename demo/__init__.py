"""A synthetic city whose truth is known; it starts both sides and carries the deposit between them."""
