"""What the public side does: each operation loads, decides by policy, stores and writes the ledger."""
