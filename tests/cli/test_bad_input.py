"""What people really hand in, from the command to the files it writes: told in plain words, and nothing else upset.

What breaks here: a broken file would end the run or take another one's rows along, a wrong row would count or vanish
without a word, a figure that nobody handed in would count as zero, a wrong scheme would be half applied.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner

from fairwrench.cli.main import main
from tests.cli.spoilt import MONTH, Settled, Shop, batches, two_stores, unharmed
from tests.closing.small import OCTOBER, write_folder, write_scheme
from tests.report.small_group import EASTERN, ORDERS, SCHEME

EAST, WEST = f"{MONTH}/东店_维修工单.csv", f"{MONTH}/西店_维修工单.csv"
SURVEYED = f"{MONTH}/东店_回访.csv"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Files to be spoilt."""
    return two_stores(tmp_path)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """The same stores with nothing spoilt."""
    return two_stores(tmp_path_factory.mktemp("clean")).settle()


# Files that are no evidence


def zip_bomb() -> bytes:
    """A workbook of some megabytes whose one sheet unpacks to two gigabytes."""
    whole, packed = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        book.add_worksheet("回访").write(0, 0, "回访编号")
    with (
        zipfile.ZipFile(whole) as before,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
    ):
        for name in before.namelist():
            with file.open(name, "w", force_zip64=True) as part:
                part.write(before.read(name))
                for _ in range(128 if "sheet1" in name else 0):
                    part.write(b" " * 2**24)
    return packed.getvalue()


def million_columns() -> bytes:
    return (",".join(f"列{n}" for n in range(10**6)) + "\n" + "," * (10**6 - 1)).encode()


