"""Formulas: what the whitelist lets through, with its type and decimals, and what it refuses and how it says so."""

import re
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.engines.duckdb import DIALECT
from fairwrench.settlement.source.dialect import Clock, quoted
from fairwrench.settlement.source.formula import (
    AGGREGATES,
    Aggregate,
    FormulaError,
    aggregate_name,
    aggregate_sql,
    parse_aggregate,
    parse_condition,
)
from fairwrench.settlement.source.source import Source

ORDERS = Source.model_validate(
    {
        "name": {"zh": "工单", "en": "orders"},
        "row": {"zh": "一单", "en": "one order"},
        "key": ["store", "ro_no"],
        "filed_by": "opened_at",
        "columns": {
            "ro_no": {},
            "store": {"type": "store"},
            "technician": {"type": "person"},
            "kind": {"one_of": {"maintenance": [], "repair": [], "warranty": []}},
            "amount": {"type": "decimal"},
            "share": {"type": "decimal", "scale": 3},
            "lines": {"type": "int"},
            "rework": {"type": "bool"},
            "opened_at": {"type": "timestamp"},
            "delivered_at": {"type": "timestamp"},
            "due_on": {"type": "date"},
            "month": {"type": "month"},
        },
        "derived": {"matures_on": {"shift": "delivered_at", "days": 30}},
        "derived_types": {"matures_on": "timestamp", "cost": "decimal"},
    }
)


def condition(text: str) -> str:
    return parse_condition(text, ORDERS, DIALECT, Clock())[0]


