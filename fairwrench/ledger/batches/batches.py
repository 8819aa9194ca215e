"""The ledger: evidence lands batch by batch, wholly or not at all, and is never changed afterwards.

A changed row is a new row that names the one it replaces (`_supersedes`); a row that moved to another month or store
also leaves a row behind that takes it away there (`_void`), and so does a row that is withdrawn. So the current rows of
some months and stores can be told from these months and stores alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import RLock

import polars as pl

from fairwrench.ledger.batches.arrivals import Questions, arrivals
from fairwrench.ledger.batches.compare import Comparison, compare
from fairwrench.ledger.batches.contradictions import Beside
from fairwrench.ledger.batches.coverage import coverage_of, covering, told_by_files
from fairwrench.ledger.batches.incoming import Part, bulk_parts
from fairwrench.ledger.batches.lookup import Known, current_rows, known
from fairwrench.ledger.batches.lots import Lot, Lots
from fairwrench.ledger.batches.records import (
    Batch,
    DataFile,
    Fold,
    RecordT,
    Shelf,
    Upload,
    batch_from,
    fold_from,
    in_time,
)
from fairwrench.ledger.batches.table import (
    Table,
    committed,
    data_file_name,
    data_file_prefix,
    exists,
    number_in,
    sweep,
)
from fairwrench.ledger.blocks.spill import SCRATCH, Spilled, sweep_spilled
from fairwrench.ledger.folder import RESERVED, Arriving, kept, remove_left_behind, sha256_of, write_json
from fairwrench.ledger.formats import FORMAT, LEDGER_JSON, ledger_zone
from fairwrench.ledger.source_lock import free_lane, lane
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source

#: the moments of a landing; the hook hears of each as it passes, so that a test can end the process there
FAILPOINTS = ("intent written", "data written", "upload written", "prepared", "committed", "finished")
#: of a new ledger when nobody says another
DEFAULT_ZONE = "Asia/Shanghai"
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def _now() -> datetime:
    return datetime.now(UTC)


def _unheard(_moment: str) -> None:
    return None


class Ledger:
    """A ledger in a folder. Opening it finishes or takes back what a killed process left half-way.

    `time_zone` says whose months rows are filed under; it is fixed when the ledger is made. `storage` are deltalake's
    storage options. `clock` gives `landed_at`. Anybody may read at any time; writers of one source wait for each other.
    Without `recover` it is opened as it stands: whoever only looks finishes nothing.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        time_zone: str | None = None,
        storage: dict[str, str] | None = None,
        clock: Callable[[], datetime] = _now,
        failpoint: Callable[[str], None] = _unheard,
        recover: bool = True,
    ) -> None:
        # Resolved once: seals compare paths with it, and a process may change its directory later.
        self.folder = Path(folder).resolve()
        self.time_zone = _opened(self.folder, time_zone)
        self._storage = storage
        self.clock = clock
        self.passed = failpoint
        self._batches: dict[str, Shelf[Batch]] = {}
        self._folds: dict[str, Shelf[Fold]] = {}
        #: the tables as they were last opened for writing
        self._written: dict[str, Table] = {}
        #: what waits for its commit, while somebody lands; and whose turn it is among the threads that share this
        self._lots: Lots | None = None
        self._turn = RLock()
        if recover:
            remove_left_behind(self.folder / "uploads")
            sweep_spilled(self.folder / SCRATCH)
        for name in self.sources() if recover else ():
            # A lane that is held belongs to a living writer: what is pending there is work, not remains.
            with free_lane(self._lock(name)) as free:
                if free:
                    self._recover(name)

    def sources(self) -> list[str]:
        """The names of the sources that anything was handed in for."""
        records = self.folder / "batches"
        return sorted(path.name for path in records.iterdir()) if records.is_dir() else []

    def batches(self, name: str | None = None) -> list[Batch]:
        """The records of every landed batch, by source and number."""
        return [batch for each in ([name] if name else self.sources()) for batch in self.records(each).all()]

    def coverage(self, upto: Month | None = None) -> pl.DataFrame:
        """For which source, store and month evidence was handed in, with batches of a later period left out.

        Columns source, store, month ('YYYY-MM'), sorted, each row once.
        """
        handed_in = [batch for batch in self.batches() if upto is None or batch.within(upto)]
        rows = [(batch.source, store, month) for batch in handed_in for store, month in batch.covered]
        shape = dict.fromkeys(("source", "store", "month"), pl.String())
        # Several batches may speak of one store and month (a second file, another column): each pair stands once.
        return pl.DataFrame(rows, schema=shape, orient="row").unique().sort(pl.all())

    def current(
        self,
        name: str,
        source: Source,
        months: Iterable[Month] | None = None,
        upto: Month | None = None,
        stores: Collection[str] | None = None,
    ) -> pl.DataFrame:
        """The current rows of some months and stores (else of all) as the batches up to a period tell, added columns
        included. Rows of other stores that lie in the same files are among them."""
        if not self.has(name):
            return Table.no_rows(source)
        table = self.table(name, source)
        files = table.files if months is None else table.files.filter(pl.col("_month").is_in([*map(str, months)]))
        if stores is not None:
            wanted = pl.DataFrame({"_store": sorted(stores)}, schema={"_store": pl.String})
            # Bounds, not equality: a folded file holds many stores, so it is read whole and may bring others along.
            within = pl.col("_store").is_between(pl.col("min.store"), pl.col("max.store"))
            files = files.join_where(wanted, within).select(files.columns).unique("path", maintain_order=True)
        if upto is not None:
            written = self.data_files(name)
            # A file never mixes periods (see `compaction`), so a later period's evidence is left out by whole files.
            periods = (written[f"{name}/{path}"].period for path in files.get_column("path"))
            files = files.filter(pl.Series([in_time(period, upto) for period in periods], dtype=pl.Boolean))
        return current_rows(table.scan(files).collect()).sort("_id")

    def land(
        self,
        name: str,
        source: Source,
        rows: pl.DataFrame | Spilled,
        upload: Upload,
        *,
        period: Month | None,
        stores: Sequence[str],
        counts: Mapping[str, int] | None = None,
        by: str = "",
        rejected: pl.DataFrame | None = None,
        absent: Sequence[str] = (),
        refused: Sequence[str] = (),
        strangers: Sequence[str] = (),
        withdrawn: pl.DataFrame | None = None,
        beside: Beside | None = None,
        origin: str = "",
        anew: bool = False,
    ) -> Batch:
        """Land accepted rows (canonical columns, `store`, `_row`) as one batch; repeating what holds has no effect.

        What landed before is no new word, whatever was said since, so that a landing that was killed, or a folder, can
        be landed again; with `anew` somebody says it now, and it is a new batch where it was told otherwise since.
        `withdrawn` are current rows (as `current` gives them) that end: each leaves a row behind that takes it away
        where it stood, so nothing landed before comes back.
        `beside` hears of rows that files handed in together say otherwise. `origin` is kept with the batch.

        `stores` are those the file speaks for, with or without rows, `refused` those most of whose rows were rejected.
        `absent` are columns that the file did not have: they take nothing back, a row keeps what the ledger knows in
        them; and a row that says no more than the ledger knows is written anew when its batch had columns that the
        known one's lacked. `strangers` are names on no roster. Refused, with
        nothing written: a key occurs twice, or a row has no store or no month. A row that was told otherwise for a
        later period counts until that period.
        """
        # 1. what can be refused without reading the ledger, before anybody waits for the lane
        incoming = arrivals(source, rows, self.time_zone, withdrawn)
        with self.together():
            lot = self._lot(name, source)
            draft = self._draft(lot, upload, period, by)
            draft = replace(
                draft,
                stores=tuple(stores),
                read_as=incoming.read_as,
                absent=tuple(sorted(absent)),
                refused=tuple(refused),
                strangers=tuple(strangers),
                origin=origin,
            )
            before = self.records(name).same(draft)
            # Most files of a folder that is settled again: what they say is not looked up once more.
            if before and not anew:
                return replace(before, again=True)
            draft = covering(draft, coverage_of(source, incoming.dated, stores, period))
            found = incoming.told(self._questions(lot, draft, period, beside))
            # With `anew`, a file that landed before is new word only where it changes something.
            if before and not found.changes:
                return replace(before, again=True)
            if beside:
                beside.tell(source, found.contradicting, self.records(name).one, draft, self.time_zone)
            lost = 0 if rejected is None else rejected.height
            given = {"accepted": incoming.height, "rejected": lost, **(counts or {}), **found.counts}
            given |= {"reversals": incoming.taken_back} if incoming.taken_back else {}
            draft = replace(draft, counts=given, filled=found.filled)
            return self._write(lot, draft, found.parts(draft.number, draft.period), rejected, upload)

    def _questions(self, lot: Lot, draft: Batch, period: Month | None, beside: Beside | None) -> Questions:
        """How rows about to land are compared with what the ledger holds."""
        name, table = draft.source, lot.table
        return Questions(
            look=lambda rows: known(table, rows, self._period_of(name), period),
            compare=lambda rows, there, ended: self._compared(table.source, rows, there, draft, ended=ended),
            contradict=lambda found, there: (beside or Beside()).contradicting(
                table.source, found, there, self.records(name).one
            ),
            asks=not table.files.is_empty(),
        )

    def _compared(
        self, source: Source, incoming: pl.DataFrame, before_it: Known, draft: Batch, *, ended: pl.DataFrame | None
    ) -> Comparison:
        """What a file says that the ledger does not, columns that it lacks left alone."""
        name = draft.source
        lacking = self._lacking(name, before_it.current["_batch"].unique().to_list(), draft)
        # Columns that together are one word (level or points, with an example) never mix with an earlier one.
        apart = () if source.says else draft.absent
        without = {column: self._without(name, before_it.current, column) for column in apart}
        return compare(source, incoming, before_it, lacking, ended=ended, absent=without)

    def land_bulk(
        self,
        name: str,
        source: Source,
        parts: Iterable[pl.DataFrame | Path],
        *,
        period: Month | None,
        by: str = "",
        file: str = "",
    ) -> Batch:
        """Land many rows that are known to be new, part by part (a frame, or a Parquet file of one), as one batch.

        No upload is kept. A part holds whole stores or whole months of stores. Refused, with nothing written: the
        ledger already holds one of the keys, or a store's month comes in two parts.
        """
        with self.together():
            lot = self._lot(name, source)
            draft = replace(self._draft(lot, Upload(file, b""), period, by), sha256="")
            cut = bulk_parts(lot.table, parts, draft.number, draft.period, self.time_zone)
            return self._write(lot, draft, cut, None)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Landings inside are committed when it ends, those of one source at once; until then only whoever asks this
        ledger sees them. What fails inside takes back all of them that were not committed yet."""
        with self._turn:
            if self._lots is not None:
                yield
                return
            self._lots = Lots(self.folder)
            try:
                yield
                self._lots.commit(self.passed)
            except Exception:
                for name in self._lots.lots:
                    self._recover(name)
                raise
            finally:
                self._lots.let_go()
                self._lots = None

    def _commit_now(self) -> None:
        """Commit what waits, and let its lanes go."""
        if self._lots is not None:
            self._lots.commit(self.passed)
            self._lots.let_go()

    def _lot(self, name: str, source: Source) -> Lot:
        """What of a source waits for its commit, its lane being held from now on.

        Whoever holds a lane never waits for another: what waits is committed first.
        """
        assert self._lots is not None
        if self._lots.many:
            self._commit_now()
        lot = self._lots.lots.get(name)
        if lot is not None and lot.is_of(source):
            return lot
        if lot is not None:
            self._commit_now()
        self._require_name(name)
        self._lots.lanes[name] = self._held(name)
        self._recover(name)
        lot = self._lots.lots[name] = Lot(self.table(name, source, writing=True), self.records(name))
        lot.records.hold()
        return lot

    def _held(self, name: str) -> ExitStack:
        held = ExitStack()
        if not held.enter_context(free_lane(self._lock(name))):
            held.close()
            self._commit_now()
            held.enter_context(lane(self._lock(name)))
        return held

    def records(self, name: str) -> Shelf[Batch]:
        """The batch records of a source."""
        return self._batches.setdefault(name, Shelf(self.folder / "batches" / name, batch_from))

    def folds(self, name: str) -> Shelf[Fold]:
        """The fold records of a source."""
        return self._folds.setdefault(name, Shelf(self.folder / "batches" / name / "folds", fold_from))

    # Folded files are among them: a row's file may be one that no batch wrote.
    def data_files(self, name: str) -> dict[str, DataFile]:
        """Every data file that was ever part of a source's table, by path relative to the ledger."""
        written = (file for batch in self.records(name).all() for file in batch.files)
        folded = (file for fold in self.folds(name).all() for file in fold.files)
        return {file.path: file for files in (written, folded) for file in files}

    def data_file(self, name: str, path: str) -> DataFile:
        """The record of one data file by its path in the table, without reading all records."""
        kind, number = number_in(path)
        files = self.records(name).one(number).files if kind == "b" else self.folds(name).one(number).files
        return next(file for file in files if file.path == f"{name}/{path}")

    def has(self, name: str) -> bool:
        """Whether a source has a table."""
        return exists(self._uri(name), self._storage)

    def table(self, name: str, source: Source, *, writing: bool = False) -> Table:
        """The table of a source as it stands now; for writing, made if need be, with the lane held."""
        if not writing:
            lot = self._lots.lots.get(name) if self._lots else None
            if lot is not None and lot.is_of(source):
                return lot.table
            return Table(name, source, self._uri(name), self._storage)
        # The last table opened for writing is taken up again, so that a landing reads only the log's newest commits.
        before = self._written.get(name) if self.has(name) else None
        self._written[name] = Table(name, source, self._uri(name), self._storage, writing=True, before=before)
        return self._written[name]

    def upload(self, sha256: str) -> Path:
        """Where an uploaded file is kept."""
        return kept(self.folder / "uploads", sha256)

    def rejected(self, batch: Batch) -> pl.DataFrame | None:
        """The rejected rows of a batch as intake gave them, None when there were none."""
        place = self.records(batch.source).rejected(batch.number)
        return pl.read_parquet(place) if place.exists() else None

    @contextmanager
    def writing(self, name: str) -> Iterator[None]:
        """Hold the lane of a source; what fails inside, or failed before, is finished or taken back."""
        self._require_name(name)
        with self._turn:
            self._commit_now()
            with lane(self._lock(name)):
                self._recover(name)
                try:
                    yield
                except Exception:
                    self._recover(name)
                    raise

    @staticmethod
    def _require_name(name: str) -> None:
        if not _NAME.fullmatch(name) or name in RESERVED:
            raise ValueError(f"{name!r} cannot name a source")

    def _draft(self, lot: Lot, upload: Upload, period: Month | None, by: str) -> Batch:
        digest = sha256_of(upload.content)
        if upload.sha256 not in ("", digest):
            raise ValueError(f"{upload.name} has another SHA-256 than was stated")
        return Batch(
            source=lot.table.name,
            number=lot.next_number,
            period=str(period) if period else None,
            stores=(),
            months=(),
            file=upload.name,
            sheet=upload.sheet,
            sha256=digest,
            read_as="",
            by=by,
            # The only clock in a record; digests leave it out, so that equal evidence gives equal seals.
            landed_at=self.clock().astimezone(UTC).isoformat(timespec="seconds"),
            counts={},
        )

    def _write(
        self, lot: Lot, draft: Batch, parts: Iterable[Part], rejected: pl.DataFrame | None, upload: Upload | None = None
    ) -> Batch:
        """Write the parts, one file each, for the commit to make them the batch; a kill leaves all of it or nothing."""
        assert self._lots is not None
        if not lot.batches:
            lot.records.open_intent(draft.number)
        self.passed("intent written")
        names = (data_file_name(Batch.kind, draft.number, ordinal) for ordinal in count(1))
        try:
            written = [
                lot.table.write(part.rows, part.month, part.period, name)
                for part, name in zip(parts, names, strict=False)
            ]
            if rejected is not None and rejected.height:
                rejected.write_parquet(lot.records.rejected(draft.number))
            self.passed("data written")
            if upload is not None:
                self._lots.arriving.keep(self.folder / "uploads", upload.content, draft.sha256)
            self.passed("upload written")
        except Exception:
            lot.table.take_back(data_file_prefix(Batch.kind, draft.number))
            if not lot.batches:
                lot.records.forget(draft.number)
            raise
        batch = replace(draft, files=tuple(file for file, _ in written))
        # Rows landed in bulk come part by part: what they cover is known only now that all are written.
        batch = batch if batch.counts else told_by_files(batch)
        lot.take(batch, (add for _, add in written))
        return batch

    def _lacking(self, name: str, numbers: Iterable[int], draft: Batch) -> set[int]:
        """Those of some batches whose files did not have every column that the draft's has."""
        records = self.records(name)
        return {number for number in numbers if {*records.one(number).lacks} - {*draft.absent}}

    def _without(self, name: str, rows: pl.DataFrame, column: str) -> set[int]:
        """The batches of some rows that do not know a column."""
        records = self.records(name)
        return {number for number in rows["_batch"].unique() if column in records.one(number).lacks}

    def _recover(self, name: str) -> None:
        """Finish what reached the table and take back what did not; the lane is held."""
        self._mend(name, self.records(name), Batch.kind)
        self._mend(name, self.folds(name), Fold.kind)

    def _mend(self, name: str, shelf: Shelf[RecordT], kind: str) -> None:
        for number, records in shelf.pending():
            if records and committed(self._uri(name), kind, self._storage) >= number:
                arriving = Arriving()
                shelf.record(records, arriving)
                arriving.settle()
                shelf.close(records)
            else:
                sweep(self._uri(name), kind, number)
                shelf.forget(number)
        shelf.tidy()

    def _period_of(self, name: str) -> Callable[[str], str | None]:
        return lambda path: self.data_file(name, path).period

    def _uri(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def _lock(self, name: str) -> Path:
        return self.folder / "lanes" / f"{name}.lock"


def _opened(folder: Path, time_zone: str | None) -> str:
    """The time zone of the ledger in a folder, which is made when there is none."""
    about = folder / LEDGER_JSON
    # The zone is fixed from here on: rows filed by another would lie in other months than the sealed ones.
    if not about.exists():
        write_json(about, {"format": FORMAT, "time_zone": time_zone or DEFAULT_ZONE})
    zone = ledger_zone(folder)
    if time_zone and time_zone != zone:
        raise Refused([_other_zone(zone, time_zone)])
    return zone


def _other_zone(found: str, asked: str) -> Problem:
    zh = f"该台账按时区 {found} 归月，不能改用 {asked}；请另建台账"
    en = f"the ledger files months by the time zone {found}, not {asked}; make another ledger"
    return Problem("ledger_time_zone", zh, en)