def locked_workbook() -> bytes:
    """What Excel writes with a password: an old container that holds a package in cipher."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096 + "EncryptedPackage".encode("utf-16-le")


BROKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a picture called a workbook": ("东店_回访2.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 500),
    "a paper called a workbook": ("东店_回访2.xlsx", lambda: b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n"),
    "half a workbook": ("东店_回访2.xlsx", lambda: b"PK\x03\x04" + b"\1" * 300),
    "a zip bomb": ("东店_回访2.xlsx", zip_bomb),
    "a million columns": ("东店_回访2.csv", million_columns),
    "a locked workbook": ("东店_回访2.xlsx", locked_workbook),
    "bytes that are no text": ("东店_回访2.csv", lambda: bytes(range(128, 256)) * 40),
    "no bytes": ("东店_回访2.csv", lambda: b""),
    "a page called a workbook": ("东店_回访2.xls", "<html><p>登录已过期</p></html>".encode),
    "columns nobody knows": ("东店_食堂.csv", "菜名,价格\n面条,12\n".encode),
}
#: the word for programs, where a reader that gives up for another reason would hide what is tested
CODES = {"a zip bomb": "too_large_unpacked", "a million columns": "too_many_columns"}


@pytest.mark.parametrize("kind", [pytest.param(k, marks=[pytest.mark.slow] * (k == "a zip bomb")) for k in BROKEN])
def test_a_broken_file_is_named_and_harms_nobody(shop: Shop, clean: Settled, kind: str) -> None:
    """Fails when one file that cannot be read would stop the month, or be passed over without a word."""
    name, content = BROKEN[kind]
    shop.write(f"{MONTH}/{name}", content())
    settled = shop.settle()
    assert settled.code == 0
    assert unharmed(settled, clean)
    (problem,) = settled.problems(name)
    assert "Traceback" not in problem
    assert "Error" not in problem
    assert CODES.get(kind, settled.codes(name)[0]) == settled.codes(name)[0]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_text_in_any_usual_encoding_counts(shop: Shop, clean: Settled, encoding: str) -> None:
    """Fails when a file from another system would be garbled or refused."""
    shop.write(EAST, shop.text(EAST).encode(encoding))
    settled = shop.settle()
    assert settled.code == 0
    assert unharmed(settled, clean)


# Sheets as people dress them up

HEADS = ORDERS.split(",")
#: the day of 11 October 2026 in a spreadsheet; order A1 came on it, A2 on the next
ELEVENTH = 46306


def dressed(shop: Shop, changed: dict[tuple[str, str], Any] | None = None) -> None:
    """The eastern orders as a workbook: titles and heads over merged cells, dates as numbers, a total row.

    `changed`: (order, head) → another cell than the right one.
    """
    (shop.data / EAST).unlink()
    with xlsxwriter.Workbook(shop.data / MONTH / "东店.xlsx", {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("维修工单")
        sheet.merge_range(0, 0, 0, len(HEADS) - 1, "东店维修工单明细表")
        sheet.merge_range(1, 0, 1, len(HEADS) - 1, "统计期间：2026-10-01 至 2026-10-31")
        sheet.merge_range(2, 0, 3, 0, HEADS[0])
        sheet.merge_range(2, 1, 2, 3, "时间")
        for column, head in enumerate(HEADS[1:], 1):
            sheet.write(3, column, head) if column <= 3 else sheet.merge_range(2, column, 3, column, head)
        for row, (number, advisor, technician, hour, labour) in enumerate(EASTERN, 4):
            day = ELEVENTH + int(number[1:]) - 1
            times = [day + 8 / 24, day + 12 / 24, day + hour / 24]
            values = [number, *times, advisor, technician, "维修", float(labour)]
            for column, (head, value) in enumerate(zip(HEADS, values, strict=True)):
                sheet.write(row, column, (changed or {}).get((number, head), value))
        sheet.write(len(EASTERN) + 5, 0, "合计")
        sheet.write(len(EASTERN) + 5, len(HEADS) - 1, 795.0)


def test_titles_merged_heads_serial_dates_and_totals_are_read(shop: Shop, clean: Settled) -> None:
    """Fails when a workbook made for people would need another one made for machines, or its total row would count."""
    dressed(shop)
    settled = shop.settle()
    assert unharmed(settled, clean)
    (batch,) = [batch for batch in batches(settled) if batch.file.endswith("东店.xlsx")]
    ignored = {name: rows for name, rows in batch.counts.items() if name.startswith("ignored")}
    expected = {"ignored_header": 4, "ignored_total": 1, "ignored_blank": 1, "ignored_duplicate": 0}
    assert ignored == expected
    assert (batch.counts["rows"], batch.counts["accepted"], batch.counts["rejected"]) == (12, 5, 1)


def test_a_formula_as_text_is_rejected_and_never_worked_out(shop: Shop) -> None:
    """Fails when `=1+1` would become an amount, or when the workbook to be mended would run it."""
    dressed(shop, {("A1", "工时费"): "=100+100", ("A5", "服务顾问"): '=HYPERLINK("http://x","E3")'})
    settled = shop.settle()
    rejected = {row["row"]: row for row in settled.rejected(f"{MONTH}/东店.xlsx")}
    assert rejected["5"]["value"] == "=100+100"
    mended = openpyxl.load_workbook(settled.out / "rejected" / f"{MONTH}_东店.xlsx")
    kinds = {cell.data_type for sheet in mended for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert settled.item("E4", "labour")["numerator"] == "300.00"


# Rows that are wrong: each with the figure that it would otherwise spoil

ORDER = "A9,2026-10-20 08:00,2026-10-20 12:00,2026-10-20 11:00,E2,E4,维修,50.00"


def with_order(shop: Shop, row: str, head: str = ORDERS) -> None:
    """One more eastern order, in a file of its own."""
    shop.write(f"{MONTH}/东店_维修工单2.csv", f"{head}\n{row}\n")


@pytest.mark.parametrize(
    ("was", "wrong", "said"),
    [
        ("50.00", "五十", "number"),
        ("50.00", "#REF!", "error"),
        ("2026-10-20 08:00", "2027-10-20 08:00", "ahead"),
        ("2026-10-20 08:00", "2026-02-30 08:00", "no such day"),
        ("2026-10-20 08:00", "", "empty|required|missing"),
        ("维修", "洗车", "none of maintenance, repair"),
        ("A9", "", "empty|required|missing"),
    ],
)
def test_a_wrong_cell_rejects_its_row_alone_and_says_why(
    shop: Shop, clean: Settled, was: str, wrong: str, said: str
) -> None:
    """Fails when a row that cannot be true would count, or go without its reason, or take others along."""
    with_order(shop, ORDER.replace(was, wrong, 1))
    settled = shop.settle()
    assert settled.code == 0
    (row,) = settled.rejected(f"{MONTH}/东店_维修工单2.csv")
    assert (row["row"], row["value"]) == ("2", wrong)
    assert re.search(said, row["reason"])
    assert unharmed(settled, clean)


def test_rejected_rows_are_a_failure_only_when_asked_for(shop: Shop) -> None:
    """Fails when a script could not tell a whole month from one with rows left behind."""
    assert shop.settle().code == 0
    assert shop.settle("--strict").code == 1


def test_a_wrong_vehicle_number_counts_with_a_warning(shop: Shop, clean: Settled) -> None:
    """Fails when a typing error in a number would take the technician's work away, or pass unseen."""
    with_order(shop, f"{ORDER},LSVAA4182E2184048", f"{ORDERS},VIN")
    settled = shop.settle()
    assert "vin_check" in settled.codes("东店_维修工单2.csv")
    assert settled.item("E4", "labour")["numerator"] == "550.00"
    assert clean.item("E4", "labour")["numerator"] == "500.00"


