"""Brings the output that pages quote up to date: each quoted line becomes the line most like it that is said now."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path

from docs.making.pages import ELISION, Command, commands, same
from docs.making.running import Workplace

#: less alike is another line, which a person has to choose
ALIKE = 0.55


def renew(page: Path, place: Workplace) -> list[str]:
    """Rewrite the quotes of a page; returns quoted lines for which nothing alike was said."""
    lines = page.read_text(encoding="utf-8").splitlines()
    lost: list[str] = []
    place.prepare(page)
    for command in commands(page):
        result = place.run(command)
        if result and command.quoted:
            lost += _renew(command, result.output.splitlines(), lines)
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lost


def _renew(command: Command, said: list[str], lines: list[str]) -> list[str]:
    lost, at = [], 0
    for quote in command.quoted:
        where = lines.index(quote, command.line)
        if quote.strip() == ELISION:
            continue
        found = _likest(quote, said, at)
        if found is None:
            lost.append(f"{quote} [{command.text}: {said[:1]}]")
            continue
        at = found + 1
        if not same(quote, said[found]):
            lines[where] = _cut(said[found].rstrip(), quote)
    return lost


def _likest(quote: str, said: list[str], at: int) -> int | None:
    exact = next((n for n in range(at, len(said)) if same(quote, said[n])), None)
    if exact is not None:
        return exact
    bare = _bare(quote.removesuffix(ELISION))
    ratios = [(SequenceMatcher(None, bare, _bare(said[n])[: len(bare) + 20]).ratio(), -n) for n in range(at, len(said))]
    best, place = max(ratios, default=(0.0, 0))
    return -place if best >= ALIKE else None


def _bare(line: str) -> str:
    return re.sub(r"\d", "0", line)


def _cut(line: str, quote: str) -> str:
    """The new line, cut after as many words as the quote."""
    words = [word.end() for word in re.finditer(r"\S+", line)]
    kept = len(quote.removesuffix(ELISION).split())
    return f"{line[: words[kept - 1]]} {ELISION}" if quote.endswith(ELISION) and kept < len(words) else line
