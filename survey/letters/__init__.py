"""Letters with codes, and what anybody may ask by one."""
