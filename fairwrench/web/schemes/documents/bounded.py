"""How much one document handed in may take to be checked or opened, and what is said where it takes more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source
from fairwrench.web.schemes.documents.amending import Amendment, amended
from fairwrench.web.schemes.documents.checking import Checked, Order, check, compiled
from fairwrench.web.ui.files.bounded import Bounds, GivenUp, Reading, preload, read_bounded, refusal
from fairwrench.web.ui.files.scratch import scratch

#: the page waits for it, so not for long: the shipped scheme takes a second
BOUNDS = Bounds(seconds=20, memory=1 << 30, written=16 << 20)
MEND = ("请检查是否有异常的数字、公式或嵌套", "look for odd numbers, formulas or nesting")

preload(check.__module__)
preload(amended.__module__)


def check_bounded(
    path: Path, name: str, sources: Mapping[str, Source], time_zone: str = "", *, bounds: Bounds = BOUNDS
) -> Checked:
    """`check_document` in a process of its own; Refused when that is given up."""
    told = _read(check, Order(path, name, dict(sources), time_zone), bounds)
    return Checked(told["name"], told["version"], _problems(told), told["compiled"])


def compile_bounded(path: Path, *, bounds: Bounds = BOUNDS) -> str:
    """A document that is kept already, compiled (`checking.compiled`); Refused where it cannot be opened any more."""
    told = _read(compiled, Order(path, path.name), bounds)
    if not told["compiled"]:
        raise Refused(_problems(told))
    return str(told["compiled"])


def amend_bounded(order: Amendment, *, bounds: Bounds = BOUNDS) -> str:
    """The text of a document with changes laid upon it; Refused where the document cannot be read."""
    told = _read(amended, order, bounds)
    if not told["text"]:
        raise Refused(_problems(told))
    return str(told["text"])


def _read(reading: Reading, order: Order | Amendment, bounds: Bounds) -> dict[str, Any]:
    with TemporaryDirectory(prefix="scheme-", dir=scratch()) as folder:
        try:
            return read_bounded(reading, order, Path(folder) / "read", bounds)
        except GivenUp as given_up:
            raise refusal(given_up, name=order.name, seconds=bounds.seconds, mend=MEND) from None


def _problems(told: dict[str, Any]) -> tuple[Problem, ...]:
    return tuple(Problem(**{**each, "path": tuple(each["path"])}) for each in told["problems"])
