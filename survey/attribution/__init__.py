"""Whose hours they were: from deposits and drawn calls to worker, department and street side by side."""
