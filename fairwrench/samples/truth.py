"""What is planted in a sample, so that a test can check that it is found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

import yaml

from fairwrench.samples.exports import Place

Expected = str | int | bool | None | list[str] | dict[str, str]


@dataclass(slots=True)
class Finding:
    """One planted thing.

    `kind` says what it is (`award_run`, `bad_vin`, …), `month` the month whose folder or settlement shows it, `people`
    and `keys` whom and which rows it concerns (key columns joined by `|`). `expect` is what a settlement or an intake
    should make of it. `places` are the rows in the files, filled in when they were written.
    """

    kind: str
    month: str
    store: str = ""
    people: list[str] = field(default_factory=list)
    source: str = ""
    keys: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    expect: dict[str, Expected] = field(default_factory=dict)
    why: str = ""


@dataclass(slots=True)
class Truth:
    """The planted findings of a sample, and how it was made."""

    seed: int
    stores: list[str]
    months: list[str]
    findings: list[Finding] = field(default_factory=list)

    def of(self, kind: str) -> list[Finding]:
        """The findings of a kind."""
        return [finding for finding in self.findings if finding.kind == kind]

    def one(self, kind: str) -> Finding:
        """The only finding of a kind; ValueError when there is none or more."""
        (found,) = self.of(kind)
        return found

    def write(self, path: Path) -> None:
        """Write everything as YAML, empty fields left out."""
        document = asdict(self)
        document["findings"] = [_filled(finding) for finding in document["findings"]]
        with path.open("w", encoding="utf-8") as file:
            yaml.safe_dump(document, file, allow_unicode=True, sort_keys=False, width=120)


def _filled(finding: dict[str, object]) -> dict[str, object]:
    # Not by being false: an expectation of 0 or `false` is one.
    return {name: value for name, value in finding.items() if value not in ("", [], {})}
