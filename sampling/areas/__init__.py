"""Small areas: figures of places with too few answers of their own."""
