"""Reports of a release on paper: what they say, taken from the release alone."""
