"""The public side: residents ask, whoever is on duty answers, departments do their part."""
