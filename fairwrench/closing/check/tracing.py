"""From a figure to the rows behind it, and from a row to the cells that somebody uploaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import compress

import polars as pl

from fairwrench.closing.kept_cells import CachingEngine
from fairwrench.closing.month import Workspace, evidence_of
from fairwrench.closing.run_files import Kept
from fairwrench.ledger.seal.seal import Seal
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.explain.explain import RowsBehind, Step
from fairwrench.settlement.inputs import recorded_inputs
from fairwrench.settlement.inputs.eligibility import assess
from fairwrench.settlement.measure.measure import Evidence, Planned, is_additive, unit_of_department
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.labels import column_label, word_label
from fairwrench.settlement.source.source import Lookup, Source, Text
from fairwrench.settlement.stages import homes, leaders, movers

#: how an exempted row is marked
EXEMPTED = "exempted"


def rows_behind(behind: RowsBehind, workspace: Workspace, sealed: Seal, scheme: Scheme) -> pl.DataFrame:
    """The rows that a figure counts: the source's columns, `_batch`, `_row`, and `_id`, in the order they landed."""
    return _rows(behind, workspace, scheme, _evidence(workspace, sealed, scheme), sealed)


def rows_apart(
    behinds: Iterable[RowsBehind], workspace: Workspace, sealed: Seal, scheme: Scheme
) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """The rows that each of some figures counts, and those exempted from it; the evidence is opened once for all."""
    evidence = _evidence(workspace, sealed, scheme)
    return [_apart(behind, workspace, scheme, evidence, sealed) for behind in behinds]


def _apart(
    behind: RowsBehind, workspace: Workspace, scheme: Scheme, evidence: Evidence, sealed: Seal
) -> tuple[pl.DataFrame, pl.DataFrame]:
    counted = _rows(behind, workspace, scheme, evidence, sealed)
    if (behind.measure.source, behind.metric) not in evidence.exempted:
        return counted, counted.clear()
    # Exemptions are those that come in addition once nothing is exempted.
    whole = _rows(behind, workspace, scheme, replace(evidence, exempted={}), sealed)
    return counted, whole.join(counted, on="_id", how="anti", maintain_order="left")


def _evidence(workspace: Workspace, sealed: Seal, scheme: Scheme) -> Evidence:
    return recorded_inputs.with_exemptions(workspace.engine, evidence_of(sealed, workspace, (scheme,)), scheme)


def _rows(behind: RowsBehind, workspace: Workspace, scheme: Scheme, evidence: Evidence, sealed: Seal) -> pl.DataFrame:
    exempted = behind.metric if (behind.measure.source, behind.metric) in evidence.exempted else ""
    planned = Planned("rows", behind.measure, exempted)
    if behind.level == "department":
        return _rows_of_department(planned, behind, workspace, scheme, evidence)
    people, stores = _asked(behind, workspace, scheme, evidence.month)
    cells = CachingEngine(workspace.engine, workspace.ledger.folder, sealed).kept(planned, evidence)
    # Kept cells say in which stores a person has rows, which spares opening the files of all others.
    if stores is None and people is not None and cells is not None:
        stores = cells.filter(pl.col("person").is_in(people))["store"].drop_nulls().unique().sort().to_list()
    return workspace.engine.rows(planned, people, stores, _of_stores(evidence, sealed, behind.measure.source, stores))


def _of_stores(evidence: Evidence, sealed: Seal, source: str, stores: list[str] | None) -> Evidence:
    """The evidence with only those files of a source that can hold rows of some stores; None asks for all.

    What replaces a row or takes it away stands in the same store, so nothing is missed."""
    if stores is None:
        return evidence
    files = sealed.sources[source].files
    here = [any(file.store_min <= store <= file.store_max for store in stores) for file in files]
    whole = evidence.sources[source]
    filed = tuple(compress(whole.filed, here)) if whole.filed else ()
    chosen = replace(whole, files=tuple(compress(whole.files, here)), filed=filed)
    return replace(evidence, sources={**evidence.sources, source: chosen})


def _asked(
    behind: RowsBehind, workspace: Workspace, scheme: Scheme, month: Month
) -> tuple[list[str] | None, list[str] | None]:
    """The people and stores whose rows a level takes; None asks for all. What counts for nobody is no person's."""
    if behind.level in ("person", "team") and behind.measure.credit is None:
        # No store at all: a measure that credits nobody counts in no person's figure.
        return None, []
    if behind.level == "team":
        people = assess(workspace.roster, scheme, month).people
        return leaders(people).filter(pl.col("unit") == behind.unit)["employee_id"].to_list(), None
    if behind.level == "person":
        return [behind.unit], None
    return None, [behind.unit] if behind.level == "store" else None


