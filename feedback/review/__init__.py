"""The reviewer: what looks odd in ratings, decided by two people, counted in public."""
