"""The comparisons: what is run beside what, what must come out equal, and the ratio against its bar."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import polars as pl

from bench import whole
from bench.by_hand import differing
from bench.measuring import Measured, apart, median
from bench.ours import figures, scores, size_of
from bench.sizes import MONTH

#: at most as many employees are looped over one by one; the rest is extrapolated, which is then said
SAMPLED = 6_000
TWELVE = 12


@dataclass(frozen=True)
class Line:
    """One line of the table: ours, theirs, their ratio (by the clock and by processor time), the bar, what to know.

    `floor` is the ratio (or time) below which nobody gets: the leanest hand-written way to the same integers.
    """

    what: str
    ours: Measured
    theirs: Measured | None = None
    bar: str = ""
    floor: str = ""
    note: str = ""
    #: how many times theirs took for a part only
    whole: float = 1.0

    def ratio(self, faster: bool) -> tuple[float, float] | None:
        """(by the clock, by processor time): how much slower theirs is when `faster` is asked, else ours."""
        if self.theirs is None:
            return None
        times = [(self.theirs.seconds, self.ours.seconds), (self.theirs.cpu, self.ours.cpu)]
        both = [(over * self.whole, under) if faster else (under, over * self.whole) for over, under in times]
        return both[0][0] / both[0][1], both[1][0] / both[1][1]


class Unequal(AssertionError):
    """Two ways of working a figure out gave different integers."""


@dataclass(frozen=True)
class Bench:
    """Where things lie, which size it is, and how often each thing is measured."""

    folder: Path
    name: str
    times: int

    @property
    def ledger(self) -> Path:
        """The ledger of the size."""
        return self.folder / self.name

    def made(self, name: str, months: int = 0) -> Path:
        """A ledger, made unless it is there whole."""
        place = self.folder / (f"{name}-{months}" if months else name)
        if not (place / "made").exists():
            apart("making_apart:ledger", str(place), name, str(months))
        return place

    def several(self, *words: str) -> Measured:
        """The median of several runs."""
        return median([apart(*words) for _ in range(self.times)])

    def out(self, folder: Path) -> Path:
        """Where the settled month goes."""
        return folder / "out"


def settling(bench: Bench) -> Iterator[Line]:
    """Settling a sealed month against hand-written queries."""
    place = bench.made(bench.name)
    sealing = bench.several("ours:sealed", str(place), bench.name)
    ours, side, raw = [], [], []
    for _ in range(bench.times):
        ours.append(apart("ours:settled", str(place), bench.name, str(bench.out(place))))
        side.append(apart("by_hand:queried", str(place), "side", str(place / "side.parquet")))
        raw.append(apart("by_hand:queried", str(place), "derive", str(place / "raw.parquet")))
    for name in ("side", "raw"):
        _equal(differing(figures(bench.out(place)), pl.read_parquet(place / f"{name}.parquet")))
    settled = median(ours)
    rows = settled.said["rows"]
    note = (
        f"{rows['repair_orders']:,} orders and {rows['job_lines']:,} job lines read; {settled.said['people']:,} people"
    )
    what = "settle a sealed month to csv, against queries on the same side file"
    yield Line(what, settled, median(side), "≤ 1.3" if bench.name == "L" else "≤ 1.5", "1", note)
    both = _sum(sealing, settled)
    what = "seal, derive and settle, against queries that find comebacks themselves"
    yield Line(what, both, median(raw), "≤ 1.4", "1", f"at most {both.memory:,.0f} MB (bar at L: 4,000)")
    yield Line("seal and derive alone", sealing)


def clustered(bench: Bench) -> Iterator[Line]:
    """The same sealed month settled on Spark in this machine, against DuckDB; their csv files have to be equal."""
    place = bench.made(bench.name)
    alone = _settled(bench, place)
    spread = bench.several("ours:settled", str(place), bench.name, str(bench.out(place)), "spark")
    _equal([] if alone.said["digest"] == spread.said["digest"] else ["csv files of Spark and DuckDB differ"])
    note = "the processor time of Java is not in it, nor its start"
    yield Line("settle a sealed month on Spark, against DuckDB", spread, alone, note=note)


def looping(bench: Bench) -> Iterator[Line]:
    """The per-employee loop of an ORM."""
    place = bench.made(bench.name)
    ours = _settled(bench, place)
    loop = apart("orm:looped", str(place), bench.name, str(SAMPLED))
    told = json.loads((place / "orm.json").read_text())
    mine = scores(bench.out(place))
    _equal([f"score of {who}: {mine.get(who)}, {score}" for who, (score, _) in told.items() if mine.get(who) != score])
    _equal(_unlike(told, figures(bench.out(place))))
    share = loop.said["everybody"] / loop.said["sampled"]
    note = (
        "every employee looped over"
        if share == 1
        else f"{loop.said['sampled']} of {loop.said['everybody']} looped over"
    )
    yield Line("per-employee ORM loop, settling sealed evidence", ours, loop, "≥ 35 slower", "48", note, whole=share)


def pandas(bench: Bench) -> Iterator[Line]:
    """The pandas script."""
    place = bench.made(bench.name)
    sealing = bench.several("ours:sealed", str(place), bench.name)
    ours = _settled(bench, place)
    theirs = bench.several("with_pandas:scored", str(place), bench.name, str(place / "pandas.parquet"))
    frame = pl.read_parquet(place / "pandas.parquet")
    _equal(differing(figures(bench.out(place)), frame))
    mine = scores(bench.out(place))
    pairs = frame.select("employee_id", pl.col("score").cast(pl.Int64)).drop_nulls().iter_rows()
    _equal([f"score of {who}: {mine.get(who)}, {score}" for who, score in pairs if mine.get(who) != score])
    memory = f"memory {theirs.memory:,.0f} MB against {max(ours.memory, sealing.memory):,.0f} MB"
    yield Line(
        "pandas, comebacks included, against seal, derive and settle",
        _sum(sealing, ours),
        theirs,
        "≥ 3 slower",
        "4.4",
        memory,
    )
    yield Line("pandas, against settling sealed evidence", ours, theirs, note=f"memory {ours.memory:,.0f} MB")


def starting(bench: Bench) -> Iterator[Line]:
    """How long a command takes to begin, beside Python alone and beside the packages alone that it stands on."""
    ours = median([whole.started("--version") for _ in range(bench.times)])
    theirs = median([whole.importing() for _ in range(bench.times)])
    yield Line("`fairwrench --version`, against Python that does nothing", ours, theirs, "≤ 0.3 s", "1")
    stands_on = ("pydantic", "rich", "polars", "duckdb", "sqlglot")
    ours = median([whole.started("check-scheme", "dealership") for _ in range(bench.times)])
    theirs = median([whole.importing(*stands_on) for _ in range(bench.times)])
    yield Line(
        f"`fairwrench check-scheme dealership`, all shipped YAML read, against importing {', '.join(stands_on)}",
        ours,
        theirs,
    )


def processes(bench: Bench) -> Iterator[Line]:
    """The whole command at S."""
    with TemporaryDirectory(dir=bench.folder) as scratch:
        for group, bars in ((whole.STORE, ("≤ 4 s", "≤ 2 s")), (whole.GROUP, ("≤ 3.4 s", "≤ 1.7 s"))):
            data, out = Path(scratch, group.name, "data"), Path(scratch, group.name, "out")
            whole.sample(data, group)
            first = median([whole.settle(data, Path(scratch, f"out{turn}"), group) for turn in range(bench.times)])
            whole.settle(data, out, group)
            again = median([whole.settle(data, out, group) for _ in range(bench.times)])
            what = f"`fairwrench settle` by the shipped scheme, {group.name}, whole process"
            yield Line(f"{what}, first time", first, bar=bars[0], note=f"{whole.files(data)} files")
            yield Line(f"{what}, again into the same OUT", again, bar=bars[1])


def serving(bench: Bench) -> Iterator[Line]:
    """What `fairwrench serve` holds in memory with the demo group, once nobody asks for anything."""
    with TemporaryDirectory(dir=bench.folder) as scratch:
        held = whole.serve(Path(scratch))
    note = "; ".join(f"{name} {size:,.0f}" for name, size in held.said["processes"].items())
    yield Line("memory of `fairwrench serve` with the demo group, idle (PSS, MB)", held, bar="≤ 500 MB", note=note)


def intaking(bench: Bench) -> Iterator[Line]:
    """Taking files in; how many rows depends on the size."""
    book, table = {"S": (10_000, 100_000), "tiny": (200, 400)}.get(bench.name, (100_000, 2_000_000))
    files = bench.folder / "files"
    files.mkdir(parents=True, exist_ok=True)
    xlsx, csv = files / f"{book}.xlsx", files / f"{table}.csv"
    if not xlsx.exists():
        apart("making_apart:workbook", str(xlsx), str(book))
    if not csv.exists():
        apart("making_apart:csv", str(csv), str(table))
    read = bench.several("uploads:read_by_calamine", str(xlsx))
    copied = bench.several("uploads:copied_by_duckdb", str(csv), str(files / "copied.parquet"))
    yield Line(f"intake of an xlsx of {book:,} rows, against calamine", _taken(bench, xlsx), read, "≤ 1.5", "1")
    taken = _taken(bench, csv)
    what = f"intake of a csv of {table:,} rows, against DuckDB's csv → Parquet"
    yield Line(what, taken, copied, "≤ 2.5, ≤ 800 MB", "1", f"at most {taken.memory:,.0f} MB (bar 800)")


def landing(bench: Bench) -> Iterator[Line]:
    """One store's file into the month that holds everything, against an empty ledger."""
    place = bench.made(bench.name)
    full, empty = [], []
    for _ in range(max(3, bench.times)):
        with TemporaryDirectory(dir=bench.folder) as scratch:
            file, mark = f"{scratch}/orders.csv", uuid4().hex[:6]
            empty.append(apart("uploads:landed", f"{scratch}/empty", "S", file, mark))
            full.append(apart("uploads:landed", str(place), bench.name, file, mark))
    size = size_of(bench.name)
    note = f"the month holds {size.stores * size.orders:,} orders"
    yield Line("landing a file of 2 000 rows, against an empty ledger", median(full), median(empty), "≤ 1.5", "1", note)


