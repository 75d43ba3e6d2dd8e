"""Calls and interviews: claimed, led, settled, closed."""
