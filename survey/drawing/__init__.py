"""The draw, byte for byte: tables, commitments, tickets, log entries, answers and the published bundle."""
