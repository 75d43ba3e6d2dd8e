"""The deposit: the only file that leaves for the independent side."""

from feedback.operations.deposit.runs import LEDGER_SIGNING, RECIPIENT, SEALING, SIGNING, make, rotate

__all__ = ["LEDGER_SIGNING", "RECIPIENT", "SEALING", "SIGNING", "make", "rotate"]
