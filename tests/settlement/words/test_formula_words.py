"""Formulas in words: what each piece is called, that nothing of a formula is lost, and that brackets keep its sense."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.engines.duckdb import DIALECT
from fairwrench.settlement.exact import plain
from fairwrench.settlement.source.dialect import Clock
from fairwrench.settlement.source.expression import FUNCTIONS
from fairwrench.settlement.source.formula import AGGREGATES, parse_aggregate, parse_condition
from fairwrench.settlement.source.source import Source
from fairwrench.settlement.words.formula_words import condition_words, spaced, value_words

#: column → type, and what it is called; no name holds another
COLUMNS = {
    "paid": ("decimal", "实付", "Payment"),
    "share": ("decimal", "占比", "Portion"),
    "lines": ("int", "项数", "Entries"),
    "kind": ("text", "类别", "Category"),
    "ro_no": ("text", "单号", "Ticket"),
    "rework": ("bool", "返修", "Redone"),
    "booked": ("bool", "预约", "Reserved"),
    "opened_at": ("timestamp", "进厂", "Arrival"),
    "closed_at": ("timestamp", "出厂", "Departure"),
    "due_on": ("date", "期限", "Deadline"),
    "month": ("month", "月份", "Period"),
}
ONE_OF = {"repair": ["维修"], "body_work": ["钣喷"]}
ORDERS = Source.model_validate(
    {
        "name": {"zh": "工单", "en": "Orders"},
        "row": {"zh": "一单", "en": "one order"},
        "key": ["ro_no"],
        "filed_by": "opened_at",
        "columns": {
            name: {"type": kind, "name": {"zh": zh, "en": en}, **({"one_of": ONE_OF} if name == "kind" else {})}
            for name, (kind, zh, en) in COLUMNS.items()
        },
    }
)
SOURCES = {"orders": ORDERS}


def told(text: str) -> tuple[str, str]:
    said = condition_words(text, ORDERS, SOURCES)
    return spaced(said.zh), said.en


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("rework", "「返修」为“是”", "Redone is true"),
        ("not rework", "「返修」为“否”", "Redone is false"),
        ("rework is true", "「返修」为“是”", "Redone is true"),
        ("rework is not true", "「返修」不为“是”", "Redone is not true"),
        ("rework is false", "「返修」为“否”", "Redone is false"),
        ("rework is not false", "「返修」不为“否”", "Redone is not false"),
        ("rework = false", "「返修」为“否”", "Redone is false"),
        ("true <> rework", "「返修」为“否”", "Redone is false"),
        ("paid is null", "「实付」为空", "Payment is empty"),
        ("paid is not null", "「实付」不为空", "Payment is filled in"),
        ("ro_no <> ''", "「单号」不为空", "Ticket is filled in"),
        ("ro_no = ''", "「单号」是空文本", "Ticket is an empty text"),
        ("kind = 'repair'", "「类别」为“维修”", "Category is “repair”"),
        ("kind <> 'body_work'", "「类别」不是“钣喷”", "Category is not “body work”"),
        ("kind in ('repair', 'body_work')", "「类别」为“维修”、“钣喷”之一", "Category is one of “repair”, “body work”"),
        ("kind not in ('repair')", "「类别」不是“维修”", "Category is not “repair”"),
        ("lines not in (1, 2)", "「项数」不是 1、2 中的任何一个", "Entries is none of 1, 2"),
        ("lines >= 10000", "「项数」不小于 10,000", "Entries is at least 10,000"),
        ("10000 < lines", "「项数」大于 10,000", "Entries is above 10,000"),
        ("paid = 0.50", "「实付」等于 0.5", "Payment equals 0.5"),
        ("opened_at <= closed_at", "「进厂」不晚于「出厂」", "Arrival is not after Departure"),
        ("opened_at > closed_at", "「进厂」晚于「出厂」", "Arrival is after Departure"),
        (
            "month_of(due_on) > settled_month()",
            "「期限」的月份晚于考核月份",
            "the month of Deadline is after the settled month",
        ),
        ("month >= '2026-10'", "「月份」不早于“2026-10”", "Period is not before “2026-10”"),
        (
            "seconds_between(opened_at, closed_at) <= 3600",
            "从「进厂」到「出厂」不超过 1 小时",
            "the time from Arrival to Departure is at most 1 hour",
        ),
        ("5400 < seconds_between(opened_at, closed_at)", "从「进厂」到「出厂」超过 90 分钟", "is more than 90 minutes"),
        ("seconds_between(opened_at, closed_at) < 59", "从「进厂」到「出厂」不到 59 秒", "is less than 59 seconds"),
        ("seconds_between(opened_at, closed_at) >= 0", "从「进厂」到「出厂」至少 0 秒", "is at least 0 seconds"),
        ("days_between(opened_at, due_on) <= 3", "从「进厂」到「期限」不超过 3 天", "is at most 3 days"),
        ("starts_with(ro_no, 'RO')", "「单号」以“RO”开头", "Ticket begins with “RO”"),
        ("not contains(ro_no, '-')", "并非（「单号」包含“-”）", "not (Ticket contains “-”)"),
        ("local_date(opened_at) = due_on", "「进厂」的日期等于「期限」", "the date of Arrival is Deadline"),
        ("hour_of(opened_at) < 8", "「进厂」的钟点小于 8", "the hour of Arrival is below 8"),
        ("rework and booked", "「返修」为“是”且「预约」为“是”", "Redone is true and Reserved is true"),
        (
            "case when paid is null then 0 else paid end > 0",
            "「实付」（为空按 0 计）大于 0",
            "Payment (empty counts as 0) is above 0",
        ),
        (
            "case when share is not null then share else 1.000 end * paid > lines",
            "「占比」（为空按 1 计）×「实付」大于「项数」",
            "Portion (empty counts as 1) × Payment is above Entries",
        ),
        (
            "case when rework then paid when booked then 2 else 0 end > 1",
            "（「返修」为“是”时取「实付」，「预约」为“是”时取 2，否则取 0）大于 1",
            "(Payment if Redone is true, 2 if Reserved is true, else 0) is above 1",
        ),
    ],
)
def test_each_piece_of_the_language(text: str, zh: str, en: str) -> None:
    """Fails when a condition of a payslip would read as another condition, or as a formula."""
    parse_condition(text, ORDERS, DIALECT, Clock())
    said = told(text)
    assert said[0] == zh
    assert said[1].endswith(en)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rework and (booked or lines = 1)", "(rework and booked) or lines = 1"),
        ("not (rework and booked)", "not rework and booked"),
        ("paid - (share - lines) > 0", "paid - share - lines > 0"),
        ("(paid + share) * lines > 0", "paid + share * lines > 0"),
        ("paid * (share - 1) > 0", "paid * share - 1 > 0"),
        ("-(paid + 1) > 0", "-paid + 1 > 0"),
        ("(rework = booked) = (lines = 1)", "rework = (booked = (lines = 1))"),
        ("not rework", "rework is not true"),
        ("case when rework then paid else 1 end + lines > 0", "case when rework then paid else 1 + lines end > 0"),
    ],
)
def test_what_differs_reads_otherwise(one: str, other: str) -> None:
    """Fails when words leave open how a formula is grouped, or make a missing mark a “no”."""
    assert told(one)[0] != told(other)[0]
    assert told(one)[1] != told(other)[1]


def test_brackets_that_change_nothing_are_left_out() -> None:
    """Fails when people read brackets that the writer of a formula needed for the computer alone."""
    assert told("((rework)) and ((booked) and (lines > (3)))") == told("rework and booked and lines > 3")


@pytest.mark.parametrize("text", ["rework and", "(" * 900 + "rework" + ")" * 900, "", "rework -- note", "x" * 3000])
def test_what_cannot_be_read_stands_as_it_is_written(text: str) -> None:
    """Fails when a page ends in an error because of a formula that somebody broke."""
    assert (condition_words(text, ORDERS, SOURCES).zh, condition_words(text, None, {}).en) == (text, text)
    assert value_words(text, ORDERS, SOURCES).name == text.strip()


@pytest.mark.parametrize("text", ["abs(paid) > 1", "paid between 1 and 2", "paid / 2 > 1", "kind like 'a%'", "a.b = 1"])
def test_what_is_not_of_the_language_is_told_as_far_as_it_goes(text: str) -> None:
    """Fails when one unknown word takes the whole explanation with it."""
    assert told(text)[0]


def test_a_column_that_nobody_declares_goes_by_its_word() -> None:
    """Fails when a formula over a source that is gone ends in an error."""
    assert condition_words("paid_late is true", None, {}).en == "paid late is true"


def test_every_function_and_aggregate_has_words() -> None:
    """Fails when the language grows and its explanation does not."""
    given_ = {"timestamp": "opened_at", "date|timestamp": "opened_at", "text": "ro_no"}
    for name, function in FUNCTIONS.items():
        text = f"{name}({', '.join(given_[kind] for kind in function.takes)})"
        assert name not in told(f"{text} is null")[0], name
    for name in AGGREGATES:
        value = value_words(
            {"count": "count", "quantile": "quantile(paid, 0.25)"}.get(name, f"{name}(paid)"), ORDERS, {}
        )
        assert (value.name, value.of is None) == (name, name == "count")
        assert value.fraction == (Decimal("0.25") if name == "quantile" else None)


# every formula that the language accepts

names_of = {
    kind: st.sampled_from([name for name, (own, _, _) in COLUMNS.items() if own in kinds])
    for kind, kinds in {
        "number": ("int", "decimal"),
        "text": ("text",),
        "flag": ("bool",),
        "time": ("timestamp",),
    }.items()
}
plain_numbers = st.integers(2, 99_999).map(str) | st.sampled_from(["0.25", "3600", "7200", "100", "31.750"])
texts = names_of["text"].filter(lambda name: name == "ro_no") | st.sampled_from(["'XQ'", "'ZW'"])
comparing = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
spans = st.tuples(st.sampled_from(["seconds_between", "days_between"]), names_of["time"], names_of["time"]).map(
    lambda t: f"{t[0]}({t[1]}, {t[2]})"
)
hours = st.tuples(st.sampled_from(["hour_of", "weekday_of"]), names_of["time"]).map(lambda t: f"{t[0]}({t[1]})")
numbers = st.recursive(
    names_of["number"] | plain_numbers | spans | hours,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from("+-*"), names_of["number"]).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
        inner.map(lambda piece: f"(-({piece}))"),
        st.tuples(names_of["flag"], inner, inner).map(lambda t: f"case when {t[0]} then {t[1]} else {t[2]} end"),
        st.tuples(names_of["number"], plain_numbers).map(
            lambda t: f"case when {t[0]} is null then {t[1]} else {t[0]} end"
        ),
    ),
    max_leaves=5,
)
simple = st.one_of(
    names_of["flag"],
    st.tuples(numbers, comparing, numbers).map(" ".join),
    st.tuples(spans, comparing, plain_numbers).map(" ".join),
    st.tuples(plain_numbers, comparing, spans).map(" ".join),
    st.tuples(texts, st.sampled_from(["=", "<>", "<", ">="]), texts).map(" ".join),
    st.tuples(st.just("kind"), st.sampled_from(["=", "<>"]), st.sampled_from(["'repair'", "'body_work'"])).map(
        " ".join
    ),
    st.tuples(names_of["time"], comparing, names_of["time"]).map(" ".join),
    st.tuples(numbers, st.lists(plain_numbers, min_size=1, max_size=3)).map(lambda t: f"{t[0]} in ({', '.join(t[1])})"),
    st.tuples(st.sampled_from(["starts_with", "contains"]), texts).map(lambda t: f"{t[0]}(ro_no, {t[1]})"),
    numbers.map(lambda piece: f"({piece}) is null"),
    st.tuples(names_of["time"], st.just("<> local_date(due_on)")).map(lambda t: f"local_date({t[0]}) {t[1]}"),
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map(lambda piece: f"not ({piece})"),
        st.tuples(inner, st.sampled_from(["true", "not true", "false"])).map(lambda t: f"({t[0]}) is {t[1]}"),
        st.tuples(inner, inner).map(lambda t: f"case when {t[0]} then {t[1]} else {t[1]} end"),
    ),
    max_leaves=4,
)


@settings(max_examples=200, deadline=None)
@given(conditions)
def test_no_condition_loses_a_column_or_a_constant(text: str) -> None:
    """Fails when somebody is paid by a part of a formula that the explanation does not tell."""
    columns = parse_condition(text, ORDERS, DIALECT, Clock())[1]
    zh, en = told(text)
    whole(text, columns, zh, en)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["sum", "min", "max", "count_distinct"]), numbers)
def test_no_value_loses_a_column_or_a_constant(name: str, text: str) -> None:
    """Fails when what is summed is not what people read."""
    columns = parse_aggregate(f"{name}({text})", ORDERS, DIALECT, Clock()).columns
    value = value_words(f"{name}({text})", ORDERS, SOURCES)
    assert value.name == name
    assert value.of is not None
    whole(text, columns, value.of.zh, value.of.en)


def whole(text: str, columns: frozenset[str], zh: str, en: str) -> None:
    """Every column is named and every constant is there, none of them as the formula writes them."""
    for column in columns:
        assert f"「{COLUMNS[column][1]}」" in zh, (column, zh)
        assert COLUMNS[column][2] in en, (column, en)
    for constant in constants(text):
        assert any(form in zh for form in constant), (constant, zh)
        assert any(form in en for form in constant), (constant, en)
    assert "_" not in zh and "_" not in en
    assert "(" not in spaced(zh)


def constants(text: str) -> list[set[str]]:
    """The constants of a formula, each in the forms in which it may be told: 7200 seconds are 2 hours."""
    words = text.replace("(", " ").replace(")", " ").replace(",", " ").split()
    found = [
        {"维修", "repair"} if word == "'repair'" else {word.strip("'")} for word in words if word in ("'XQ'", "'ZW'")
    ]
    numbers_ = [Decimal(word) for word in words if word[0].isdigit()]
    return [*found, *({plain(n), plain(n / 60), plain(n / 3600)} for n in numbers_)]
