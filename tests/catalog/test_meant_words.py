"""Words of other programs in a document of our own: the word that is meant is named, not the one spelt most alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.settlement.problem import Refused

SOURCE = """name: {title}
row: 一辆
key: [bike_no]
filed_by: seen_on
columns:
  bike_no: {{required: true, name: 车号}}
  seen_on: {{type: {kind}, name: {{en: Seen}}}}
"""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("datetime", "timestamp"),
        ("DateTime", "timestamp"),
        ("string", "text"),
        ("str", "text"),
        ("varchar", "text"),
        ("float", "decimal"),
        ("number", "decimal"),
        ("integer", "int"),
        ("boolean", "bool"),
        ("tekst", "text"),
        ("timestmp", "timestamp"),
    ],
)
def test_the_type_of_another_program_names_ours(written: str, meant: str, tmp_path: Path) -> None:
    """Fails when `datetime` is answered with `date`, so that the time of day is thrown away on our advice."""
    (tmp_path / "bikes.yaml").write_text(SOURCE.format(title="单车", kind=written), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load_sources(tmp_path)
    (words,) = [problem for problem in refused.value.problems if problem.path[-1:] == ("type",)]
    assert f"did you mean `{meant}`?" in words.en and f"是否想写“{meant}”" in words.zh


@pytest.mark.parametrize("title", ["单车", "{zh: 单车}", "{en: Bikes}", "{zh: 单车, en: Bikes}"])
def test_names_in_one_language_are_enough_in_catalog_files(title: str, tmp_path: Path) -> None:
    """Fails when a shop's own kind of file is refused for want of English, or shows nothing in the other language."""
    (tmp_path / "bikes.yaml").write_text(SOURCE.format(title=title, kind="date"), encoding="utf-8")
    bikes = load_sources(tmp_path)["bikes"]
    assert bikes.name.zh and bikes.name.en and bikes.row.en == "一辆"
    assert bikes.columns["bike_no"].name and bikes.columns["bike_no"].name.en == "车号"
    assert bikes.columns["seen_on"].name and bikes.columns["seen_on"].name.zh == "Seen"
