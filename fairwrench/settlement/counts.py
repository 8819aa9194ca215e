"""Numbers of things in English sentences: 1 row is, 2 rows are. Chinese has one form for both."""

from __future__ import annotations


def number_of(count: int, noun: str, plural: str = "") -> str:
    """A number and what is counted: `1 row`, `1,200 rows`; `plural` where it is not the noun and an s."""
    return f"{count:,} {agreeing(count, noun, plural or f'{noun}s')}"


def agreeing(count: int, one: str, several: str) -> str:
    """The word that goes with a number of things: `is` with 1, `are` with all others."""
    return one if count == 1 else several
