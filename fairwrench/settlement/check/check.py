"""What a scheme says that cannot be meant: every problem at once, each with its path.

The models see to the form (types, one shape a curve, decimals); here it is the sense: words that name nothing, weights
that do not add up, curves against the grain, bands with gaps. Files and lines are filled in by whoever read the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import chain

from fairwrench.settlement.check.check_cards import check_cards
from fairwrench.settlement.check.check_pay import check_pay
from fairwrench.settlement.check.check_rules import check_rules
from fairwrench.settlement.check.problems import Path, ProblemList
from fairwrench.settlement.exact import VALUE_DIGITS
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Measure, Metric, Scheme
from fairwrench.settlement.source.source import Source

#: what is wrong with a measure's formulas, as sentences (`measure.check_measure` for one engine's dialect)
CheckMeasure = Callable[[Measure, Source], list[str]]


def check_scheme(
    scheme: Scheme, sources: Mapping[str, Source], check_measure: CheckMeasure | None = None
) -> list[Problem]:
    """Everything that is wrong with a scheme, errors first; an empty list of errors means that it can settle.

    `check_measure` looks at the text of formulas, which depends on the engine; without it they are not looked at.
    """
    found = ProblemList()
    for path, measure in measures_in(scheme):
        _check_measure(measure, path, sources, check_measure, found)
    for name, basis in scheme.pay.commission_basis.items():
        path = ("pay", "commission_basis", name, "measure")
        _check_measure(basis.measure, path, sources, check_measure, found)
    for name, metric in scheme.metrics.items():
        _check_metric(name, metric, scheme, found)
    _check_organisation(scheme, found)
    check_cards(scheme, found)
    check_rules(scheme, found)
    check_pay(scheme, found)
    _check_decimals(scheme, found)
    # `sorted` is stable: within a severity the order of the document stays.
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(found.problems, key=lambda problem: order[problem.severity])


def measures_in(scheme: Scheme) -> Iterator[tuple[Path, Measure]]:
    """Every measure of a scheme with its path."""
    for name, metric in scheme.metrics.items():
        yield ("metrics", name, "numerator"), metric.numerator
        if metric.denominator is not None:
            yield ("metrics", name, "denominator"), metric.denominator
    for position, plan in scheme.pay.commission.items():
        for line, body in plan.lines.items():
            yield ("pay", "commission", position, "lines", line, "measure"), body.measure


def _check_measure(
    measure: Measure, path: Path, sources: Mapping[str, Source], formulas: CheckMeasure | None, found: ProblemList
) -> None:
    if not found.known(("数据报表", "source"), measure.source, sources, (*path, "source")):
        return
    source = sources[measure.source]
    columns = [*source.columns, *source.derived_types]
    if measure.credit and found.known(("列", "column"), measure.credit, columns, (*path, "credit")):
        _expect(source, measure.credit, ("person",), (*path, "credit"), found)
    if found.known(("列", "column"), measure.date, columns, (*path, "date")):
        _expect(source, measure.date, ("date", "timestamp", "month"), (*path, "date"), found)
    for sentence in formulas(measure, source) if formulas else ():
        found.add("formula", path, f"公式有误：{sentence}", f"the formula is wrong: {sentence}")


def _expect(source: Source, column: str, kinds: tuple[str, ...], path: Path, found: ProblemList) -> None:
    kind = source.type_of(column)
    if kind not in kinds:
        words = "、".join(kinds), " or ".join(kinds)
        zh, en = f"列“{column}”是 {kind}，这里要 {words[0]}", f"column `{column}` is a {kind}; a {words[1]} is needed"
        found.add("column_type", path, zh, en)


def _check_metric(name: str, metric: Metric, scheme: Scheme, found: ProblemList) -> None:
    path: Path = ("metrics", name)
    found.known(("指标", "metric"), metric.independent, scheme.metrics, (*path, "independent"))
    for place, position in enumerate(metric.decided_by):
        found.known(("岗位", "position"), position, scheme.positions, (*path, "decided_by", place))
    if metric.thin_below and metric.denominator is None:
        zh, en = "没有分母的指标不存在样本不足", "a metric without a denominator is never thin"
        found.warn("thin_without_denominator", (*path, "thin_below"), zh, en)
    if not metric.reference and metric.default is None:
        zh, en = "没有条款出处；自定的数字请写 default: house", "no article; figures of our own say `default: house`"
        found.add("no_reference", path, zh, en, "note")


def _check_organisation(scheme: Scheme, found: ProblemList) -> None:
    """Positions lead to departments and scorecards that exist, and no word of a roster means two of them."""
    for name, position in scheme.positions.items():
        path: Path = ("positions", name)
        found.known(("部门", "department"), position.department, scheme.departments, (*path, "department"))
        found.known(("考核表", "scorecard"), position.scorecard, scheme.scorecards, (*path, "scorecard"))
        if position.scorecard is None:
            zh, en = "该岗位没有考核表，任职者不参加考核", "no scorecard: whoever holds this position is not assessed"
            # Who says why in a note has not forgotten it.
            found.add("no_scorecard", path, zh, en, "note" if position.note else "warning")
    _check_words("positions", {n: (n, p.name.zh, p.name.en, *p.aliases) for n, p in scheme.positions.items()}, found)
    _check_words(
        "departments", {n: (n, d.name.zh, d.name.en, *d.aliases) for n, d in scheme.departments.items()}, found
    )


def _check_words(block: str, words: Mapping[str, Iterable[str]], found: ProblemList) -> None:
    # A set for each: a Chinese name that is also the alias of the same position is no second meaning.
    uses = Counter(chain.from_iterable({word.casefold() for word in several} for several in words.values()))
    for name, several in words.items():
        for word in dict.fromkeys(word for word in several if uses[word.casefold()] > 1):
            zh, en = f"“{word}”同时指几个{_WORDS[block]}", f"`{word}` names more than one of the {block}"
            found.warn("ambiguous_word", (block, name), zh, en)


_WORDS = {"positions": "岗位", "departments": "部门"}


def _check_decimals(scheme: Scheme, found: ProblemList) -> None:
    """No figure has more decimals than are kept."""
    for path, number in _decimals(scheme.model_dump(by_alias=True), ()):
        # `Exact` fields have no bound of their own; a seventh decimal would stop a month that is being settled.
        try:
            exact = not number.is_finite() or number == round(number, VALUE_DIGITS)
        except InvalidOperation:
            found.add("number_too_large", path, "数值过大，无法精确计算", "a number so large is not exact")
            continue
        if not exact:
            zh, en = f"{number} 的小数超过{VALUE_DIGITS}位", f"{number} has more than {VALUE_DIGITS} decimals"
            found.add("too_many_decimals", path, zh, en)


def _decimals(part: object, path: Path) -> Iterator[tuple[Path, Decimal]]:
    if isinstance(part, Decimal):
        yield path, part
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from _decimals(value, (*path, key))
    elif isinstance(part, list | tuple):
        for place, value in enumerate(part):
            yield from _decimals(value, (*path, place))
