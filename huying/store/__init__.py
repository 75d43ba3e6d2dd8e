"""The database: one engine a side, its rules, its revisions."""
