"""Whoever pays sees the whole: all cases, counts by desk and community, who answers now, loads, figures."""
