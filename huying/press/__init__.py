"""What is set on paper: the one font of everything printed, and the process that sets a page."""
