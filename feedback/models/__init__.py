"""The tables of the public side."""

from feedback.models.base import (
    LEDGER,
    Account,
    Area,
    Base,
    LogCheckpoint,
    LogEntry,
    LogNode,
    OutboxMessage,
)
from feedback.models.cases import Case, ImportRun, Rating, Step, Whistle
from feedback.models.deposits import DepositRun, ListRow, WorkerList
from feedback.models.people import Contact, Department, Duty, Fallback, Poster, Worker

__all__ = [
    "LEDGER",
    "Account",
    "Area",
    "Base",
    "Case",
    "Contact",
    "Department",
    "DepositRun",
    "Duty",
    "Fallback",
    "ImportRun",
    "ListRow",
    "LogCheckpoint",
    "LogEntry",
    "LogNode",
    "OutboxMessage",
    "Poster",
    "Rating",
    "Step",
    "Whistle",
    "Worker",
    "WorkerList",
]