def aggregate(text: str) -> Aggregate:
    return parse_aggregate(text, ORDERS, DIALECT, Clock())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        # arithmetic that engines round differently
        ("amount / 2 > 1", "there is no division; a rate has a `numerator` and a `denominator`"),
        ("amount % 2 = 1", "is not allowed"),
        ("amount div 2 = 1", "is not allowed"),
        ("cast(amount as int) = 1", "is not allowed"),
        ("amount::int = 1", "is not allowed"),
        ("date '2026-10-01' = due_on", "is not allowed"),
        # functions outside the list
        ("abs(amount) > 1", "is not allowed"),
        ("round(amount) > 1", "is not allowed"),
        ("coalesce(amount, 0) > 1", "is not allowed"),
        ("lower(ro_no) = 'x'", "is not allowed"),
        ("now() > opened_at", "no function `now`"),
        ("random() > 1", "is not allowed"),
        ("current_timestamp > opened_at", "is not allowed"),
        ("read_text('x') = 'y'", "no function `read_text`"),
        ("getenv('HOME') = 'y'", "no function `getenv`"),
        ("hours_between(opened_at, delivered_at) > 1", "did you mean `days_between`?"),
        ("second_between(opened_at, delivered_at) > 1", "did you mean `seconds_between`?"),
        # subqueries, windows, other sources
        ("amount in (select 1)", "needs a list"),
        ("exists(select 1)", "is not allowed"),
        ("(select true)", "is not allowed"),
        ("amount = any(lines)", "is not allowed"),
        ("other.amount > 1", "without a table name"),
        ("orders.* is null", "without a table name"),
        ("* is null", "`*` is not allowed"),
        # more than one thing
        ("rework; drop table x", "more than one expression"),
        ("rework -- and more", "no comments"),
        ("rework /* and more */", "no comments"),
        ("rework /*+ hint */ = true", "no comments"),
        ("rework as y", "is not allowed"),
        ("rework y", "is not allowed"),
        ("", "is nothing"),
        ("   ", "is nothing"),
        # words that do not fit
        ("amont > 1", "no column `amont` (character 1); did you mean `amount`?"),
        ("amount > 1 and kindd = 'repair'", "no column `kindd` (character 16); did you mean `kind`?"),
        ("xyz_qqq > 1", "no column `xyz_qqq` (character 1)"),
        ("kind = 'repairs'", "never holds 'repairs'; did you mean 'repair'?"),
        ("'repairs' = kind", "never holds 'repairs'"),
        ("kind in ('repair', 'body')", "never holds 'body'"),
        ("kind <> 'xyz'", "it has maintenance, repair, warranty"),
        # words of the wrong kind: a text in double quotes, a mean, a division
        ('kind = "repair"', "a text stands in single quotes, 'repair'"),
        ('kind in ("repair", "warranty")', "a text stands in single quotes, 'repair'"),
        ("avg(amount) > 1", "no function `avg`: a mean is a sum over a count"),
        ("amount / 2 > 1", "there is no division"),
        # types that do not fit
        ("amount", "is a number, a condition is expected"),
        ("kind", "is a text, a condition is expected"),
        ("kind = 1", "compares text with number"),
        ("due_on = '2026-10-01'", "compares date with text"),
        ("due_on < delivered_at", "compares date with timestamp"),
        ("amount and rework", "`amount` is a number, a bool is expected"),
        ("not amount", "`amount` is a number, a bool is expected"),
        ("kind + 1 = 2", "`kind` is a text, a number is expected"),
        ("-kind = 'x'", "`kind` is a text, a number is expected"),
        ("1 < amount < 2", "compares bool with number"),
        ("amount in ('a')", "needs a list of number values"),
        ("amount in ()", "needs a list"),
        ("amount is true", "`amount` is a number, a bool is expected"),
        ("seconds_between(due_on, opened_at) > 1", "takes timestamp, `due_on` is a date"),
        ("seconds_between(opened_at) > 1", "takes 2 arguments, 1 given"),
        ("month_of(kind) = '2026-10'", "takes date or timestamp, `kind` is a text"),
        ("hour_of(due_on) = 1", "takes timestamp"),
        ("contains(amount, 'a')", "takes text"),
        ("starts_with(kind)", "cannot be read at character 17: something is missing"),
        # nothing missing counts as zero
        ("case when rework then 1 end = 1", "needs an else"),
        ("case kind when 'repair' then 1 else 0 end = 1", "write `case when"),
        ("case when rework then 1 else 'x' end = 1", "gives number in one branch and text in another"),
        ("case when amount then 1 else 0 end = 1", "`amount` is a number, a bool is expected"),
        ("amount = null", "is not allowed"),
        ("amount is 1", "only `is null`"),
        # other forms of SQL
        ("amount between 1 and 2", "is not allowed"),
        ("kind like 'r%'", "is not allowed"),
        ("kind || 'x' = 'y'", "is not allowed"),
        ("amount = ?", "is not allowed"),
        ("amount = :x", "is not allowed"),
        ("amount = @x", "is not allowed"),
        ("amount = $1", "no column `$1`"),
        ("kind = 'a' 'b'", "is not allowed"),
        ("[1] = [1]", "is not allowed"),
        ("kind[0] = 'r'", "is not allowed"),
        ("{{ amount }}", "is not allowed"),
        ("if(rework, 1, 0) = 1", "is not allowed"),
        ("sum(amount) > 1", "is not allowed"),
        ("amount = 1e400", "too many digits"),
        ("amount = 1234567890123456789", "too many digits"),
        ("amount =", "cannot be read"),
        ("amount = = 1", "cannot be read at character"),
        ("(amount = 1", "cannot be read"),
        ("kind = 'repair", "cannot be read"),
    ],
)
def test_a_condition_outside_the_whitelist_is_refused(text: str, says: str) -> None:
    """Fails when an engine could read a formula otherwise than another engine, or reach beyond its one source."""
    with pytest.raises(FormulaError, match=re.escape(says)):
        condition(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("amount", "is not an aggregate"),
        ("avg(amount)", "a mean is a sum over a count"),
        ("average(amount)", "a mean is a sum over a count"),
        ("sums(amount)", "did you mean `sum`?"),
        ("summ(amount)", "did you mean `sum`?"),
        ("median(amount)", "is not an aggregate"),
        ("sum(amount) / count", "there is no division"),
        ("sum(amount) + 1", "is not an aggregate"),
        ("sum(amount) as x", "is not an aggregate"),
        ("sum(amount) filter (where rework)", "is not an aggregate"),
        ("sum(amount) over ()", "is not an aggregate"),
        ("sum(distinct amount)", "is not allowed"),
        ("sum(sum(amount))", "is not allowed"),
        ("sum(kind)", "`kind` is a text, a number is expected"),
        ("sum(rework)", "`rework` is a bool, a number is expected"),
        ("max(opened_at)", "a number is expected"),
        ("sum(amount, 1)", "cannot be read at character 14"),
        ("min(amount, lines)", "takes one argument"),
        ("sum()", "something is missing"),
        ("count(*)", "write `count` alone"),
        ("count(amount)", "write `count` alone"),
        ("count(distinct ro_no)", "write `count` alone"),
        ("count_distinct(ro_no, kind)", "takes one argument"),
        ("count_distinct(*)", "`*` is not allowed"),
        ("quantile(amount)", "something is missing"),
        ("quantile(amount, '0.5')", "write quantile(x, 0.5)"),
        ("quantile(amount, '0.5) from x; --')", "write quantile(x, 0.5)"),
        ("quantile(amount, lines)", "write quantile(x, 0.5)"),
        ("quantile(amount, 1.5)", "a number from 0 to 1"),
        ("quantile(amount, -0.5)", "write quantile(x, 0.5)"),
        ("sum(amount); drop table x", "more than one expression"),
        ("sum(amount) -- all", "no comments"),
        ("", "is nothing"),
        ("sum(amont)", "did you mean `amount`?"),
    ],
)
def test_a_value_that_is_no_aggregate_is_refused(text: str, says: str) -> None:
    """Fails when a value could be a mean, a window or a second statement."""
    with pytest.raises(FormulaError, match=re.escape(says)):
        aggregate(text)


