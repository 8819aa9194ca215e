"""What was answered, added up so that nobody is found in it: shown of `threshold` answers or more, each question apart.

A group with fewer answers to a question goes into one pool with the other such groups; the pool is shown where it
reaches the threshold itself, else nothing of it, and the line of all adds up what is shown and no more, so that no
difference of two lines tells what was held back. Groups that sign are shown as they are, and are in no other line.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from fairwrench.catalog.questionnaire import Questionnaire

#: what the pool of groups too small to be shown, and all shown groups together, are called in `Tally.group`
POOLED, ALL = "+", "*"
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Given:
    """One answer: of which group or department, under whose name (empty where it is not signed), and its values by
    question."""

    group: str
    name: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Tally:
    """The answers of a group to one question: how many, and how many chose each level of the scale."""

    question: str
    group: str
    counts: Mapping[str, int]
    points: Mapping[str, Decimal]
    satisfied: frozenset[str]

    @property
    def answers(self) -> int:
        """How many answered."""
        return sum(self.counts.values())

    @property
    def mean(self) -> Decimal:
        """The mean on a hundred, to one decimal, halves up: a figure to be read, which nothing is paid by."""
        whole = sum((self.points[level] * count for level, count in self.counts.items()), Decimal(0))
        return (whole / self.answers).quantize(_TENTH, ROUND_HALF_UP)

    @property
    def share(self) -> Decimal:
        """The satisfied of a hundred, likewise."""
        good = sum(count for level, count in self.counts.items() if level in self.satisfied)
        return (Decimal(100 * good) / self.answers).quantize(_TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Tallied:
    """What is shown of some answers: lines by question and group; what was said in words by question, each with the
    name of who signed, else without; and how many answers to each question are held back."""

    lines: list[Tally]
    words: Mapping[str, Sequence[tuple[str, str]]]
    held_back: Mapping[str, int] = field(default_factory=dict)


def tallied(questionnaire: Questionnaire, given: Iterable[Given]) -> Tallied:
    """Add answers up by question and group."""
    answers = list(given)
    lines: list[Tally] = []
    held_back: dict[str, int] = {}
    for question in questionnaire.on_scale:
        by_group = _counted(question, (each for each in answers if not each.name))
        shown, hidden = _shown(by_group, questionnaire.threshold)
        if len(shown) > 1:
            shown[ALL] = sum(shown.values(), Counter())
        if hidden:
            held_back[question] = hidden
        signed = _counted(question, (each for each in answers if each.name))
        lines += (_tally(questionnaire, question, group, counts) for group, counts in {**signed, **shown}.items())
    return Tallied(lines, _words(questionnaire, answers), held_back)


def _counted(question: str, answers: Iterable[Given]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in answers:
        if question in each.values:
            found[each.group][each.values[question]] += 1
    return dict(sorted(found.items()))


def _shown(by_group: Mapping[str, Counter[str]], threshold: int) -> tuple[dict[str, Counter[str]], int]:
    """The groups that are shown, with the pool, and how many answers are not."""
    shown = {group: counts for group, counts in by_group.items() if counts.total() >= threshold}
    pool = sum((counts for group, counts in by_group.items() if group not in shown), Counter[str]())
    if pool.total() >= threshold:
        return {**shown, POOLED: pool}, 0
    return shown, pool.total()


def _words(questionnaire: Questionnaire, answers: Sequence[Given]) -> dict[str, list[tuple[str, str]]]:
    """What was said in words, in the order of the letters: the order of answers would tell something. Of those who do
    not sign only where at least `threshold` wrote something."""
    found = {}
    for question in questionnaire.in_words:
        said = [(each.name, each.values[question]) for each in answers if question in each.values]
        signed, others = [each for each in said if each[0]], [each for each in said if not each[0]]
        shown = others if len(others) >= questionnaire.threshold else []
        if signed or shown:
            found[question] = sorted([*signed, *shown])
    return found


def _tally(questionnaire: Questionnaire, question: str, group: str, counts: Mapping[str, int]) -> Tally:
    scale = questionnaire.scale
    ordered = {level: counts[level] for level in scale if counts.get(level)}
    points = {level: told.points for level, told in scale.items()}
    return Tally(question, group, ordered, points, frozenset(key for key, told in scale.items() if told.satisfied))
