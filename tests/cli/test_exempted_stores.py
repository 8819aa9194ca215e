"""Exemptions whose store is told by the key of the exempted row. E4's labour is 200.00 of A1 and 300.00 of A2.

What breaks here: an approved exemption has no effect because its row left the store to its key, or exempts rows of a
store that it does not name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.spoilt import MONTH, Shop, two_stores

FILE = f"{MONTH}/剔除申请.csv"
HEAD = "数据源,数据主键,指标,考核月份,门店,原因,批准人"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Files with nothing exempted yet."""
    return two_stores(tmp_path)


def exempted(shop: Shop, *rows: str, head: str = HEAD) -> None:
    shop.write(FILE, "\n".join([head, *rows]))


@pytest.mark.parametrize("source", ["维修工单", "repair_orders"])
@pytest.mark.parametrize("kind", [(), ("--kind", "剔除申请.csv=exemptions")])
def test_an_empty_store_is_told_by_the_key(shop: Shop, source: str, kind: tuple[str, ...]) -> None:
    """Fails when a group's list of exemptions is rejected for a store that each of its keys names."""
    exempted(shop, f"{source},东店|A2,labour,{MONTH},,客户原因,E1", f"{source},西店|B1,labour,{MONTH},,客户原因,W1")
    settled = shop.settle(*kind)
    assert settled.rejected(FILE) == []
    assert settled.item("E4", "labour")["numerator"] == "200.00"
    assert settled.item("W3", "labour")["numerator"] == "500.00"


def test_a_list_without_a_column_of_stores_is_told_by_its_keys(shop: Shop) -> None:
    """Fails when the column of stores has to be there for its cells to be empty."""
    exempted(shop, f"维修工单,东店|A2,labour,{MONTH},客户原因,E1", head=HEAD.replace("门店,", ""))
    assert shop.settle().item("E4", "labour")["numerator"] == "200.00"


def test_a_store_that_is_not_the_keys_rejects_the_row(shop: Shop) -> None:
    """Fails when it is left to chance which of two stores an exemption is for, or it goes without a word."""
    exempted(shop, f"维修工单,东店|A2,labour,{MONTH},西店,客户原因,E1", f"维修工单,东店|A1,labour,{MONTH},东店,事故,E1")
    settled = shop.settle()
    (row,) = settled.rejected(FILE)
    assert (row["file"], row["row"], row["column"], row["value"]) == (FILE, "2", "数据主键", "东店|A2")
    assert row["reason"] == (
        "the store is '西店', and the key '东店|A2' is one of '东店'; a store exempts its own rows alone: mend one"
    )
    assert settled.item("E4", "labour")["numerator"] == "300.00"


@pytest.mark.parametrize("key", ["A2", "南店|A2", "东店|A2|1"])
def test_a_key_that_tells_no_store_leaves_the_question(shop: Shop, key: str) -> None:
    """Fails when a store is guessed from a key that does not name one, or the message speaks of a column that is
    there."""
    exempted(shop, f"维修工单,{key},labour,{MONTH},,客户原因,E1")
    settled = shop.settle()
    (row,) = settled.rejected(FILE)
    assert (row["column"], row["reason"]) == (
        "门店",
        "no store: the row names none, and the file lies in no store's folder",
    )
    assert settled.item("E4", "labour")["numerator"] == "500.00"
