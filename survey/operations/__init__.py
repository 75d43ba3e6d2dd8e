"""What happens on the independent side: load, decide by policy, store, write the ledger; never commit."""
