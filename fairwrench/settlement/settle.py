"""The main line: measures → points → grades → pay → standing, for one month."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import Case
from fairwrench.settlement.doubts.conflict import conflicts, for_oneself
from fairwrench.settlement.doubts.doubtful import doubtful
from fairwrench.settlement.doubts.ineffective_decisions import aimless, in_two_words, uncounted, unheeded
from fairwrench.settlement.doubts.leave import doubtful_leave
from fairwrench.settlement.doubts.teams import doubtful_teams
from fairwrench.settlement.grade.grade import shares
from fairwrench.settlement.grade.lateness import lateness
from fairwrench.settlement.grade.period_results import period_results
from fairwrench.settlement.inputs import recorded_inputs
from fairwrench.settlement.inputs.eligibility import Assessed, assess
from fairwrench.settlement.inputs.recorded_inputs import Recorded
from fairwrench.settlement.measure.measure import Engine, Evidence
from fairwrench.settlement.measure.values import MeasuredFacts
from fairwrench.settlement.pay.pay import PayResult
from fairwrench.settlement.pay.pay_inputs import pay_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.score.score import lines, totals
from fairwrench.settlement.stages import grades, measured, standing_of, unexplained, without_excluded


@dataclass(frozen=True)
class Settlement:
    """One settled month and every step behind it.

    `totals`: one row a person in service; `lines`: one an item of a person; `pay`: one a person assessed, in fen;
    `steps`: how each amount came about; `standing`: what the run of grades leads to; `shares`: grades against their
    expected shares; `periods`: the quarter and year that end with the month; `found`: the cells and recorded evidence
    that lines were scored from.
    """

    month: Month
    scheme: Scheme
    totals: pl.DataFrame
    lines: pl.DataFrame
    pay: pl.DataFrame
    steps: pl.DataFrame
    standing: pl.DataFrame
    shares: pl.DataFrame
    periods: pl.DataFrame
    problems: tuple[Problem, ...] = ()
    #: None when the settlement was read back from its records
    found: MeasuredFacts | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Outcome:
    """What a month comes to: `totals`, `pay` and its `steps` as a Settlement has them, and nothing told beside them."""

    month: Month
    scheme: Scheme
    totals: pl.DataFrame
    pay: pl.DataFrame
    steps: pl.DataFrame


@dataclass(frozen=True)
class _Worked:
    """The figures of a month with what they were worked out from; nothing after them changes one."""

    assessed: Assessed
    evidence: Evidence
    said: Recorded
    people: pl.DataFrame
    found: MeasuredFacts
    scored: pl.DataFrame
    graded: pl.DataFrame
    paid: PayResult


def outcome(case: Case, engine: Engine) -> Outcome:
    """The figures of a month alone, for whoever tries a scheme: the case's history is not read."""
    worked = _worked_out(case, engine)
    return Outcome(case.evidence.month, case.scheme, worked.graded, worked.paid.frame, worked.paid.steps)


def settle(case: Case, engine: Engine) -> Settlement:
    """Settle one month. The same case gives the same result on every engine."""
    scheme, month = case.scheme, case.evidence.month
    worked = _worked_out(case, engine)
    said, found, scored, graded, paid = worked.said, worked.found, worked.scored, worked.graded, worked.paid
    # 3. What follows from the grades; nothing below changes a figure above.
    standing = standing_of(case, graded, said)
    spread = shares(graded.filter(pl.col("score").is_not_null()), scheme.bands, scheme.distribution)
    periods = period_results(case, graded)
    # 4. What should be known, in the order of the work.
    problems = (
        *worked.assessed.problems,
        *said.problems,
        *conflicts(scheme, worked.people, found.teams),
        *for_oneself(said, str(month)),
        *unheeded(said, graded, scored, scheme),
        *uncounted(found.ratings, scored, graded.filter(pl.col("reason").is_null()), scheme),
        *in_two_words(found.ratings, graded.filter(pl.col("reason").is_null()), scheme),
        *aimless(said.targets, case.roster, scheme),
        *unexplained(spread, said, month),
        *doubtful(scored, graded, found),
        *doubtful_leave(case, engine, worked.evidence),
        *doubtful_teams(found),
        *lateness(case, engine, worked.evidence),
        *paid.problems,
    )
    return Settlement(month, scheme, graded, scored, paid.frame, paid.steps, standing, spread, periods, problems, found)


def _worked_out(case: Case, engine: Engine) -> _Worked:
    scheme, month = case.scheme, case.evidence.month
    assessed = assess(case.roster, scheme, month)
    # 1. What people agreed and decided comes first: exemptions change what is measured, exclusions who is.
    evidence = recorded_inputs.with_exemptions(engine, case.evidence, scheme)
    said = recorded_inputs.read(scheme, engine, evidence)
    people = without_excluded(assessed.people, said, month)
    # 2. Measured for everybody in service, scored for those assessed: rows of the others count for team and store.
    found = measured(case, evidence, engine, people, said)
    scored = lines(people.filter(pl.col("reason").is_null()), found)
    graded = grades(people, totals(scored, scheme.bands, scheme.eligibility), said, scheme, month)
    return _Worked(assessed, evidence, said, people, found, scored, graded, pay_of(case, graded, found, said))
