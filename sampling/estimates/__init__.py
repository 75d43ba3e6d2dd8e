"""Figures of domains with their standard errors: by linearisation, by replication, by sums of pieces."""
