"""What a sample is: its strata and units, its weights and how they were made, its rows in domains."""
