"""Lines of commission plans that are named after what they are paid by, which the scheme says once for all plans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairwrench.catalog.document import Document, Path
from fairwrench.settlement.problem import Problem, nearest

#: what a line takes over from its basis where it does not say it itself; the unit is the basis's own affair
TAKEN = ("name", "measure", "of", "note", "reference")


def with_basis(document: Document) -> tuple[Document, list[Problem]]:
    """The document with each line of a plan laid upon the basis of its name, and what is named after none; its lines
    keep their places, what comes from the basis has the basis's."""
    bases = _mapping(_mapping(document.data.get("pay")).get("commission_basis"))
    places = dict(document.places)
    pay = _mapping(document.data.get("pay"))
    plans = {position: plan for position, plan in _mapping(pay.get("commission")).items()}
    problems: list[Problem] = []
    for position, name, line in _lines(plans):
        basis = _mapping(bases.get(name))
        if not basis and "measure" not in line:
            problems.append(_nameless(("pay", "commission", position, "lines", name), name, [*bases]))
        taken = {key: basis[key] for key in TAKEN if key in basis and key not in line}
        plan = plans[position]
        plans[position] = {**plan, "lines": {**plan["lines"], name: {**taken, **line}}}
        for path, place in document.places.items():
            if path[:3] == ("pay", "commission_basis", name) and path[3:4] and path[3] in taken:
                places.setdefault(("pay", "commission", position, "lines", name, *path[3:]), place)
    if not plans:
        return document, []
    return Document({**document.data, "pay": {**pay, "commission": plans}}, places), problems


def _nameless(path: Path, name: str, known: list[str]) -> Problem:
    near = nearest(name, known)
    zh = f"没有“{name}”这种提成依据" + (f"；是否想写“{near}”？" if near else "；请写 measure")
    en = f"nothing called `{name}` is paid by" + (f"; did you mean `{near}`?" if near else "; give its `measure`")
    return Problem("unknown_word", zh, en, path=path)


def _lines(plans: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Position, name and line of every well-formed line."""
    for position, plan in list(plans.items()):
        for name, line in _mapping(_mapping(plan).get("lines")).items():
            if isinstance(line, dict):
                yield position, name, line


def _mapping(part: Any) -> dict[str, Any]:
    return part if isinstance(part, dict) else {}
