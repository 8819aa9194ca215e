"""Earlier months as somebody hands them in (`--history totals.csv`), for the runs of grades."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fairwrench.settlement.case import HISTORY
from fairwrench.settlement.grade.grade import grade_expr
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Scheme


def history_from(path: Path, scheme: Scheme) -> pl.DataFrame:
    """Earlier months from a totals.csv (`--history`), as columns HISTORY; Refused with everything that is wrong in it.

    Where ranks are forced, totals.csv shows the rank's grade; standing reads the score's own band (S1 ❺ 5.5), which is
    worked out here.
    """
    try:
        frame = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        raise Refused([_not_a_table(path)]) from None
    missing = [name for name in HISTORY if name not in frame.columns]
    if missing:
        raise Refused([_not_a_history(path, missing)])
    told = frame.select([pl.col(name).replace("", None) for name in HISTORY])
    # Scores are hundredths as integers; a spreadsheet's 98.125 or 9.5e1 is refused below rather than rounded.
    number = pl.col("score").str.to_decimal(scale=2).to_physical().cast(pl.Int64)
    looks_right = pl.col("score").str.contains(r"^\d{1,3}(\.\d{1,2})?$")
    read = told.with_columns(score=pl.when(looks_right).then(number), text=pl.col("score"))
    if wrong := _wrong_rows(read, path, scheme):
        raise Refused(wrong)
    history = read.select(list(HISTORY))
    if scheme.distribution.mode == "forced":
        history = history.with_columns(grade=grade_expr(pl.col("score"), scheme.bands))
    return history


def _wrong_rows(read: pl.DataFrame, path: Path, scheme: Scheme) -> list[Problem]:
    """Rows that no run of grades can be told from; rows are numbered as a sheet shows them."""
    settled = (pl.col("state") == "settled").fill_null(False)
    graded = pl.col("grade").is_in(list(scheme.bands.grades))
    tests = {
        "month": ~pl.col("month").str.contains(r"^\d{4}-(0[1-9]|1[0-2])$").fill_null(False),
        "employee_id": pl.col("employee_id").is_null(),
        "state": ~pl.col("state").is_in(["settled", "excluded", "incomplete"]).fill_null(False),
        # `score` is null where the text does not look right: told for an excluded month too, since somebody wrote it.
        "score": pl.col("score").is_null() & (settled | pl.col("text").is_not_null()),
        "grade": (settled & pl.col("grade").is_null()) | ~graded.fill_null(True),
        "twice": pl.struct("month", "employee_id").is_duplicated(),
    }
    # Line 1 is the header.
    numbered = read.with_row_index("line", offset=2).with_columns(
        wrong=pl.concat_list([pl.when(test).then(pl.lit(name)) for name, test in tests.items()]).list.drop_nulls()
    )
    bad = numbered.filter(pl.col("wrong").list.len() > 0).select("line", "wrong")
    return [_wrong_row(path, line, columns) for line, columns in bad.iter_rows()]


def _wrong_row(path: Path, line: int, columns: list[str]) -> Problem:
    twice = "twice" in columns
    named = [name for name in columns if name != "twice"]
    zh = "；".join([*([f"不可用：{'、'.join(named)}"] if named else []), *(["同一人同一月出现多次"] if twice else [])])
    en = "; ".join(
        [*([f"cannot be used: {', '.join(named)}"] if named else []), *(["a person's month stands twice"] * twice)]
    )
    return Problem("bad_history", zh, en, file=str(path), line=line)


def _not_a_table(path: Path) -> Problem:
    return Problem("not_a_history", "历史文件不是 csv 表格", "the history is no csv table", file=str(path))


def _not_a_history(path: Path, missing: list[str]) -> Problem:
    zh, en = f"历史文件缺少列：{'、'.join(missing)}", f"the history lacks the columns {', '.join(missing)}"
    return Problem("not_a_history", zh, en, file=str(path))
