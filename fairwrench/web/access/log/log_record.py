"""What the audit log says of a kind of record: each app declares its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words


def _by_itself(record: Any) -> str:
    return str(record)


@dataclass(frozen=True)
class LogRecord:
    """A kind of record (`model`: its name in small letters): what it is called, how one of it is said, what is read
    along so that its name takes no query of its own, fields that are called otherwise in it than elsewhere, codes that
    no model says in words, and fields whose values only auditors read: what is said of a person."""

    model: str
    words: Words
    says: Callable[[Any], str] = _by_itself
    along: tuple[str, ...] = ()
    fields: Mapping[str, Words] = field(default_factory=dict)
    codes: Mapping[str, Words] = field(default_factory=dict)
    confidential: tuple[str, ...] = ()


@dataclass(frozen=True)
class Called:
    """What kinds of file, metrics or items are called, by their ids."""

    names: Callable[[], Mapping[str, Words]]


def log_records() -> Mapping[str, LogRecord]:
    """Every kind of record that the log tells of, by its model."""
    return {record.model: record for record in declared(LogRecord)}


def codes_said() -> Mapping[str, Words]:
    """Every code that some kind of record has."""
    return {code: words for record in declared(LogRecord) for code, words in record.codes.items()}
