"""The places for signatures under a document as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairwrench.web.org.models import Employee


@dataclass(frozen=True)
class Place:
    """One place for a signature: whose it is, and the signature where there is one; `fits`: it stands under what the
    document says now."""

    words: str
    person: Employee | None
    signature: Any
    fits: bool

    @property
    def at(self) -> datetime | None:
        """When it was signed."""
        return self.signature.at if self.signature else None


def places_of(people: Mapping[Any, Employee | None], given: Iterable[Any], facts: str) -> list[Place]:
    """The places in the order of `people` (capacity → whose place it is), filled with the signatures `given`."""
    found = {each.capacity: each for each in given}
    return [
        Place(str(capacity.label), person, signed, _fits(signed, facts))
        for capacity, person in people.items()
        for signed in (found.get(capacity),)
    ]


def _fits(signature: Any, facts: str) -> bool:
    return signature is not None and signature.document is not None and signature.document.facts == facts
