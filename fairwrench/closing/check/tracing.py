"""From a figure to the rows behind it, and from a row to the cells that somebody uploaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import compress

import polars as pl

from fairwrench.closing.kept.kept_cells import CachingEngine
from fairwrench.closing.month import Workspace, evidence_of
from fairwrench.closing.run_files import Kept
from fairwrench.ledger.seal.seal import Seal
from fairwrench.settlement.explain.explain import RowsBehind, Step
from fairwrench.settlement.inputs import recorded_inputs
from fairwrench.settlement.inputs.eligibility import assess
from fairwrench.settlement.measure.measure import (
    Evidence,
    Pass,
    Planned,
    RowsAsked,
    SealedSource,
    is_additive,
    unit_of_department,
    work_day,
)
from fairwrench.settlement.measure.team_shares import SHARE_DIGITS, TeamShares, called
from fairwrench.settlement.scheme.scheme import Measure, Scheme
from fairwrench.settlement.source.labels import column_label, word_label
from fairwrench.settlement.source.source import Lookup, Source, Text
from fairwrench.settlement.source.team_names import MARK
from fairwrench.settlement.stages import homes, leaders, movers, shares_of

#: the part of a team's row that is somebody's
SHARE = pl.Decimal(18, SHARE_DIGITS)
#: how an exempted row is marked
EXEMPTED = "exempted"


def rows_behind(behind: RowsBehind, workspace: Workspace, sealed: Seal, scheme: Scheme) -> pl.DataFrame:
    """The rows that a figure counts: the source's columns, `_batch`, `_row`, and `_id`, in the order they landed."""
    ((counted, _),) = rows_apart((behind,), workspace, sealed, scheme)
    return counted


def rows_apart(
    behinds: Iterable[RowsBehind], workspace: Workspace, sealed: Seal, scheme: Scheme
) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """The rows that each of some figures counts, and those exempted from it: one query a source, whatever is asked."""
    return _Tracing(workspace, sealed, scheme).apart(list(behinds))


@dataclass(frozen=True)
class PersonDays:
    """What somebody did in a month, day by day.

    `rows` are the source's rows with `_day` (a date) and what each adds to the measures asked for by the row
    (`value_<key>`, an exact decimal). `figures` has a row a day with any: `day` (ISO text) and a column a measure
    (Int128, of the measure's last decimal; null where there was nothing to add up). Where somebody has a share of a
    team, all figures carry `more_digits` decimals beyond the measure's own.
    """

    rows: pl.DataFrame
    figures: pl.DataFrame
    more_digits: int = 0


def days_of_person(
    person: str,
    *,
    by_row: Mapping[str, Measure],
    by_day: Mapping[str, Measure],
    workspace: Workspace,
    sealed: Seal,
    scheme: Scheme,
) -> PersonDays:
    """The rows and the figures of each day of a sealed month for one person: the month's own measures, with the day as
    bounds. All measures are of one source, credit and date; nothing is exempted from them, and the first of
    `by_row` counts every row that the others do: what a row adds to one that leaves it out is null."""
    return _Tracing(workspace, sealed, scheme).days(person, by_row, by_day)


