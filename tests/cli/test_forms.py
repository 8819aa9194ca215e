"""`fairwrench rating-forms` from a folder of files, and from a roster alone."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fairwrench.cli.main import main
from tests.report.small_group import SCHEME, write_data


def forms(data: Path, out: Path, *more: str) -> tuple[int, str]:
    """Run the command; the exit code and what was said."""
    options = ["--data", str(data), "--out", str(out), "--scheme", str(SCHEME), "--lang", "zh"]
    result = CliRunner().invoke(main, ["rating-forms", "2026-10", *options, *more])
    return result.exit_code, result.output


def test_forms_are_written_for_raters_and_for_signature(tmp_path: Path) -> None:
    """Fails when a month's forms are not all there, or the folder of data is written into."""
    data = write_data(tmp_path / "data")
    before = sorted(path.name for path in data.rglob("*"))
    code, said = forms(data, tmp_path / "out")
    assert code == 0, said
    written = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))
    assert written == [
        "appraisal-forms/东店.docx",
        "appraisal-forms/西店.docx",
        "rating-forms/ratings_E1_王一.xlsx",
        "rating-forms/ratings_W1_周五.xlsx",
        "templates/appraisal.docx",
    ]
    assert "2 份评分表" in said
    assert sorted(path.name for path in data.rglob("*")) == before


def test_a_roster_alone_will_do(tmp_path: Path) -> None:
    """Fails when goals cannot be set before the first file of the month was handed in (S1 ❺ 5.1.1)."""
    data = write_data(tmp_path / "data")
    for path in (data / "2026-10").iterdir():
        path.unlink()
    code, said = forms(data, tmp_path / "out", "--no-appraisals")
    assert code == 0, said
    assert len(list((tmp_path / "out" / "rating-forms").iterdir())) == 2
    assert not (tmp_path / "out" / "appraisal-forms").exists()


@pytest.mark.parametrize("missing", ["roster.csv"])
def test_without_a_roster_nothing_is_written(tmp_path: Path, missing: str) -> None:
    """Fails when forms are made for nobody in particular."""
    data = write_data(tmp_path / "data")
    (data / missing).unlink()
    code, said = forms(data, tmp_path / "out")
    assert code == 2
    assert "花名册" in said
    assert not (tmp_path / "out").exists()