def looking(bench: Bench) -> Iterator[Line]:
    """The rows behind a figure."""
    place = bench.made(bench.name)
    _settled(bench, place)
    found = apart("looking:traced", str(place), bench.name)
    told = "; ".join(
        f"{name}: {each['again'] * 1000:,.0f} ms for {each['rows']} rows"
        for name, each in found.said["figures"].items()
    )
    yield Line("rows behind one figure", found, bar="≤ 0.3 s", note=told)


def replaying(bench: Bench) -> Iterator[Line]:
    """Twelve closed months under another scheme, against one month."""
    place = bench.made(bench.name, TWELVE)
    apart("looking:closed", str(place), bench.name, str(TWELVE))
    one = bench.several("looking:alone", str(place), bench.name)
    again = bench.several("looking:replayed", str(place), bench.name, str(TWELVE))
    note = "one month: sealed, derived, settled; the replay: twelve months under both schemes"
    yield Line(
        f"{TWELVE} closed months replayed under another scheme, against one month", again, one, "≤ 1.5", note=note
    )


COMPARISONS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "settling": settling,
    "looping": looping,
    "pandas": pandas,
    "starting": starting,
    "processes": processes,
    "serving": serving,
    "clustered": clustered,
    "intaking": intaking,
    "landing": landing,
    "looking": looking,
    "replaying": replaying,
}
#: what each size can afford, and what is only asked of one
BY_SIZE = {
    "S": ("starting", "settling", "looping", "pandas", "processes", "serving", "intaking", "landing", "looking"),
    "M": ("settling", "looping", "pandas", "intaking", "landing", "looking", "replaying"),
    "K": ("settling", "pandas", "landing", "looking"),
    "L": ("settling", "landing", "looking"),
}