@dataclass(frozen=True)
class _Tracing:
    """The evidence of a month, opened once for all figures that are traced in it."""

    workspace: Workspace
    sealed: Seal
    scheme: Scheme

    def apart(self, behinds: Sequence[RowsBehind]) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
        """See `rows_apart`."""
        counted = [self._asked(behind, self._exempted(behind)) for behind in behinds]
        # with what is exempted, of those figures that rows were exempted from
        whole = {behind: self._asked(behind, "") for behind in behinds if self._exempted(behind)}
        rows = self._rows_of([*counted, *whole.values()])
        found = []
        for behind, asked in zip(behinds, counted, strict=True):
            own = self._told(behind, rows[asked])
            more = self._told(behind, rows[whole[behind]]) if behind in whole else own
            found.append((own, more.join(own, on="_id", how="anti", maintain_order="left")))
        return found

    def _rows_of(self, asked: Iterable[RowsAsked]) -> dict[RowsAsked, pl.DataFrame]:
        by_source: dict[str, list[RowsAsked]] = {}
        for each in dict.fromkeys(asked):
            by_source.setdefault(each.planned.measure.source, []).append(each)
        evidence = self._of_stores({source: _stores(of_it) for source, of_it in by_source.items()})
        engine = self.workspace.engine
        answers = ((of_it, engine.rows_of_each(of_it, evidence)) for of_it in by_source.values())
        return {each: rows for of_it, found in answers for each, rows in zip(of_it, found, strict=True)}

    def days(self, person: str, by_row: Mapping[str, Measure], by_day: Mapping[str, Measure]) -> PersonDays:
        """See `days_of_person`."""
        behind = [RowsBehind("", "numerator", measure, "person", person) for measure in by_row.values()]
        asked = [self._asked(each, "") for each in behind]
        first = behind[0].measure
        evidence, engine = self._of_stores({first.source: _stores(asked)}), self.workspace.engine
        rows = None
        for key, found in zip(by_row, engine.rows_of_each(asked, evidence), strict=True):
            adds = self._told(behind[0], found).rename({"_value": f"value_{key}"})
            rows = adds if rows is None else rows.join(adds.select("_id", f"value_{key}"), on="_id", how="left")
        assert rows is not None  # something is always asked for by the row
        planned = tuple(Planned(key, measure) for key, measure in by_day.items())
        figures = self._by_day(person, Pass(first.source, planned), evidence)
        more = SHARE_DIGITS if len(self._with_teams([person])) > 1 else 0
        return PersonDays(rows.with_columns(_day=local_day(rows, first.date, evidence)), figures, more)

    def _by_day(self, person: str, query: Pass, evidence: Evidence) -> pl.DataFrame:
        """The figures of a person's days (see `PersonDays`), those of the teams they have a share of split."""
        first, month, subjects = query.measures[0].measure, evidence.month, self._with_teams([person])
        days = pl.date_range(month.first, month.last, eager=True)
        # a day stands where a department does when somebody moves: the engine cuts the month at both alike
        cuts = pl.DataFrame({"first": days, "last": days, "department": days.dt.to_string("%Y-%m-%d")})
        cuts = cuts.join(pl.DataFrame({"employee_id": subjects}), how="cross")
        cuts = cuts.select("employee_id", "first", "last", "department")
        cut = self.workspace.engine.slices(query, first.credit or "", first.date, cuts, evidence)
        keys = [planned.key for planned in query.measures]
        if len(subjects) > 1:
            mine = self._shares.frame.filter(pl.col("employee_id") == person).select("team", "first", "last", "share")
            held = cut.join(mine, left_on="person", right_on="team", how="left")
            holds = pl.col("department").str.to_date().is_between("first", "last")
            held = held.filter(holds | (pl.col("person") == person))
            times = pl.when(pl.col("person") == person).then(10**SHARE_DIGITS).otherwise("share").cast(pl.Int128)
            cut = held.with_columns(pl.col(keys).cast(pl.Int128) * times)
        sums = [pl.when(pl.col(key).count() > 0).then(pl.col(key).sum()).alias(key) for key in keys]
        return cut.group_by(day="department").agg(sums).sort("day")

    @cached_property
    def _evidence(self) -> Evidence:
        evidence = evidence_of(self.sealed, self.workspace, (self.scheme,))
        return recorded_inputs.with_exemptions(self.workspace.engine, evidence, self.scheme)

    @cached_property
    def _cells(self) -> CachingEngine:
        return CachingEngine(self.workspace.engine, self.workspace.ledger.folder, self.sealed)

    @cached_property
    def _people(self) -> pl.DataFrame:
        return assess(self.workspace.roster, self.scheme, self._evidence.month).people

    @cached_property
    def _leaders(self) -> pl.DataFrame:
        return leaders(self._people)

    @cached_property
    def _homes(self) -> pl.DataFrame:
        home = homes(self._people, self.workspace.roster)
        return home.select("employee_id", "department", unit=unit_of_department())

    @cached_property
    def _movers(self) -> pl.DataFrame:
        return movers(self.workspace.roster, self._people, self._evidence.month)

    def _exempted(self, behind: RowsBehind) -> str:
        """The metric whose exempted rows a figure leaves out; empty where none are."""
        return behind.metric if (behind.measure.source, behind.metric) in self._evidence.exempted else ""

    def _asked(self, behind: RowsBehind, exempted: str) -> RowsAsked:
        """What is asked of the engine for a figure; of a department rows that `_placed` chooses from."""
        planned = Planned("rows", behind.measure, exempted)
        people, stores = self._of_department(behind) if behind.level == "department" else self._of_level(behind)
        people = None if people is None else self._with_teams(people)
        if stores is None and people is not None and behind.level != "department":
            cells = self._cells.kept(planned, self._evidence)
            # Kept cells say in which stores a person has rows, which spares opening the files of all others.
            if cells is not None:
                stores = cells.filter(pl.col("person").is_in(people))["store"].drop_nulls().unique().sort().to_list()
        return RowsAsked(planned, _some(people), _some(stores))

    def _of_level(self, behind: RowsBehind) -> tuple[list[str] | None, list[str] | None]:
        """The people and stores whose rows a level takes; None asks for all. What counts for nobody is no person's."""
        if behind.level in ("person", "team") and behind.measure.credit is None:
            # No store at all: a measure that credits nobody counts in no person's figure.
            return None, []
        if behind.level == "team":
            return self._leaders.filter(pl.col("unit") == behind.unit)["employee_id"].to_list(), None
        if behind.level == "person":
            return [behind.unit], None
        return None, [behind.unit] if behind.level == "store" else None

    def _of_department(self, behind: RowsBehind) -> tuple[list[str], list[str] | None]:
        """The people and stores in whose rows those of a department are found."""
        if not is_additive(behind.measure):
            return self._homes.filter(pl.col("unit") == behind.unit)["employee_id"].to_list(), None
        store, _, department = behind.unit.partition("|")
        if behind.measure.credit is None:
            return [], []
        here = pl.col("department") == department
        # Whoever was in the department at any time; day by day is looked at in `_placed`.
        candidates = {*self._homes.filter(here)["employee_id"], *self._movers.filter(here)["employee_id"]}
        return sorted(candidates), [store]

    @cached_property
    def _shares(self) -> TeamShares:
        return shares_of(self._cells, self._evidence, self.workspace.roster, self.scheme)

    def _with_teams(self, people: list[str]) -> list[str]:
        """The people and the teams of which any of them has a share."""
        teams = self._shares.frame.filter(pl.col("employee_id").is_in(people))["team"].unique().sort()
        return [*people, *teams]

    def _told(self, behind: RowsBehind, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows that a figure counts: those of its people, and those of teams with the part that is theirs."""
        credit = behind.measure.credit
        if credit is None or behind.level in ("store", "group"):
            return rows
        of_team = pl.col(credit).str.starts_with(MARK).fill_null(False)
        own = self._placed(behind, rows.filter(~of_team))
        teams = rows.filter(of_team)
        if teams.is_empty():
            return own
        parts = self._parts(behind, teams)
        own = own.with_columns(_share=pl.lit(None, SHARE))
        # what is a person's own has the decimals that a part of a team's has, too
        own = own.cast({"_value": parts.schema["_value"]}) if "_value" in parts.columns else own
        shared = pl.concat([own, parts])
        return rows.select("_id").join(shared, on="_id", maintain_order="left").select(shared.columns)

    def _parts(self, behind: RowsBehind, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows booked on teams of which the figure's people had a part on the day: `_share` says how much."""
        members, whole = self._shares.frame, pl.lit(1).cast(SHARE)
        if behind.level == "department":
            store, _, department = behind.unit.partition("|")
            members = members.filter(pl.col("department") == department)
            rows = rows.filter(pl.col("store") == store) if is_additive(behind.measure) else rows
        else:
            people, _ = self._of_level(behind)
            members = members.filter(pl.col("employee_id").is_in(people or []))
        source = self._evidence.sources[behind.measure.source].source
        done = work_day(source, behind.measure.credit or "", behind.measure.date)
        days = [local_day(rows, column, self._evidence) for column in (done, behind.measure.date)]
        dated = rows.select("_id", team=behind.measure.credit, day=pl.coalesce(days))
        parts = dated.join(members, on="team").filter(pl.col("share") > 0)
        # What does not add up is not split, so it counts wherever a member of the team does.
        if is_additive(behind.measure):
            parts = parts.filter(pl.col("day").is_between("first", "last"))
            told = parts.group_by("_id").agg(_share=(pl.col("share").sum() * Decimal("0.001")).cast(SHARE))
        else:
            told = parts.select("_id").unique().with_columns(_share=whole)
        shared = rows.join(told, on="_id", maintain_order="left")
        if "_value" not in rows.columns or not is_additive(behind.measure):
            return shared
        return shared.with_columns(_value=pl.col("_value") * pl.col("_share"))

    def _placed(self, behind: RowsBehind, rows: pl.DataFrame) -> pl.DataFrame:
        """Of rows of people of a department those that its figure counts (see `measure.run`); of others all.

        What adds up is counted where the row happened: in its store, in the department that its person had on that day
        (the assessed one where no assignment covers the day). What does not is counted with all the rows of the people
        assessed in the department.
        """
        credit = behind.measure.credit
        if behind.level != "department" or credit is None or not is_additive(behind.measure):
            return rows
        department = behind.unit.partition("|")[2]
        dated = rows.select("_id", person=credit, day=local_day(rows, behind.measure.date, self._evidence))
        # The same split as `measure._split_movers` makes, or rows and figure would not add up.
        slices = dated.join(self._movers, left_on="person", right_on="employee_id")
        there = slices.filter(pl.col("day").is_between("first", "last")).select("_id", there="department")
        placed = dated.join(there, on="_id", how="left")
        placed = placed.join(self._homes, left_on="person", right_on="employee_id", how="left")
        inside = placed.filter(pl.coalesce("there", "department") == department)
        return rows.join(inside, on="_id", how="semi", maintain_order="left")

    def _of_stores(self, stores: Mapping[str, list[str] | None]) -> Evidence:
        """The evidence with only those files of some sources that can hold rows of some stores; None asks for all.

        What replaces a row or takes it away stands in the same store, so nothing is missed. Other sources are left out:
        an engine is told every file that it may read, and a large group's month has thousands."""
        chosen: dict[str, SealedSource] = {}
        for source, wanted in stores.items():
            if wanted is not None:
                files, whole = self.sealed.sources[source].files, self._evidence.sources[source]
                here = [any(file.store_min <= store <= file.store_max for store in wanted) for file in files]
                if not all(here):
                    filed = tuple(compress(whole.filed, here)) if whole.filed else ()
                    chosen[source] = replace(whole, files=tuple(compress(whole.files, here)), filed=filed)
        # the same evidence is read over the same connection
        if not chosen:
            return self._evidence
        return replace(self._evidence, sources={name: self._evidence.sources[name] for name in stores} | chosen)


def _some(words: list[str] | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(words)


def _stores(asked: Iterable[RowsAsked]) -> list[str] | None:
    """The stores that any of `asked` is about; None as soon as one is about all."""
    stores: set[str] = set()
    for each in asked:
        if each.stores is None:
            return None
        stores |= {*each.stores}
    return sorted(stores)


def local_day(rows: pl.DataFrame, date: str, evidence: Evidence) -> pl.Expr:
    """The local date that a column tells."""
    column, kind = pl.col(date), rows.schema[date]
    if isinstance(kind, pl.Datetime):
        return column.dt.convert_time_zone(evidence.time_zone).dt.date()
    return column if kind == pl.Date else (column + "-01").str.to_date()


def columns_shown(source: Source, behind: RowsBehind, sources: Mapping[str, Source]) -> Mapping[str, Text]:
    """The columns worth showing with a figure: key, people, dates and what the measure reads → what they are called."""
    wanted = [*source.key, behind.measure.date, behind.measure.credit or ""]
    words = behind.measure.value + " " + (behind.measure.where or "")
    # A name within the text of a formula is near enough: a column too many is shown, none is missed.
    wanted += [name for name in (*source.columns, *source.derived) if name in words]
    return {name: column_label(source, name, sources) for name in dict.fromkeys(wanted) if name}


@dataclass(frozen=True)
class Traced:
    """The rows behind one figure as a table: where each was uploaded, then the columns worth showing.

    `keys` are the columns' words for programs, `names` what people call them, `cells` the canonical values; `words`
    says how a column's fixed values are told: {key: {value: (Chinese, English)}}.
    """

    source: str
    count: int
    keys: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    cells: tuple[tuple[str, ...], ...]
    words: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)

    def headers(self, lang: str) -> list[str]:
        """The table's headers in `lang`."""
        return [zh if lang == "zh" else en for zh, en in self.names]

    def rows(self, lang: str) -> list[tuple[str, ...]]:
        """The cells in `lang`: yes and no, and fixed values by their spelling."""
        told = [self.words.get(key, {}) for key in self.keys]
        return [
            tuple(words[cell][lang != "zh"] if cell in words else cell for cell, words in zip(row, told, strict=True))
            for row in self.cells
        ]


def traced(step: Step, workspace: Workspace, kept: Kept, limit: int = 0) -> list[Traced]:
    """The rows behind each part of a step; `limit` rows at most are shown (0 shows all), `count` counts them all.

    Rows that were exempted from the metric follow, marked as such; they are not counted.
    """
    tables = traced_each(step.rows, workspace, kept, limit)
    return [tables[behind] for behind in step.rows]


def traced_each(
    behinds: Iterable[RowsBehind], workspace: Workspace, kept: Kept, limit: int = 0
) -> dict[RowsBehind, Traced]:
    """The same of many figures at once: each source is asked once, and what several figures stand on is told once."""
    asked, workspace = list(dict.fromkeys(behinds)), workspace.as_sealed(kept.seal)
    apart = rows_apart(asked, workspace, kept.seal, kept.settlement.scheme)
    return {
        behind: _shown(behind, rows, exempted, workspace, limit)
        for behind, (rows, exempted) in zip(asked, apart, strict=True)
    }


def _shown(behind: RowsBehind, rows: pl.DataFrame, exempted: pl.DataFrame, workspace: Workspace, limit: int) -> Traced:
    shown = rows.head(limit) if limit else rows
    if exempted.height:
        shown = pl.concat((shown.with_columns(note_=pl.lit("")), exempted.with_columns(note_=pl.lit(EXEMPTED))))
    return _table(behind, shown, rows.height, workspace)


#: where a row was handed in: the key for programs, what people call it
PLACE = {"file": ("文件", "File"), "sheet": ("工作表", "Sheet"), "row": ("行", "Row"), "by": ("提报人", "Handed in by")}
NOTE = {"note": ("备注", "Note")}
#: of rows booked on a team: the part that is whoever's figure it is
PART = {"share_": ("班组份额", "Share of the team's")}
MARKED = {EXEMPTED: ("已剔除，不计入", "exempted, not counted")}
TRUTH = {"True": ("是", "yes"), "False": ("否", "no")}


def _table(behind: RowsBehind, rows: pl.DataFrame, count: int, workspace: Workspace) -> Traced:
    source = workspace.sources[behind.measure.source]
    columns = columns_shown(source, behind, workspace.sources)
    marks = {name: key for name, key in (("_share", "share_"), ("note_", "note")) if name in rows.columns}
    heads = [(label.zh, label.en) for label in columns.values()]
    names = (*PLACE.values(), *heads, *((PART | NOTE)[key] for key in marks.values()))
    zone = workspace.ledger.time_zone
    shown = rows.with_columns(pl.col(pl.Datetime).dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d %H:%M:%S"))
    records = workspace.ledger.records(behind.measure.source)
    batches = {number: records.one(number) for number in shown["_batch"].unique()}
    cells = []
    for row in shown.iter_rows(named=True):
        batch = batches[row["_batch"]]
        told = (batch.file, batch.sheet, str(row["_row"]), batch.by)
        cells.append((*told, *("" if row.get(name) is None else called(str(row[name])) for name in (*columns, *marks))))
    words = {name: values for name in columns if (values := values_told(source, name, workspace.sources))}
    words |= {mark: MARKED for name, mark in marks.items() if name == "note_"}
    keys = (*PLACE, *columns, *marks.values())
    return Traced(behind.measure.source, count, keys, names, tuple(cells), words)


def values_told(source: Source, name: str, sources: Mapping[str, Source]) -> dict[str, tuple[str, str]]:
    """The values of a column that are told in words: yes and no, and those that are fixed, looked-up ones too."""
    if source.type_of(name) == "bool":
        return TRUTH
    derived = source.derived.get(name)
    if isinstance(derived, Lookup):
        other = sources.get(derived.lookup)
        return values_told(other, derived.take, sources) if other else {}
    facts = source.columns.get(name)
    labels = {word: word_label(facts, word) for word in (facts.one_of or {} if facts else {})}
    return {word: (label.zh, label.en) for word, label in labels.items()}
