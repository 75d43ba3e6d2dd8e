"""What every page of the public side shares: lookups, fields, labels, first pages."""
