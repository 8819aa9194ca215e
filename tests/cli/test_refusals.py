"""What cannot be settled is refused with everything that is wrong, where it stands, and nothing is written.

What breaks here: a wrong scheme would be half applied, or found out one mistake a run; a month would be settled from
nothing; a refusal would leave something that looks like a settled month.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from fairwrench.cli.main import main
from tests.cli.spoilt import MONTH, Settled, Shop, two_stores, unharmed
from tests.report.small_group import HISTORY, SCHEME


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Files to be spoilt."""
    return two_stores(tmp_path)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """The same stores with nothing spoilt."""
    return two_stores(tmp_path_factory.mktemp("clean")).settle()


STEEP = "[[0.5, 50], [0.9, 100]]"
FALLING = "[[0.5, 100], [0.9, 60]]"
WRONG = """base: {base}
scheme: wrong
version: "1"
metrics:
  broken:
    name: {{zh: 坏, en: Broken}}
    better: higher
    numerator: {{source: repair_orders, where: finnished_at is not null, date: finished_at}}
bands:
  grades:
    B: {{from: 125}}
scorecards:
  advisor:
    items:
      - {{metric: on_time, category: key, weight: 59, target: 0.9, curve: {{of: value, piecewise: {falling}}}}}
      - {{metric: on_tme, category: key, weight: 40, target: 0.9, curve: {{of: value, piecewise: {steep}}}}}
"""


def test_a_wrong_scheme_is_refused_with_everything_at_once_and_nothing_is_written(shop: Shop) -> None:
    """Fails when HR would find the mistakes of a scheme one run after the other, or a wrong one would settle."""
    scheme = shop.folder / "wrong.yaml"
    scheme.write_text(WRONG.format(base=SCHEME, falling=FALLING, steep=STEEP), encoding="utf-8")
    settled = shop.settle(scheme=str(scheme))
    assert settled.code == 2
    assert not settled.out.exists()
    errors = [line for line in settled.told.splitlines() if line.startswith("error: ")]
    expected = {8: "`finished_at`", 11: "begins at 125", 14: "add to 99", 15: "go the other way", 16: "`on_time`"}
    for line, word in expected.items():
        assert [told for told in errors if f"wrong.yaml:{line} " in told and word in told], (line, errors)
    assert len(errors) == len(expected)


def test_a_base_that_leads_back_to_itself_is_refused(shop: Shop) -> None:
    """Fails when two schemes that name each other would never end."""
    for name, base in (("a", "b.yaml"), ("b", "a.yaml")):
        (shop.folder / f"{name}.yaml").write_text(f"base: {base}\nscheme: {name}\nversion: '1'\n", encoding="utf-8")
    settled = shop.settle(scheme=str(shop.folder / "a.yaml"))
    assert (settled.code, settled.out.exists()) == (2, False)
    assert re.search(r"b\.yaml:1 .*circle: a → b → a", settled.told)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("scheme: [unclosed", r"wrong\.yaml:\d"),
        ("- a list", r"wrong\.yaml:\d.*mapping"),
        ("", r"wrong\.yaml"),
        ("scheme: x\nscheme: y\n", r"wrong\.yaml:2"),
        ("a: &a [*a]\n", r"wrong\.yaml"),
        ("a: !!python/object/apply:os.system [ls]\n", r"wrong\.yaml"),
    ],
)
def test_a_file_that_is_no_scheme_is_refused_with_its_line(shop: Shop, content: str, said: str) -> None:
    """Fails when a slip of the pen would end in a page of program text, or run something."""
    scheme = shop.folder / "wrong.yaml"
    scheme.write_text(content, encoding="utf-8")
    settled = shop.settle(scheme=str(scheme))
    assert (settled.code, settled.out.exists()) == (2, False)
    assert re.search(said, settled.told)


def spoil_roster(shop: Shop) -> None:
    shop.write("roster.csv", "菜名,价格\n面条,12\n")


def lose_roster(shop: Shop) -> None:
    (shop.data / "roster.csv").unlink()


def lose_evidence(shop: Shop) -> None:
    for path in (shop.data / MONTH).iterdir():
        path.unlink()


def spoil_history(shop: Shop) -> None:
    (shop.folder / "history.csv").write_text("月份,工号\n2026-09,E4\n", encoding="utf-8")


def misspell_history(shop: Shop) -> None:
    (shop.folder / "history.csv").write_text(HISTORY.replace("50.00", "五十"), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_roster, "roster"),
        (lose_roster, "roster"),
        (lose_evidence, "no file to settle"),
        (spoil_history, "history.csv"),
        (misspell_history, "history.csv"),
    ],
)
def test_a_folder_that_cannot_be_settled_is_refused(shop: Shop, spoil: Callable[[Shop], None], said: str) -> None:
    """Fails when a month would be settled from nothing, or the run would end in a page of program text."""
    spoil(shop)
    settled = shop.settle()
    assert (settled.code, settled.out.exists()) == (2, False)
    assert said in settled.told


def test_a_month_that_does_not_exist_is_refused(shop: Shop) -> None:
    settled = shop.settle(month="2026-13")
    assert (settled.code, settled.out.exists()) == (2, False)
    assert "2026-10" in settled.told


def test_an_out_inside_the_data_is_no_evidence_the_next_time(shop: Shop, clean: Settled) -> None:
    """Fails when a run would read what the run before wrote: a totals.csv, a workbook of rejected rows."""
    inside = Shop(shop.data)
    first, history = CliRunner(), shop.folder / "history.csv"
    history.write_text(HISTORY, encoding="utf-8")
    for _ in range(2):
        told = ["settle", MONTH, "--data", str(shop.data), "--out", str(inside.folder / "out"), "--scheme", str(SCHEME)]
        assert first.invoke(main, [*told, "--history", str(history), "--lang", "en"]).exit_code == 0
        assert unharmed(Settled(0, {}, "", inside.folder / "out"), clean)


def test_a_disk_that_refuses_is_told_in_a_sentence(shop: Shop, tmp_path: Path) -> None:
    """Fails when a full disk, or a file in the way, is answered by a page of the program's own lines."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "ledger").write_text("a file in the way")
    told = CliRunner().invoke(main, ["settle", MONTH, "--data", str(shop.data), "--out", str(out), "--lang", "en"])
    assert told.exit_code == 2
    assert "the disk refuses" in told.stderr and "ledger" in told.stderr
    assert "Traceback" not in told.output
