"""The town of the operations' tests, for what is printed of it."""

from tests.feedback.operations.conftest import town

__all__ = ["town"]