def test_a_stranger_counts_for_the_store_for_nobody_and_is_listed(shop: Shop, clean: Settled) -> None:
    """Fails when work of somebody on no roster would be lost, be somebody else's, or go unmentioned."""
    with_order(shop, ORDER.replace("E2,E4", "E2,赵外聘"))
    settled = shop.settle()
    assert settled.rejected(f"{MONTH}/东店_维修工单2.csv") == []
    assert settled.item("E4", "labour") == clean.item("E4", "labour")
    assert settled.item("E2", "on_time")["denominator"] == "5"
    assert settled.said["uncredited"] == [{"file": f"{MONTH}/东店_维修工单2.csv", "name": "赵外聘", "rows": 1}]


def test_two_rows_for_one_order_that_disagree_are_both_rejected_and_named(shop: Shop, clean: Settled) -> None:
    """Fails when chance, or the order of rows, would decide which of two amounts is paid."""
    other = ORDER.replace("50.00", "70.00")
    with_order(shop, f"{ORDER}\n{ORDER.replace('A9', 'A8')}\n{other}")
    settled = shop.settle()
    rejected = settled.rejected(f"{MONTH}/东店_维修工单2.csv")
    assert [row["row"] for row in rejected] == ["2", "4"]
    assert all("rows 2, 4" in row["reason"] and "A9" in row["value"] for row in rejected)
    assert settled.item("E4", "labour")["numerator"] == "550.00"


def test_the_same_row_and_the_same_file_twice_count_once(shop: Shop) -> None:
    """Fails when pressing a button twice would pay twice."""
    with_order(shop, f"{ORDER}\n{ORDER}")
    shop.write(f"{MONTH}/东店_维修工单2 (1).csv", f"{ORDERS}\n{ORDER}\n{ORDER}\n")
    settled = shop.settle()
    assert settled.item("E4", "labour")["numerator"] == "550.00"
    (batch,) = [batch for batch in batches(settled) if "东店_维修工单2" in batch.file]
    assert (batch.counts["accepted"], batch.counts["ignored_duplicate"]) == (1, 1)
    assert "already_landed" in settled.codes("东店_维修工单2")


def test_a_mended_row_of_a_later_file_replaces_the_first(shop: Shop) -> None:
    """Fails when a correction would count beside what it corrects."""
    with_order(shop, ORDER)
    shop.write(f"{MONTH}/东店_维修工单3.csv", f"{ORDERS}\n{ORDER.replace('50.00', '80.00')}\n")
    shop.write("order.txt", "东店_维修工单3.csv\n")
    settled = shop.settle()
    assert settled.item("E4", "labour")["numerator"] == "580.00"
    counts = [batch.counts for batch in batches(settled) if "东店_维修工单3" in batch.file]
    assert [found["changed"] for found in counts] == [1]


def test_two_stores_in_one_file_go_to_their_stores(shop: Shop, clean: Settled) -> None:
    """Fails when the file of a group would be taken for one store's, or need to be cut apart by hand."""
    rows = []
    for store, name in (("东店", EAST), ("西店", WEST)):
        rows += [f"{row},{store}" for row in shop.text(name).splitlines()[1:]]
        (shop.data / name).unlink()
    shop.write(f"{MONTH}/维修工单.csv", "\n".join([f"{ORDERS},门店", *rows]))
    settled = shop.settle()
    assert unharmed(settled, clean)
    (batch,) = [batch for batch in batches(settled) if batch.source == "repair_orders"]
    assert set(batch.stores) == {"东店", "西店"}


def test_a_file_of_no_store_asks_for_it(shop: Shop, clean: Settled) -> None:
    """Fails when orders of nobody's store would count for one, or vanish."""
    shop.write(f"{MONTH}/维修工单.csv", f"{ORDERS}\n{ORDER}\n")
    settled = shop.settle()
    assert unharmed(settled, clean)
    assert [row["row"] for row in settled.rejected(f"{MONTH}/维修工单.csv")] == ["2"]
    assert "store" in settled.rejected(f"{MONTH}/维修工单.csv")[0]["reason"]


