"""Who holds a grid, from when to when."""
