"""Names → employee ids. What would break: one person's work on another's payslip."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.ledger.intake.intake import intake
from fairwrench.ledger.people.crediting import split_names
from fairwrench.ledger.people.people import Directory
from fairwrench.settlement.source.source import Column
from fairwrench.settlement.source.team_names import team_id
from tests.ledger.handed import HEADER, LINES, OCTOBER, ORDERS, csv, one, order, roster

DIRECTORY = Directory.of(roster())
LINE = ("工单号", "门店", "项次", "技师", "接车时间", "份额")


@pytest.mark.parametrize(
    ("text", "store", "employee_id"),
    [
        ("1001", "一店", "1001"),
        ("张三", "一店", "1001"),
        ("张三", "二店", "2001"),
        ("张 三", "一店", "1001"),
        ("小李", "一店", "1002"),
        ("李师傅", "一店", "1002"),
        ("欧阳修", "二店", "2002"),
        ("张三(1001)", "一店", "1001"),
        ("1001 张三", "一店", "1001"),
        ("张三【2001】", "一店", "2001"),
        ("00077", "二店", "00077"),
        ("77", "二店", "00077"),
    ],
)
def test_who_is_meant(text: str, store: str, employee_id: str) -> None:
    """Ids anywhere, names in their store; a spreadsheet eats leading zeros."""
    assert DIRECTORY.find(text, store).employee_id == employee_id


def test_namesakes_are_not_guessed() -> None:
    """Two 王五 in one store: both are named, neither is taken."""
    person = DIRECTORY.find("王五", "一店")
    assert person.employee_id is None and person.candidates == ("1003", "1004")


def test_a_name_counts_in_its_store_only() -> None:
    """李四 of 一店 did not work in 二店 because the name stands there."""
    person = DIRECTORY.find("李四", "二店")
    assert person == (None, (), ("一店",))
    assert DIRECTORY.find("张三", None).candidates == ("1001", "2001"), "without a store both may be meant"
    assert DIRECTORY.find("李四", None).employee_id == "1002"
    assert DIRECTORY.find("李四(1001)", "一店").employee_id is None, "id and name of two people"


def test_a_namesake_who_had_left_is_not_meant() -> None:
    """赵六 (1005) was there until 2025, 赵六 (1006) since 2026: the day of the row tells them apart."""
    header = (*HEADER, "服务顾问")
    rows = [
        (*order("RO1", opened="2025-12-31 23:00:00"), "赵六"),
        (*order("RO2", opened="2026-01-01 00:00:00"), "赵六"),
        (*order("RO3"), "王五"),
    ]
    found = one(csv([header, *rows]))
    assert found.accepted.select("ro_no", "advisor").rows() == [("RO1", "1005"), ("RO2", "1006")]
    assert found.rejected.select("row", "column", "value", "code").rows() == [(4, "服务顾问", "王五", "namesakes")]
    assert "1003" in found.rejected["reason"][0] and "1004" in found.rejected["reason_en"][0]


def test_strangers_are_accepted_and_listed() -> None:
    """The store did the work; only nobody gets the credit, and HR reads whose name it was."""
    rows = [(*order("RO1"), "外援"), (*order("RO2"), "欧阳修"), (*order("RO3"), "张三"), (*order("RO4"), None)]
    found = one(csv([(*HEADER, "服务顾问"), *rows]))
    assert found.accepted["advisor"].to_list() == [None, None, "1001", None]
    assert found.uncredited.select("row", "column", "field", "value", "store", "elsewhere").rows() == [
        (2, "服务顾问", "advisor", "外援", "一店", None),
        (3, "服务顾问", "advisor", "欧阳修", "一店", "二店"),
    ]


def test_several_names_where_one_is_asked_are_rejected() -> None:
    """An order has one advisor; whose would it be?"""
    found = one(csv([(*HEADER, "服务顾问"), (*order(), "张三/李四")]))
    assert found.rejected["code"].to_list() == ["several_people"]


def test_two_teams_or_a_team_and_a_person_where_one_is_asked_are_rejected() -> None:
    """Fails when 钣喷一组/钣喷二组 is one team of that name, of which there are no shares, or one team is rejected."""
    columns = ORDERS.columns | {"advisor": ORDERS.columns["advisor"].model_copy(update={"teams": "opened_at"})}
    source = ORDERS.model_copy(update={"columns": columns})
    names = ("钣喷一组/钣喷二组", "张三、钣喷一组", "钣喷一组")
    content = csv([(*HEADER, "服务顾问"), *((*order(f"RO{at}"), name) for at, name in enumerate(names))])
    sources = {"repair_orders": source}
    (found,) = intake(content, sources=sources, roster=roster(), period=OCTOBER, name="工单.csv").sheets
    assert found.rejected.select("row", "value", "code").rows() == [
        (2, "钣喷一组/钣喷二组", "several_people"),
        (3, "张三、钣喷一组", "several_people"),
    ]
    assert found.accepted["advisor"].to_list() == [team_id("一店", "钣喷一组")]


def test_id_and_name_of_two_people_are_rejected() -> None:
    """One of them is a slip, and we cannot know which."""
    header = (*HEADER, "顾问工号", "顾问姓名")
    rows = [
        (*order("RO1"), "1001", "张三"),
        (*order("RO2"), "1001", "李四"),
        (*order("RO3"), None, "李四"),
        (*order("RO4"), "9999", "李四"),
    ]
    found = one(csv([header, *rows]))
    assert found.accepted.select("ro_no", "advisor").rows() == [("RO1", "1001"), ("RO3", "1002"), ("RO4", "1002")]
    assert found.rejected.select("row", "code").rows() == [(3, "id_and_name_differ")]


def test_the_id_beside_a_shared_name_says_who_is_meant() -> None:
    """Fails when namesakes with their ids beside them are rejected, or an id tells for somebody of another name."""
    header = (*HEADER, "顾问工号", "顾问姓名")
    rows = [(*order("RO1"), "1004", "王五"), (*order("RO2"), "1001", "王五"), (*order("RO3"), None, "王五")]
    found = one(csv([header, *rows]))
    assert found.accepted.select("ro_no", "advisor").rows() == [("RO1", "1004")]
    assert found.rejected.select("row", "code").rows() == [(3, "namesakes"), (4, "namesakes")]


@pytest.mark.parametrize("mark", ["/", "、", ",", "，", ";", "；", "+", "＋", "&"])
def test_several_technicians_share_a_line(mark: str) -> None:
    """张三/李四/王五 of three shares 1: 0.334 + 0.333 + 0.333, nothing lost."""
    text = csv([LINE, ("RO1", "一店", 1, f"张三{mark} 李四", "2026-10-03", None)], separator="\t")
    found = one(text)
    assert found.accepted.select("technician", "share", "_row").rows() == [
        ("1001", Decimal("0.500"), 2),
        ("1002", Decimal("0.500"), 2),
    ]
    assert found.counts["accepted"] == 1, "one row of the file"


def test_a_given_share_is_shared() -> None:
    """0.5 given to three is 0.168 + 0.166 + 0.166; a single technician keeps what is given, and all when nothing is."""
    rows = [
        ("RO1", "一店", 1, "张三、李四、外援", "2026-10-03", "0.5"),
        ("RO1", "一店", 2, "张三", "2026-10-03", "0.5"),
        ("RO1", "一店", 3, "张三", "2026-10-03", None),
        ("RO1", "一店", 4, "张三/张三", "2026-10-03", None),
    ]
    shares = one(csv([LINE, *rows], separator="\t")).accepted.select("line", "technician", "share").rows()
    assert shares == [
        (1, "1001", Decimal("0.168")),
        (1, "1002", Decimal("0.166")),
        (1, None, Decimal("0.166")),
        (2, "1001", Decimal("0.500")),
        (3, "1001", Decimal("1.000")),
        (4, "1001", Decimal("1.000")),
    ]


def test_a_row_with_one_unclear_name_is_rejected_whole() -> None:
    """Half a job may not land without the other half."""
    found = one(csv([LINE, ("RO1", "一店", 1, "张三/王五", "2026-10-03", None)]))
    assert found.accepted.is_empty() and found.rejected["code"].to_list() == ["namesakes"]


def test_two_strangers_on_one_line_are_two() -> None:
    """Neither has an id, yet they are not the same person and not a contradiction."""
    rows = [("RO1", "一店", 1, "外援甲", "2026-10-03", "0.6"), ("RO1", "一店", 1, "外援乙", "2026-10-03", "0.4")]
    found = one(csv([LINE, *rows]))
    assert found.accepted["share"].to_list() == [Decimal("0.600"), Decimal("0.400")]


@given(shares=st.lists(st.tuples(st.integers(1, 6), st.integers(0, 1000) | st.none()), min_size=1, max_size=6))
def test_shares_always_add_up(shares: list[tuple[int, int | None]]) -> None:
    """However many share however little, the sum stays and the parts differ by what cannot be shared."""
    frame = pl.DataFrame(
        {
            "_at": range(len(shares)),
            "technician": ["/".join(f"T{n}" for n in range(count)) for count, _ in shares],
            "share": [None if part is None else Decimal(part).scaleb(-3) for _, part in shares],
        },
        schema={"_at": pl.UInt32, "technician": pl.String, "share": pl.Decimal(18, 3)},
    )
    split = split_names(frame, "technician", "share", LINES.columns["share"])
    sums = split.group_by("_at").agg(pl.col("share").sum(), pl.len(), lowest=pl.col("share").min()).sort("_at")
    for (count, part), (_, total, rows, lowest) in zip(shares, sums.iter_rows(), strict=True):
        whole = Decimal(1000 if part is None else part).scaleb(-3)
        assert (rows, total) == (count, whole)
        assert total - lowest * count < Decimal(count).scaleb(-3)


def test_an_amount_that_says_nothing_stays_unknown() -> None:
    """Only a share of one whole may be taken for the whole; an empty amount is not one yuan."""
    frame = pl.DataFrame({"_at": [0], "who": ["a/b"], "amount": [None]}, schema_overrides={"amount": pl.Decimal(18, 2)})
    assert split_names(frame, "who", "amount", Column(type="decimal"))["amount"].to_list() == [None, None]