@pytest.mark.parametrize(
    "text",
    ["+".join(["amount"] * 5000), "(" * 900 + "rework" + ")" * 900, "not " * 450 + "rework", "- " * 900 + "1 = 1"],
)
def test_a_bottomless_formula_is_refused(text: str) -> None:
    """Fails when a formula could end the process by its depth."""
    with pytest.raises(FormulaError, match=r"nested too deeply|at most"):
        condition(text)


@pytest.mark.parametrize(
    "text",
    [
        "rework",
        "not rework",
        "rework is not true",
        "amount is null or amount is not null",
        "kind = 'repair' and not (amount > 100.50 or lines >= 3)",
        "kind IN ('repair', 'warranty')",
        "kind not in ('maintenance')",
        "amount * share - lines + 2 * -1 < 0.5",
        "case when rework then amount else 0 end > 0",
        "seconds_between(opened_at, delivered_at) <= 3600",
        "days_between(opened_at, due_on) <= 3",
        "month_of(opened_at) = '2026-10' and month = '2026-10'",
        "weekday_of(due_on) in (6, 7) and hour_of(opened_at) < 8",
        "starts_with(ro_no, 'RO') or contains(ro_no, '-')",
        "local_date(opened_at) = due_on",
        "technician = store",
        "matures_on > delivered_at",
        "true",
    ],
)
def test_what_the_language_allows(text: str) -> None:
    """Fails when a formula of the documented language can no longer be written."""
    sql = condition(text)
    names = ", ".join(f"CAST(NULL AS {kind}) AS {DIALECT.column(name)}" for name, kind in duck_types().items())
    assert duckdb.sql(f"SELECT {sql} FROM (SELECT {names})").types == ["BOOLEAN"]


def duck_types() -> dict[str, str]:
    words = {"int": "BIGINT", "bool": "BOOLEAN", "timestamp": "TIMESTAMPTZ", "date": "DATE"}
    own = {
        name: f"DECIMAL(18,{column.scale})" if column.type == "decimal" else words.get(column.type, "VARCHAR")
        for name, column in ORDERS.columns.items()
    }
    return own | {"matures_on": "TIMESTAMPTZ"}


