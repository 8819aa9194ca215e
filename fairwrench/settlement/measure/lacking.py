"""What a line lacks, as one text: sources and columns, each with its own cause where it is not the line's."""

from __future__ import annotations

from collections.abc import Iterable

_OTHER_CAUSE = "!"


def as_text(lacking: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The cause of a line and all that it lacks, from (place, cause) pairs; the cause is that of the first.

    A place is a source, or a column as `source.column`: `complaints,repair_orders!other_month`.
    """
    pairs = list(dict.fromkeys(lacking))
    cause = pairs[0][1] if pairs else ""
    return cause, ",".join(place if why == cause else f"{place}{_OTHER_CAUSE}{why}" for place, why in pairs)


def from_text(cause: str, lacks: str) -> list[tuple[str, str]]:
    """The (place, cause) pairs of a line."""
    parts = (part.partition(_OTHER_CAUSE) for part in lacks.split(",") if part)
    return [(place, why or cause) for place, _, why in parts]