def _rows_of_department(
    planned: Planned, behind: RowsBehind, workspace: Workspace, scheme: Scheme, evidence: Evidence
) -> pl.DataFrame:
    """Rows of people of the department, as its figure counts them (see `measure.run`).

    What adds up is counted where the row happened: in its store, in the department that its person had on that day (the
    assessed one where no assignment covers the day). What does not is counted with all the rows of the people assessed
    in the department.
    """
    people = assess(workspace.roster, scheme, evidence.month).people
    home = homes(people, workspace.roster).select("employee_id", "department", unit=unit_of_department())
    if not is_additive(behind.measure):
        members = home.filter(pl.col("unit") == behind.unit)["employee_id"].to_list()
        return workspace.engine.rows(planned, members, None, evidence)
    store, _, department = behind.unit.partition("|")
    moved, credit = movers(workspace.roster, people, evidence.month), behind.measure.credit or ""
    here = pl.col("department") == department
    # Whoever was in the department at any time; day by day is looked at below.
    candidates = {*home.filter(here)["employee_id"], *moved.filter(here)["employee_id"]}
    rows = workspace.engine.rows(planned, sorted(candidates) if credit else [], [store], evidence)
    dated = rows.select("_id", person=credit or pl.lit(None, pl.String), day=local_day(rows, behind, evidence))
    # The same split as `measure._split_movers` makes, or rows and figure would not add up.
    slices = dated.join(moved, left_on="person", right_on="employee_id")
    there = slices.filter(pl.col("day").is_between("first", "last")).select("_id", there="department")
    placed = dated.join(there, on="_id", how="left").join(home, left_on="person", right_on="employee_id", how="left")
    inside = placed.filter(pl.coalesce("there", "department") == department)
    return rows.join(inside, on="_id", how="semi", maintain_order="left")


def local_day(rows: pl.DataFrame, behind: RowsBehind, evidence: Evidence) -> pl.Expr:
    """The local date of the measure's date column."""
    column = pl.col(behind.measure.date)
    kind = rows.schema[behind.measure.date]
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
    found, workspace = [], workspace.as_sealed(kept.seal)
    for behind in step.rows:
        ((rows, exempted),) = rows_apart((behind,), workspace, kept.seal, kept.settlement.scheme)
        shown = rows.head(limit) if limit else rows
        if exempted.height:
            marked = (shown.with_columns(note_=pl.lit("")), exempted.with_columns(note_=pl.lit(EXEMPTED)))
            shown = pl.concat(marked)
        found.append(_table(behind, shown, rows.height, workspace))
    return found


#: where a row was handed in: the key for programs, what people call it
PLACE = {"file": ("文件", "File"), "sheet": ("工作表", "Sheet"), "row": ("行", "Row"), "by": ("提交人", "Handed in by")}
NOTE = {"note": ("备注", "Note")}
MARKED = {EXEMPTED: ("已剔除，不计入", "exempted, not counted")}
TRUTH = {"True": ("是", "yes"), "False": ("否", "no")}


def _table(behind: RowsBehind, rows: pl.DataFrame, count: int, workspace: Workspace) -> Traced:
    source = workspace.sources[behind.measure.source]
    columns = columns_shown(source, behind, workspace.sources)
    marks = {"note_": "note"} if "note_" in rows.columns else {}
    heads = [(label.zh, label.en) for label in columns.values()]
    names = (*PLACE.values(), *heads, *(NOTE.values() if marks else ()))
    zone = workspace.ledger.time_zone
    shown = rows.with_columns(pl.col(pl.Datetime).dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d %H:%M:%S"))
    cells = []
    for row in shown.iter_rows(named=True):
        batch = workspace.ledger.records(behind.measure.source).one(row["_batch"])
        told = (batch.file, batch.sheet, str(row["_row"]), batch.by)
        cells.append((*told, *("" if row.get(name) is None else str(row[name]) for name in (*columns, *marks))))
    words = {name: values for name in columns if (values := values_told(source, name, workspace.sources))}
    words |= {mark: MARKED for mark in marks.values()}
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
