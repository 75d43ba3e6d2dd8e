"""What every page of the independent side shares."""
