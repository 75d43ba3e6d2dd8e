"""The field by command line: its end, its queue, its dials."""