@pytest.mark.parametrize(
    ("text", "name", "scale", "columns"),
    [
        ("count", "count", 0, set()),
        (" COUNT ", "count", 0, set()),
        ("sum(lines)", "sum", 0, {"lines"}),
        ("sum(amount)", "sum", 2, {"amount"}),
        ("SUM ( amount )", "sum", 2, {"amount"}),
        ("sum(amount * share)", "sum", 5, {"amount", "share"}),
        ("sum(amount - share)", "sum", 3, {"amount", "share"}),
        ("sum(amount * 12)", "sum", 2, {"amount"}),
        ("sum(amount * 0.5)", "sum", 3, {"amount"}),
        ("sum(case when rework then amount else 0 end)", "sum", 2, {"amount", "rework"}),
        ("sum(seconds_between(opened_at, delivered_at))", "sum", 0, {"opened_at", "delivered_at"}),
        ("sum(cost)", "sum", 2, {"cost"}),
        ("min(share)", "min", 3, {"share"}),
        ("max(amount)", "max", 2, {"amount"}),
        ("count_distinct(technician)", "count_distinct", 0, {"technician"}),
        ("count_distinct(amount)", "count_distinct", 0, {"amount"}),
        ("quantile(amount, 0.5)", "quantile", 2, {"amount"}),
    ],
)
def test_an_aggregate_knows_its_decimals_and_columns(text: str, name: str, scale: int, columns: set[str]) -> None:
    """Fails when yuan would be read as fen, or a column that a formula reads would not be fetched."""
    found = aggregate(text)
    assert (found.name, found.scale, found.columns) == (name, scale, columns)
    assert aggregate_name(text) == name
    assert found.additive is (name in ("count", "sum"))


def test_every_aggregate_becomes_sql() -> None:
    """Fails when an aggregate of the list has no SQL, or counts rows that the condition leaves out."""
    texts = ["count", "count_distinct(kind)", "sum(lines)", "min(lines)", "max(lines)", "quantile(lines, 0.25)"]
    assert [aggregate_name(text) for text in texts] == list(AGGREGATES)
    listed = ", ".join(aggregate_sql(aggregate(text), "(lines > 1)", DIALECT) for text in texts)
    rows = "(VALUES ('a', 1), ('b', 2), ('b', 3), ('c', 5), (NULL, 9), ('d', NULL)) t(kind, lines)"
    # lines > 1 leaves 2, 3, 5, 9: four rows, kinds b and c, sum 19; the quarter quantile is the first value (1/4 of 4).
    assert duckdb.sql(f"SELECT {listed} FROM {rows}").fetchall() == [(4, 2, 19, 2, 9, 2)]


anything = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=60)
@given(st.one_of(anything, st.lists(st.sampled_from(["'", "''", "\\", "--", ";", '"', "/*", "*/", "x"])).map("".join)))
def test_a_text_in_a_formula_stays_a_text(text: str) -> None:
    """Fails when a word in a scheme could close its quotes and go on as SQL."""
    sql = condition(f"ro_no = {quoted(text)}")
    assert duckdb.execute(f'SELECT {sql} FROM (SELECT $1 AS "ro_no")', [text]).fetchall() == [(True,)]


@given(anything.filter(len))
@settings(max_examples=60)
def test_a_column_name_stays_a_name(name: str) -> None:
    """Fails when a column's name in a source document could go on as SQL."""
    assert duckdb.sql(f"SELECT 1 AS {DIALECT.column(name)}").columns == [name]


def test_texts_are_written_as_the_engine_reads_them() -> None:
    """Fails when an engine that knows backslashes gets a text written for one that does not."""
    marked: dict[str, Any] = {**DIALECT.__dict__, "literal": lambda text: f"<{text}>"}
    sql, _ = parse_condition("ro_no in ('a', 'b')", ORDERS, type(DIALECT)(**marked), Clock())
    assert sql == '("ro_no" IN (<a>, <b>))'


def test_the_settled_month_is_a_text() -> None:
    """Fails when a formula could not tell what happened after the month, or would read it from the machine's clock."""
    sql, columns = parse_condition("month_of(due_on) > settled_month()", ORDERS, DIALECT, Clock(month="2026-10"))
    rows = "(VALUES (DATE '2026-10-31'), (DATE '2026-11-01')) t(due_on)"
    assert duckdb.sql(f"SELECT {sql} FROM {rows}").fetchall() == [(False,), (True,)]
    assert columns == {"due_on"}


def test_only_the_columns_read_are_named() -> None:
    """Fails when a query would fetch columns that nobody asked for, or overlook one."""
    _, columns = parse_condition("rework and seconds_between(opened_at, matures_on) > 1", ORDERS, DIALECT, Clock())
    assert columns == {"rework", "opened_at", "matures_on"}
