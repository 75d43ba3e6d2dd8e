"""What offices bring as files."""
