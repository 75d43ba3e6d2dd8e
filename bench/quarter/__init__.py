"""A quarter of a district, invented: its people act through the product's own operations."""
