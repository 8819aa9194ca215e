"""What `settle` writes for people beside the csv files."""

from dataclasses import replace
from pathlib import Path

from fairwrench.closing.run import Run
from fairwrench.report.write import write_reports
from tests.report.small_group import Silent


def test_everything_is_written_and_the_contract_left_alone(run: Run, tmp_path: Path) -> None:
    """Fails when a report is missing, or writing reports changes what was settled."""
    before = {path: path.read_bytes() for path in sorted(run.asked.out.glob("*.csv"))}
    bars = Silent()
    write_reports(replace(run, asked=replace(run.asked, out=tmp_path)), bars)
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert written == ["letters/2026-10_E4_letter_after_two_e.docx", "report.html", "settlement.xlsx"]
    assert [what for _, what in bars.steps] == ["settlement.xlsx", "report.html", "letters"]
    assert {path: path.read_bytes() for path in before} == before


def test_the_page_is_one_file_of_moderate_size(run: Run, tmp_path: Path) -> None:
    """Fails when the page of eight people would not open on a phone."""
    write_reports(replace(run, asked=replace(run.asked, out=tmp_path)), Silent())
    assert (tmp_path / "report.html").stat().st_size < 200_000
