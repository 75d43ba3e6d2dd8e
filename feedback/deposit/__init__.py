"""The one file that passes to the independent side."""
