"""A witness of somebody's ledger: it signs that the ledger only ever grew, and keeps what says otherwise."""
