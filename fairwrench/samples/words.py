"""What rosters call departments and positions."""

from __future__ import annotations

from fairwrench.settlement.scheme.scheme import Scheme


def words_of(scheme: Scheme) -> dict[str, str]:
    """Department and position ids with the scheme's Chinese names for them."""
    departments = {name: part.name.zh for name, part in scheme.departments.items() if part.name}
    return departments | {name: position.name.zh for name, position in scheme.positions.items()}
