"""What the public side sends: taken in whole, or not at all."""
