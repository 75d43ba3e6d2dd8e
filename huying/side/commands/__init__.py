"""The command line of a side: what both have, and one group around it."""
