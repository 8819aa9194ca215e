"""A scheme checked as a whole: against the sources it counts, and its formulas in the dialect of an engine."""

from __future__ import annotations

from collections.abc import Callable

from fairwrench.catalog.loader import open_scheme
from fairwrench.settlement.check.check import check_scheme
from fairwrench.settlement.measure.measure import Engine, check_measure
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.settlement.scheme.scheme import Measure, Scheme
from fairwrench.settlement.source.dialect import Dialect
from fairwrench.settlement.source.source import Source


def wrong_formulas(dialect: Dialect) -> Callable[[Measure, Source], list[str]]:
    """The check of a measure's formulas for an engine's dialect."""

    def wrong(measure: Measure, source: Source) -> list[str]:
        return check_measure(measure, source, dialect)

    return wrong


def checked_scheme(name: str, sources: dict[str, Source], engine: Engine) -> tuple[Scheme, list[Problem]]:
    """The scheme with what is worth knowing about it; Refused with everything that is wrong."""
    opened = open_scheme(name)
    problems = opened.located(check_scheme(opened.scheme, sources, wrong_formulas(engine.dialect)))
    if errors(problems):
        raise Refused(problems)
    return opened.scheme, problems
