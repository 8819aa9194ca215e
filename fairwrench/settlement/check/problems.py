"""How checks of a document put down what they find: a code, a place, and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fairwrench.settlement.problem import Problem, Severity, nearest

Path = tuple[str | int, ...]


@dataclass
class ProblemList:
    """Problems in the order in which they were found."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, path: Path, zh: str, en: str, severity: Severity = "error") -> None:
        """Put down one problem."""
        self.problems.append(Problem(code, zh, en, severity, path))

    def warn(self, code: str, path: Path, zh: str, en: str) -> None:
        """Put down something that works but is worth a second look."""
        self.add(code, path, zh, en, "warning")

    def known(self, kind: tuple[str, str], word: str | None, words: Iterable[str], path: Path) -> bool:
        """Whether `word` is among `words`; if not, put it down with the nearest. `kind` is (zh, en); None is known."""
        words = list(words)
        if word is None or word in words:
            return True
        near = nearest(word, words)
        zh = f"没有名为“{word}”的{kind[0]}" + (f"；是否想写“{near}”？" if near else "")
        en = f"there is no {kind[1]} `{word}`" + (f"; did you mean `{near}`?" if near else "")
        self.add(f"unknown_{kind[1].replace(' ', '_')}", path, zh, en)
        return False
