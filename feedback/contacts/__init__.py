"""Whom do I call now?"""