def test_every_row_of_every_file_is_accounted_for(shop: Shop) -> None:
    """Fails when a batch would hold fewer or more rows than a person sees in the file that it came from."""
    with_order(shop, f"\n{ORDER}\n{ORDER}\n{ORDER.replace('A9', 'A8').replace('50.00', '1,x')}\n合计,,,,,,,49\n\n")
    shop.write(f"{MONTH}/评分2.csv", "被评人工号,考核项,评分人,考核月份,等级\n没有此人,工作态度,E1,2026-10,合格\n")
    settled = shop.settle()
    found = batches(settled)
    assert {batch.file for batch in found} == {path.relative_to(shop.data).as_posix() for path in shop.data.glob("*/*")}
    for batch in found:
        lines = shop.text(batch.file).splitlines()
        told = sum(rows for name, rows in batch.counts.items() if name in ("accepted", "rejected"))
        told += sum(rows for name, rows in batch.counts.items() if name.startswith("ignored"))
        assert told == len(lines), batch.file
        rows = {row["row"] for row in settled.rejected(batch.file)}
        assert batch.counts["rejected"] == len(rows)


# Evidence that is not there


def test_what_nobody_handed_in_is_missing_and_the_run_says_what_to_upload(shop: Shop, clean: Settled) -> None:
    """Fails when a store that forgot a file would be paid as if it had no satisfied customer."""
    (shop.data / SURVEYED).unlink()
    settled = shop.settle()
    assert clean.of("E2")["state"] == "settled"
    assert settled.of("E2")["state"] == "incomplete"
    line = settled.item("E2", "satisfied")
    assert (line["points"], line["numerator"], line["note"]) == ("", "", "not_handed_in")
    assert settled.of("E4") == clean.of("E4")
    name, due = "Surveys", "2026-11-05 17:30"
    assert settled.said["to_upload"] == [
        {"store": "东店", "source": "surveys", "name": name, "from": "孙八 W4", "due": due, "people": 2},
        {
            "store": "东店",
            "source": "ratings",
            "name": "Ratings",
            "from": "王一 E1",
            "due": "2026-11-04 17:30",
            "people": 1,
        },
        {"store": "西店", "source": "surveys", "name": name, "from": "孙八 W4", "due": due, "people": 1},
    ]


def test_what_is_looked_into_is_asked_for_and_not_what_looks(tmp_path: Path) -> None:
    """Fails when a store would be asked again for job lines that it handed in, while its orders are what is missing.

    Comebacks and jobs fixed at once are counted from job lines, which look up the vehicle in the order.
    """
    data, out = write_folder(tmp_path / "data", [OCTOBER], without=["repair_orders"]), tmp_path / "out"
    told = ["settle", MONTH, "--data", str(data), "--out", str(out), "--no-reports", "--json"]
    answer = CliRunner().invoke(main, [*told, "--scheme", str(write_scheme(tmp_path / "scheme.yaml"))])
    wanted = {(each["store"], each["source"]) for each in json.loads(answer.stdout)["to_upload"]}
    assert wanted >= {("朝阳店", "repair_orders"), ("海淀店", "repair_orders")}
    assert not {source for _, source in wanted} & {"job_lines", "complaints"}


def test_a_file_of_nothing_but_rejected_rows_is_not_a_file_without_rows(shop: Shop) -> None:
    """Fails when a store whose file could not be read at all would count as having had no customer."""
    shop.write(SURVEYED, "回访编号,服务顾问,应回访日期,回访日期,是否接通,是否满意\nS1,E2,昨天,昨天,是,是\n")
    settled = shop.settle()
    assert settled.item("E2", "satisfied")["note"] == "all_rejected"


def test_an_item_that_may_do_without_is_left_out_of_the_weights(shop: Shop) -> None:
    """Fails when `when_missing: reweigh` would hold a person, or count the missing item as zero.

    Of E2 remain on time 81.25 × 60 and conduct 90.00 × 20: 6675 ÷ 80 = 83.4375, half up 83.44.
    """
    (shop.data / SURVEYED).unlink()
    text = SCHEME.read_text("utf-8").replace("metric: satisfied,", "metric: satisfied, when_missing: reweigh,")
    scheme = shop.folder / "reweighed.yaml"
    scheme.write_text(text, encoding="utf-8")
    settled = shop.settle(scheme=str(scheme))
    assert (settled.of("E2")["state"], settled.of("E2")["score"]) == ("settled", "83.44")
    line = settled.item("E2", "satisfied")
    assert (line["weight"], line["points"], line["note"]) == ("0.00", "", "not_handed_in")


def test_the_screen_names_store_and_source_to_upload(shop: Shop) -> None:
    """Fails when HR would have to find out which of the files is still missing, and whom to ask."""
    (shop.data / SURVEYED).unlink()
    asked = ["settle", MONTH, "--data", str(shop.data), "--out", str(shop.folder / "o"), "--scheme", str(SCHEME)]
    answer = CliRunner().invoke(main, [*asked, "--no-reports", "--lang", "zh"])
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert any(line.startswith("请补交") for line in lines)
    assert any(all(word in line for word in ("东店", "回访", "surveys")) for line in lines)
    assert "settlement.xlsx" not in answer.stdout
