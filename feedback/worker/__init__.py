"""A worker's own pages: cases, visits, lists."""
