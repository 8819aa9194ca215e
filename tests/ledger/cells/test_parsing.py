"""Texts → values. What would break: a figure off by a cent, a thousand or a month, and nobody told."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fairwrench.ledger.cells.numbers import Reading
from fairwrench.ledger.cells.parsing import Field, fast_way, slow_way
from fairwrench.ledger.cells.reasons import Failures
from fairwrench.ledger.cells.units import unit_of
from fairwrench.ledger.header.scaling import header_reading
from fairwrench.ledger.rows.checking import wrong_vin
from fairwrench.settlement.source.source import Column, ColumnType

SHANGHAI = "Asia/Shanghai"


def read(
    texts: list[str | None], column: Column, name: str = "x", unit: str = "", zone: str = SHANGHAI
) -> list[object]:
    """The values of a column; a rejected cell gives the code of its reason in brackets."""
    numbers, _ = header_reading(unit, unit_of(name, column))
    field = Field(name, column, numbers or Reading(unit_of(name, column)), zone)
    text = pl.Series("x", texts, dtype=pl.String)
    fast = pl.DataFrame({"x": text}).select(fast_way(field, pl.col("x")).alias("v"))["v"]
    failures = Failures()
    values, _ = slow_way(field, text, fast, failures)
    assert values.dtype == field.kind and len(values) == len(texts)
    wrong = {at: f"[{code}]" for at, code in failures.all().select("_at", "code").iter_rows()}
    return [wrong.get(at, value) for at, value in enumerate(values.to_list())]


def one(text: str | None, kind: ColumnType = "decimal", **facts: object) -> object:
    told = {name: facts.pop(name) for name in ("name", "unit", "zone") if name in facts}
    return read([text], Column.model_validate({"type": kind, **facts}), **told)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12.00"),
        ("1,234.50", "1234.50"),
        ("１，２３４．５", "1234.50"),
        ("￥1234.5", "1234.50"),
        ("¥ 12", "12.00"),
        ("12元", "12.00"),
        ("RMB 12.3", "12.30"),
        ("1.2万", "12000.00"),
        ("97%", "0.97"),
        ("-3", "-3.00"),
        ("-¥3", "-3.00"),
        ("¥-3", "-3.00"),
        ("(12.00)", "-12.00"),
        ("1e3", "1000.00"),
        ("1.5E-1", "0.15"),
        ("5.", "5.00"),
        (".5", "0.50"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    """Each of these stands in real exports."""
    assert one(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.005", "1.01"), ("-1.005", "-1.01"), ("1.004999", "1.00"), ("0.30000000000000004", "0.30"), ("2.675", "2.68")],
)
def test_more_decimals_are_rounded_as_excel_shows_them(text: str, value: str) -> None:
    """Half up, away from zero; the noise of binary fractions vanishes."""
    assert one(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,5", "unclear_comma"),
        ("12,34", "unclear_comma"),
        ("0,500", "unclear_comma"),
        ("1,2345", "unclear_comma"),
        ("1.2.3", "not_a_number"),
        ("--5", "not_a_number"),
        ("(5", "not_a_number"),
        ("12 apples", "not_a_number"),
        ("0x10", "not_a_number"),
        ("NaN5", "not_a_number"),
        ("∞", "not_a_number"),
        ("=1+1", "formula_as_text"),
        ("#REF!", "cell_error"),
        ("2026-10-03 00:00:00", "date_not_number"),
        ("99999999999999999", "too_large"),
    ],
)
def test_what_is_no_number_is_rejected(text: str, code: str) -> None:
    """A guess here is money."""
    assert one(text) == f"[{code}]"


@pytest.mark.parametrize("kind", ["text", "int", "decimal", "bool", "date", "timestamp", "month", "person"])
@pytest.mark.parametrize("text", ["", "  ", "-", "—", "/", "N/A", "null", "无", "　", None])
def test_words_for_nothing_are_empty(text: str | None, kind: ColumnType) -> None:
    """“-” as a VIN would make two cars the same one."""
    assert one(text, kind) is None


def test_units_in_headers_and_cells_count() -> None:
    """Minutes are not hours, 万元 is not 元."""
    assert one("1.5", unit="万元") == Decimal("15000.00")
    assert one("2元", unit="万元") == Decimal("2.00"), "the cell's own unit comes first"
    assert one("30", "int", name="waiting_parts_seconds", unit="分钟") == 1800
    assert one("2小时", "int", name="waiting_parts_seconds") == 7200
    assert one("90", name="billed_hours", unit="分钟") == Decimal("1.50")
    assert one("12km", "int", name="mileage_km") == 12
    assert one("97", unit="%") == "[unclear_percent]"
    assert one("97%", unit="%") == Decimal("0.97")


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("12.0", 12), ("1,234", 1234), ("１２", 12), ("12.5", "[not_whole]"), ("9" * 20, "[too_large]")],
)
def test_whole_numbers(text: str, value: object) -> None:
    """12.5 visits are a mistake that rounding would hide."""
    assert one(text, "int") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("是", True), ("Y", True), ("TRUE", True), ("1", True), ("√", True), ("有", True)],
        *[("否", False), ("n", False), ("0", False), ("×", False), ("maybe", "[not_yes_no]"), ("2", "[not_yes_no]")],
    ],
)
def test_yes_and_no(text: str, value: object) -> None:
    """Anything else is neither."""
    assert one(text, "bool") == value


def test_words_of_a_list_in_every_spelling() -> None:
    """The spelling may vary, the meaning not; an unknown word is rejected with the nearest."""
    one_of = {"maintenance": ("保养", "小保养"), "repair": ("维修",)}
    column = Column(one_of=one_of)
    texts = ["保养", "maintenance", "维 修", "Repair ", "喷漆", "-", None]
    assert read(texts, column) == ["maintenance", "maintenance", "repair", "repair", "[not_in_list]", None, None]
    assert read(["有", "已返修"], Column(type="bool", one_of={"true": ("已返修",)})) == [True, True]


INSTANT = datetime(2026, 10, 3, 1, 5, 7, tzinfo=UTC)
DAY_BEGIN = datetime(2026, 10, 2, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-10-03 09:05:07", INSTANT),
        ("2026/10/3 9:05:07", INSTANT),
        ("2026年10月3日 9:05:07", INSTANT),
        ("2026年10月3日9时5分7秒", INSTANT),
        ("2026.10.3 9:05:07", INSTANT),
        ("２０２６－１０－０３　０９：０５：０７", INSTANT),
        ("20261003090507", INSTANT),
        ("20261003 090507", INSTANT),
        ("2026-10-03T09:05:07+08:00", INSTANT),
        ("2026-10-03T01:05:07Z", INSTANT),
        ("2026-10-02T20:05:07-0500", INSTANT),
        ("2026-10-03T09:05:07", INSTANT),
        ("2026-10-03 9:05:07 AM", INSTANT),
        ("2026/10/3 上午9:05:07", INSTANT),
        ("2026/10/3 星期六 9:05:07", INSTANT),
        ("2026-10-03 09:05:07.999", INSTANT),
        ("2026-10-03 下午3:05", INSTANT.replace(hour=7, second=0)),
        ("2026-10-03 12:30 am", DAY_BEGIN + timedelta(minutes=30)),
        ("2026-10-03 12:30 pm", DAY_BEGIN + timedelta(hours=12, minutes=30)),
        ("2026-10-03", DAY_BEGIN),
        ("2026/10/3", DAY_BEGIN),
        ("20261003", DAY_BEGIN),
        ("2026年10月3日", DAY_BEGIN),
        ("46298", DAY_BEGIN),
        ("46298.378541666665", INSTANT.replace(second=6)),
    ],
)
def test_times_as_people_write_them(text: str, value: datetime) -> None:
    """Local time of the store becomes UTC; 46298 is what Excel keeps for 3 October 2026."""
    assert one(text, "timestamp") == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/10/2026", "unclear_date"),
        ("10/3/26", "unclear_date"),
        ("26/10/3", "unclear_date"),
        ("10月3日", "not_a_date"),
        ("2026-13-01", "no_such_date"),
        ("2026-02-30", "no_such_date"),
        ("2026-10-03 25:00", "no_such_date"),
        ("1020-10-03", "far_date"),
        ("12345", "not_a_date"),
        ("yesterday", "not_a_date"),
    ],
)
def test_dates_that_cannot_be_told_are_rejected(text: str, code: str) -> None:
    """The 3rd of October in another month is another month's pay."""
    assert one(text, "timestamp") == f"[{code}]"
    assert one(text, "date") == f"[{code}]"


