"""A case from its opening to the resident's word."""
