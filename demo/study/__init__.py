"""What the scores are worth: invented cities whose truth is known, surveyed over and over."""