@pytest.mark.parametrize("text", ["1900-01-01 00:00:00", "1900-01-01", "0001-01-01", "1899-12-30 00:00:00"])
def test_dates_before_1950_are_rejected(text: str) -> None:
    """Fails when 1900-01-01, which databases write for "no date" and spreadsheets for a lost one, is empty."""
    assert one(text, "timestamp") == "[far_date]" and one(text, "date") == "[far_date]"


def test_dates_keep_the_local_day() -> None:
    """17:00 UTC on the 2nd is the 3rd in Shanghai."""
    assert one("2026-10-02T17:00:00Z", "date") == date(2026, 10, 3)
    assert one("2026-10-03 23:59:59", "date") == date(2026, 10, 3)


def test_summer_time() -> None:
    """A time that comes twice is the earlier one; one that never comes is rejected."""
    assert one("2026-10-25 02:30:00", "timestamp", zone="Europe/Berlin") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert one("2026-03-29 02:30:00", "timestamp", zone="Europe/Berlin") == "[skipped_time]"
    assert one("1988-07-01 12:00:00", "timestamp") == datetime(1988, 7, 1, 3, tzinfo=UTC), "China had summer time, too"


@pytest.mark.parametrize(
    "text", ["2026-10", "2026年10月", "2026年10月份", "202610", "2026/10", "2026-10-01 00:00:00", "2026-10-31", "46296"]
)
def test_months(text: str) -> None:
    """Also the date that Excel makes of 2026年10月."""
    assert one(text, "month") == "2026-10"


