"""The tables of the public side."""

from feedback.models.areas import AreaChange, AreaPast
from feedback.models.base import (
    ACCOUNTS,
    LEDGER,
    Account,
    AccountFailure,
    AccountLink,
    AccountSession,
    Area,
    Base,
    LogCheckpoint,
    LogEntry,
    LogNode,
    OutboxMessage,
    RecoveryCode,
    SecondFactor,
    SignIn,
)
from feedback.models.cases import Case, Rating, Step, Whistle
from feedback.models.deposits import DepositRun, ListRow, Visit, WorkerList
from feedback.models.imports import ImportFile, ImportRun, Remit
from feedback.models.people import Contact, Department, Duty, Fallback, Poster, Worker

__all__ = [
    "ACCOUNTS",
    "LEDGER",
    "Account",
    "AccountFailure",
    "AccountLink",
    "AccountSession",
    "Area",
    "AreaChange",
    "AreaPast",
    "Base",
    "Case",
    "Contact",
    "Department",
    "DepositRun",
    "Duty",
    "Fallback",
    "ImportFile",
    "ImportRun",
    "ListRow",
    "LogCheckpoint",
    "LogEntry",
    "LogNode",
    "OutboxMessage",
    "Poster",
    "Rating",
    "RecoveryCode",
    "Remit",
    "SecondFactor",
    "SignIn",
    "Step",
    "Visit",
    "Whistle",
    "Worker",
    "WorkerList",
]
