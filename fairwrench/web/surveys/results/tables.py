"""What was answered, question by question and group by group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fairwrench.catalog.questionnaire import Questionnaire
from fairwrench.web.surveys.results.tallied import ALL, POOLED, Tallied
from fairwrench.web.ui.tables.columns import Column, CountColumn, LongColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import Words, joined, of

#: groups of the tally that are no groups of people
_TOGETHER: Mapping[str, Words] = {ALL: ("合计", "All"), POOLED: ("其余合并", "The rest together")}


@dataclass(frozen=True)
class Line:
    """One line: the question, who answered, how many, the mean on a hundred, the satisfied, how it is spread."""

    question: str
    group: str
    answers: int
    mean: Decimal
    share: Decimal
    spread: str


def lines_of(questionnaire: Questionnaire, tallied: Tallied, groups: Mapping[str, Words]) -> Iterator[Line]:
    """The lines of a tally in words; `groups` are the names of its groups."""
    for each in tallied.lines:
        levels = (f"{of(questionnaire.scale[level].name)} {count}" for level, count in each.counts.items())
        question = of(questionnaire.questions[each.question].name)
        yield Line(question, _called(each.group, groups), each.answers, each.mean, each.share, joined(levels))


@dataclass(frozen=True)
class Asked:
    """One question at a glance: the mean of all, and of each group with how many answered."""

    question: str
    mean: Decimal | None
    groups: list[tuple[str, Decimal, int]]


def at_a_glance(questionnaire: Questionnaire, tallied: Tallied, groups: Mapping[str, Words]) -> list[Asked]:
    """The questions in order; `mean` is of everybody who did not sign, where that is shown."""
    found = []
    for key in questionnaire.on_scale:
        lines = [each for each in tallied.lines if each.question == key]
        whole = next((each.mean for each in lines if each.group == ALL), None)
        parts = [(_called(each.group, groups), each.mean, each.answers) for each in lines if each.group != ALL]
        found.append(Asked(of(questionnaire.questions[key].name), whole, parts))
    return found


def _called(group: str, groups: Mapping[str, Words]) -> str:
    return of(_TOGETHER.get(group) or groups.get(group) or group)


class Tallies(Table):
    """The lines of one store or person."""

    question = LongColumn("问题", "Question", orderable=False)
    group = Column("评价人", "By whom", orderable=False)
    answers = CountColumn("份数", "Answers", orderable=False)
    mean = Column("平均（百分制）", "Mean of 100", orderable=False)
    share = Column("满意占比", "Satisfied", orderable=False)
    spread = LongColumn("分布", "How it is spread", orderable=False)
    stacks = True

    def __init__(self, data: Iterable[Line], **options: Any) -> None:
        super().__init__(data, **options)

    def render_mean(self, value: Decimal) -> str:
        """86.7."""
        return f"{value:f}"

    def render_share(self, value: Decimal) -> str:
        """83.3%."""
        return f"{value:f}%"
