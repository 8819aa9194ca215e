"""Answers added up: figures by hand, and no line or difference of lines that tells who said what."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from fairwrench.web.surveys.questionnaires import questionnaires
from fairwrench.web.surveys.results.tallied import ALL, POOLED, Given, Tallied, tallied

REVIEW = questionnaires()["review_360"]
#: a level of the scale each, and what it comes to
POINTS = {"always": 100, "mostly": 80, "sometimes": 60, "seldom": 30}


def said(group: str, *levels: str, name: str = "") -> list[Given]:
    """Answers of a group to the question of all in all."""
    return [Given(group, name, {"overall": level}) for level in levels]


def lines(found: Tallied, question: str = "overall") -> dict[str, tuple[int, Decimal, Decimal]]:
    """Group → answers, mean, satisfied."""
    return {each.group: (each.answers, each.mean, each.share) for each in found.lines if each.question == question}


def test_means_and_shares_are_exact() -> None:
    """Breaks if a mean is not that of the points, or a half is not rounded up."""
    found = tallied(REVIEW, said("peers", "always", "always", "sometimes", "seldom"))
    # (100 + 100 + 60 + 30) / 4 = 72.5; two of four
    assert lines(found) == {"peers": (4, Decimal("72.5"), Decimal("50.0"))}
    found = tallied(REVIEW, said("peers", "always", "mostly", "mostly"))
    # 260 / 3 = 86.66…; three of three
    assert lines(found) == {"peers": (3, Decimal("86.7"), Decimal("100.0"))}


def test_too_few_are_pooled_and_else_held_back() -> None:
    """Breaks if a group below the threshold is shown, or can be had by taking one line from another."""
    few = [*said("peers", "always", "always", "mostly", "seldom"), *said("reports", "seldom", "seldom")]
    found = tallied(REVIEW, few)
    assert lines(found) == {"peers": (4, Decimal("77.5"), Decimal("75.0"))}
    assert found.held_back == {"overall": 2}
    found = tallied(REVIEW, [*few, *said("departments", "always")])
    # reports and departments together: (30 + 30 + 100) / 3
    assert lines(found) == {
        "peers": (4, Decimal("77.5"), Decimal("75.0")),
        POOLED: (3, Decimal("53.3"), Decimal("33.3")),
        ALL: (7, Decimal("67.1"), Decimal("57.1")),
    }
    assert found.held_back == {}


def test_each_question_has_a_threshold_of_its_own() -> None:
    """Breaks if a question that only one of four answered shows that one's answer."""
    answers = [Given("peers", "", {"overall": "always"}) for _ in range(3)]
    answers += [Given("peers", "", {"overall": "mostly", "leading": "seldom"})]
    found = tallied(REVIEW, answers)
    assert lines(found, "leading") == {} and found.held_back == {"leading": 1}
    assert lines(found)["peers"][0] == 4


def test_who_signs_stands_apart() -> None:
    """Breaks if what the manager says goes into the line of all, where taking it off would leave the others."""
    found = tallied(REVIEW, [*said("superior", "seldom", name="何主管"), *said("peers", "always", "always", "always")])
    assert lines(found) == {
        "superior": (1, Decimal("30.0"), Decimal("0.0")),
        "peers": (3, Decimal("100.0"), Decimal("100.0")),
    }


def test_words_are_shown_without_whose_they_are_and_only_of_enough() -> None:
    """Breaks if two writers can tell each other's words, or words come in the order of the answers."""
    wrote = [Given("peers", "", {"overall": "always", "better": words}) for words in ("乙", "甲")]
    assert tallied(REVIEW, wrote).words == {}
    signed = Given("superior", "何主管", {"overall": "always", "better": "丁"})
    assert tallied(REVIEW, [*wrote, signed]).words == {"better": [("何主管", "丁")]}
    wrote.append(Given("reports", "", {"overall": "always", "better": "丙"}))
    assert tallied(REVIEW, wrote).words == {"better": [("", "丙"), ("", "乙"), ("", "甲")]}


@given(
    st.lists(
        st.tuples(st.sampled_from(["peers", "reports", "departments"]), st.sampled_from(sorted(POINTS))), max_size=14
    )
)
def test_no_sum_or_difference_of_lines_is_of_fewer_than_the_threshold(answers: list[tuple[str, str]]) -> None:
    """Breaks if adding or taking away shown lines leaves the answers of fewer people than may be shown."""
    found = tallied(REVIEW, [Given(group, "", {"overall": level}) for group, level in answers])
    shown = {each.group: Counter(dict(each.counts)) for each in found.lines}
    parts = [counts for group, counts in shown.items() if group != ALL]
    total = shown.get(ALL, parts[0] if parts else Counter())
    for size in range(len(parts) + 1):
        for some in combinations(parts, size):
            left = total.total() - sum(each.total() for each in some)
            assert left == 0 or left >= REVIEW.threshold
    assert sum(each.total() for each in parts) + sum(found.held_back.values()) == len(answers)
