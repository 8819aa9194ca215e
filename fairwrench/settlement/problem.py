"""A problem is data that a person can act on: what is wrong, where, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that somebody should know or mend.

    `code` is a stable English word for programs (`unknown_metric`); `zh` and `en` are whole sentences for people.
    `path` leads into a document (`("scorecards", "technician", "items", 2)`); `file`, `line` (1-based) are filled by
    whoever read the file. `subject` names the person, source or store concerned, where there is one.
    """

    code: str
    zh: str
    en: str
    severity: Severity = "error"
    path: tuple[str | int, ...] = ()
    file: str = ""
    line: int = 0
    subject: str = ""
    details: dict[str, str] = field(default_factory=dict, hash=False, compare=False)

    def text(self, lang: str = "en") -> str:
        """The sentence in `lang` (`zh` or `en`), led by its place when one is known."""
        place = self.place()
        return f"{place}: {self.zh if lang == 'zh' else self.en}" if place else (self.zh if lang == "zh" else self.en)

    def place(self) -> str:
        """`file:line path`, as far as known; empty when the problem has no place."""
        spot = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return " ".join(part for part in (spot, dotted(self.path)) if part)


class Refused(Exception):
    """Work that cannot be done as asked; carries every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text("en") for problem in self.problems))


def dotted(path: tuple[str | int, ...]) -> str:
    """A path as people read it: `scorecards.technician.items[2]`."""
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}"
    return words.lstrip(".")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, or an empty string when none is near."""
    # Half alike at least: a hint at something else altogether misleads more than none.
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return found[0] if found else ""


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that forbid going on."""
    return [problem for problem in problems if problem.severity == "error"]
