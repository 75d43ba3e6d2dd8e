"""Places beside each other: funnels, ranks, peers, many tests; rates of answers and of what was resolved."""