@pytest.mark.parametrize("text", ["2026-13", "10月", "2026", "x"])
def test_what_is_no_month(text: str) -> None:
    """A month without its year may be any."""
    assert one(text, "month") == "[not_a_month]"


def test_texts_stay_as_they_are() -> None:
    """A formula in a text is harmless text; only full-width keys are made half-width."""
    assert one("=1+1", "text") == "=1+1"
    assert one("  漏油，严重 ", "text") == "漏油，严重"
    assert one("#1工位", "text") == "#1工位"
    assert one("#N/A", "text") == "[cell_error]"
    field = Field("ro_no", Column(), matching=True)
    text = pl.Series(["ＲＯ１", "RO1"])
    assert slow_way(field, text, text, Failures())[0].to_list() == ["RO1", "RO1"]
    assert one(" lsvau2a3７n2000001", "text", check="vin") == "LSVAU2A37N2000001"


def test_a_mixed_column_is_read_cell_by_cell() -> None:
    """One odd cell must not send its neighbours another way."""
    texts = ["1", "1,234.5", None, "x", "97%", "2.345", " 7 "]
    expected = [Decimal("1.00"), Decimal("1234.50"), None, "[not_a_number]", Decimal("0.97"), Decimal("2.35")]
    assert read(texts, Column(type="decimal")) == [*expected, Decimal("7.00")]


def test_check_digits_of_vins() -> None:
    """1M8GDM9AXKP042788 and 11111111111111111 are the textbook's sound ones; an O is never allowed."""
    vins = ["1M8GDM9AXKP042788", "11111111111111111", "1M8GDM9A1KP042788", "1M8GDM9AXKPO42788", "SHORT", None]
    assert wrong_vin(pl.Series(vins)).to_list() == [False, False, True, True, True, False]


amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False)


@given(amount=amounts, style=st.sampled_from(["{:f}", "{:,f}", "￥{:,f}", "{:f}元", " {:f} "]))
@example(amount=Decimal("-0.0050"), style="{:f}")
def test_an_amount_survives_every_style(amount: Decimal, style: str) -> None:
    """However it is dressed, the same cents come out, rounded half away from zero."""
    assert one(style.format(amount)) == amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


moments = st.datetimes(datetime(1992, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(microsecond=0))


@given(
    moment=moments,
    style=st.sampled_from(
        ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S+08:00"]
    ),
)
def test_a_moment_survives_every_style(moment: datetime, style: str) -> None:
    """Shanghai is eight hours ahead, always since 1992."""
    assert one(moment.strftime(style), "timestamp") == moment.replace(tzinfo=UTC) - timedelta(hours=8)


@given(
    texts=st.lists(st.text(max_size=12) | st.from_regex(r"[0-9/:. -]{1,20}", fullmatch=True), min_size=1, max_size=8)
)
@pytest.mark.parametrize("kind", ["int", "decimal", "bool", "date", "timestamp", "month", "text"])
def test_no_text_breaks_a_column(kind: ColumnType, texts: list[str]) -> None:
    """Whatever stands in a cell gives a value, nothing, or a reason; and the same alone as among others."""
    together = read(list(texts), Column(type=kind))
    assert together == [one(text, kind) for text in texts]
