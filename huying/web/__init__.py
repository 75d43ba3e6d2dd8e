"""What every page stands on: access, forms, the current request."""
