"""The page that a scan opens."""
