"""The interview as data: items, the path through them, the orders in which they are read."""
