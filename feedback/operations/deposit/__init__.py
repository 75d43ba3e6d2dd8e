"""The deposit: the only file that leaves for the independent side."""

from feedback.operations.deposit.runs import RECIPIENT, SEALING, SIGNING, make, rotate

__all__ = ["RECIPIENT", "SEALING", "SIGNING", "make", "rotate"]
