"""What is to be made into a PDF."""

from __future__ import annotations

from dataclasses import dataclass

#: the file that comes of it
PAPER = "paper.pdf"


@dataclass(frozen=True)
class Order:
    """What is to be made: pages of one document each, one after the other, in one style."""

    pages: tuple[str, ...]
    style: str
