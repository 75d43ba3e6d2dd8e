"""The deposit: the only file that leaves for the independent side."""

from feedback.deposit.operations import RECIPIENT, SEALING, SIGNING, make, rotate

__all__ = ["RECIPIENT", "SEALING", "SIGNING", "make", "rotate"]
