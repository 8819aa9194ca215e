"""Which kind each file of a folder was read as, and how many of its rows count: what a person checks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

import polars as pl

from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.problem import Problem, Refused, nearest
from fairwrench.settlement.source.source import Source, header_of

#: files.csv: one row a recognised sheet
FILES = {
    "file": pl.String,
    "sheet": pl.String,
    "source": pl.String,
    "name": pl.String,
    "stores": pl.String,
    "months": pl.String,
    "rows": pl.Int64,
    "accepted": pl.Int64,
    "rejected": pl.Int64,
    "ignored": pl.Int64,
    "columns_absent": pl.String,
}


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which files are of which kind by somebody's word: patterns of names (`*绩效*.xlsx`) → sources."""

    patterns: tuple[tuple[str, str], ...] = ()

    def of(self, file: str, sources: Mapping[str, Source]) -> Mapping[str, Source]:
        """The sources that a file may be: the one told for it, the last pattern first, else all."""
        # The last word wins, as with options of a command line.
        told = next((name for pattern, name in reversed(self.patterns) if _fits(file, pattern)), None)
        return {told: sources[told]} if told else sources

    def check(self, sources: Mapping[str, Source]) -> None:
        """Refused when a pattern names a source that there is not."""
        if unknown := [name for _, name in self.patterns if name not in sources]:
            raise Refused([_unknown(name, sources) for name in unknown])


def _fits(file: str, pattern: str) -> bool:
    return fnmatch(file, pattern) or fnmatch(file.rpartition("/")[2], pattern)


def _unknown(name: str, sources: Mapping[str, Source]) -> Problem:
    near = nearest(name, sources)
    hint_zh, hint_en = (f"，最接近的是“{near}”", f"; the nearest is {near!r}") if near else ("", "")
    return Problem(
        "unknown_source",
        f"没有名为“{name}”的数据报表{hint_zh}",
        f"there is no kind of file {name!r}{hint_en}",
        subject=name,
    )


def file_row(part: Intake, source: Source, lang: str, absent: Sequence[str]) -> dict[str, object]:
    """One row of files.csv for a sheet that was placed in its stores."""
    ignored = sum(count for name, count in part.counts.items() if name.startswith("ignored"))
    named = [
        header_of(column, source.columns[column]) if lang == "zh" else _english(column, source) for column in absent
    ]
    return {
        "file": part.file,
        "sheet": part.sheet,
        "source": part.source,
        "name": source.name.of(lang),
        "stores": " ".join(sorted({*part.stores_in, *part.stores})),
        "months": " ".join(part.months),
        "rows": part.counts["rows"],
        "accepted": part.counts["accepted"],
        "rejected": part.counts["rejected"],
        "ignored": ignored,
        "columns_absent": ("、" if lang == "zh" else ", ").join(named),
    }


def _english(column: str, source: Source) -> str:
    name = source.columns[column].name
    return name.en if name else column


def by_kind(files: pl.DataFrame) -> pl.DataFrame:
    """source, name, files, accepted, rejected: the files of each kind together, by name."""
    sums = files.group_by("source", "name").agg(
        files=pl.col("file").n_unique(), accepted=pl.col("accepted").sum(), rejected=pl.col("rejected").sum()
    )
    return sums.sort("name", "source")
