"""Which department answers for what, and what a worker can do."""