def faster(line: Line) -> bool:
    """Whether the bar asks how much slower theirs is."""
    return "slower" in line.bar or line.what.startswith("pandas")


def _settled(bench: Bench, place: Path) -> Measured:
    if not (place / f"seal-{MONTH}.json").exists():
        apart("ours:sealed", str(place), bench.name)
    return bench.several("ours:settled", str(place), bench.name, str(bench.out(place)))


def _taken(bench: Bench, file: Path) -> Measured:
    runs = []
    for _ in range(bench.times):
        with TemporaryDirectory(dir=bench.folder) as scratch:
            runs.append(apart("uploads:taken_in", str(file), f"{scratch}/ledger"))
    return median(runs)


def _sum(first: Measured, second: Measured) -> Measured:
    memory = max(first.memory, second.memory)
    return Measured(first.seconds + second.seconds, first.cpu + second.cpu, memory, second.said)


def _equal(differences: Sequence[str]) -> None:
    if differences:
        raise Unequal("\n".join(differences[:10]))


def _unlike(told: dict[str, tuple[int, dict[str, tuple[int, int]]]], mine: pl.DataFrame) -> list[str]:
    """Where the loop's figures and ours differ."""
    known = {(who, item): (n or 0, d) for who, item, n, d, _ in mine.iter_rows()}
    wrong = []
    for who, (_, asked) in told.items():
        for item, (n, d) in asked.items():
            over, under = known[who, item]
            if over != n or (under is not None and under != d):
                wrong.append(f"{item} of {who}: {over}/{under}, {n}/{d}")
    return wrong
