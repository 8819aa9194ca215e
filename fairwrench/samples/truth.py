"""What is planted in a sample, so that a test can check that it is found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Truth:
    """The planted findings of a sample."""

    findings: list[object] = field(default_factory=list)
