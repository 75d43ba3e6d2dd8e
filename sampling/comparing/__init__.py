"""Places beside each other: funnels, ranks, peers, many tests; and rates: answered, resolved, standardised."""
