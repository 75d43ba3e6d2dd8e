"""Grids split, merge, move and end."""
