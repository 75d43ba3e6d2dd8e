"""What lists, reports and people who chose to speak are wrong by."""
