"""One sheet on its way from intake into the ledger: put into its stores, told whom it speaks for, landed.

A folder of files and the web's evidence desk both land this way, so that the same file has the same effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from fairwrench.closing.folder.placing import GROUP, with_store
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.contradictions import Beside
from fairwrench.ledger.batches.records import Batch, Upload
from fairwrench.ledger.intake.filing import other_months
from fairwrench.ledger.intake.intake import Intake
from fairwrench.ledger.rows.alike import alike_pairs, pairs_told
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source, header_of

#: names on no roster that are kept with a batch
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Handover:
    """How a file was handed in. `content` is the file as uploaded, `period` the month it was handed in for (None: there
    from the start), `placed_store` the store that its folder or name tells, `stores` those of the roster, `by` who.
    """

    content: Path | bytes
    period: Month | None
    placed_store: str | None
    stores: Sequence[str]
    by: str = ""
    #: `app` for what was decided in the application, `upload:12.1` for a file of the evidence desk
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Landed:
    """What came of a sheet: its batch (None when refused, with the reasons as errors), and what should be known."""

    batch: Batch | None
    problems: tuple[Problem, ...] = ()


def placed(part: Intake, source: Source, roster: pl.DataFrame, time_zone: str, period: Month | None = None) -> Intake:
    """The sheet with its accepted rows in their stores; those about somebody on no roster are rejected.

    What should be known of rows that are not of the `period` they were handed in for is told with it.
    """
    part = _mostly_rejected(_in_stores(part, source, roster, time_zone), source, roster, period)
    if period is None or source.any_month:
        return part
    filed = part.filed(source, time_zone)
    return replace(part, problems=(*part.problems, *(replace(p, file=part.file) for p in other_months(filed, period))))


def _in_stores(part: Intake, source: Source, roster: pl.DataFrame, time_zone: str) -> Intake:
    part = _spoken(part, source)
    # Only kinds whose rows name their stores are read in blocks, and none of those rows is without one.
    if part.spilled:
        return part
    rows = with_store(part.accepted, source, roster, time_zone)
    if part.speaks_of is not None:
        # Who had none is spoken for as well: that nobody of a store was away is what its sheet says.
        spoken = with_store(part.speaks_of, source, roster, time_zone)
        stores = {*part.stores, *spoken["store"].drop_nulls()} - {GROUP}
        part = replace(part, speaks_of=spoken, stores=tuple(sorted(stores)))
    keyed = [name for name in source.key if source.columns[name].type == "person"]
    if "store" in source.columns or not keyed:
        return replace(part, accepted=rows)
    # Without a store column a row is placed by its person alone: about nobody it would count for the whole group.
    unknown = rows.filter(pl.any_horizontal(pl.col(keyed).is_null()))
    gone = unknown["_row"].n_unique()
    counts = {"accepted": part.counts["accepted"] - gone, "rejected": part.counts["rejected"] + gone}
    return replace(
        part,
        accepted=rows.join(unknown, on="_row", how="anti"),
        rejected=pl.concat([part.rejected, _homeless(part, unknown, keyed[0])]),
        counts=part.counts | counts,
        unplaced=part.unplaced + gone,
        # What is rejected counts for nobody, not for the store.
        uncredited=part.uncredited.join(unknown.select(row="_row").unique(), on="row", how="anti"),
    )


def _mostly_rejected(part: Intake, source: Source, roster: pl.DataFrame, period: Month | None) -> Intake:
    """The sheet with the stores that it does not speak for, where a row's store is known by its person alone.

    A rejected row then has the store of its person at most, so that the file is looked at as a whole.
    """
    if "store" in source.columns or part.counts["rejected"] <= part.counts["accepted"]:
        return part
    # What concerns the whole group is no store whose month could be spoken for.
    here = {*part.stores_in, *_stores_of(part.rejected["person"], roster, period)} - {GROUP}
    refused = tuple(sorted({*part.refused_stores, *here}))
    return replace(part, refused_stores=refused, unplaced=max(part.unplaced, part.counts["rejected"]))


def _stores_of(people: pl.Series, roster: pl.DataFrame, period: Month | None) -> set[str]:
    """The stores of some people in a month; of those who were nowhere in it, and without a month, all of theirs."""
    posts = roster.filter(pl.col("employee_id").is_in(people.drop_nulls().implode())).drop_nulls("store")
    if period is not None:
        then = (pl.col("from").fill_null(period.first) <= period.last) & (
            pl.col("to").fill_null(period.last) >= period.first
        )
        then = then.fill_null(value=True)
        posts = posts.filter(then | ~then.any().over("employee_id"))
    return {*posts["store"]}


def covered(part: Intake, placed_store: str | None, stores: Sequence[str]) -> Sequence[str]:
    """The stores a sheet speaks for: its own, or every store of the roster when it is a group's (see decision 3).

    None when it has rows and not one was accepted: nobody knows what they would have said, and that is no zero. For the
    same reason it does not speak for a store more than half of whose rows were rejected, nor, once rows were rejected
    of which nobody knows the store, for stores that it has no rows of.
    """
    if part.counts["rejected"] and not part.counts["accepted"]:
        return []
    own = sorted({*part.stores, *part.stores_in} - {GROUP})
    # 1. one store's file
    if placed_store or len(own) == 1:
        every: Sequence[str] = own
    # 2. a group's file with rows lost of unknown stores: a store without rows here may have lost its own
    elif part.unplaced:
        every = sorted(part.stores_in - {GROUP})
    else:
        # 3. a group's file, whole: a store it does not name had nothing; without any row it is nobody's (decision 3)
        every = stores if own or len(stores) == 1 else []
    return [store for store in every if store not in part.refused_stores]


def absent_columns(part: Intake, source: Source) -> list[str]:
    """The columns of the source that the file did not have or left empty in every row, and that nothing else told."""
    # A share that comes of splitting 张三/李四 stands in no file and is missed by nobody.
    shares = {column.split_into for column in source.columns.values()}
    # a name that is on no roster is no empty cell
    blank = part.blank_columns(source) - {*part.uncredited["field"]}
    told = {*part.columns, *source.key, source.filed_by, *shares} - blank
    return [name for name, column in source.columns.items() if name not in told and column.type != "store"]


def land_part(
    part: Intake,
    source: Source,
    ledger: Ledger,
    handed: Handover,
    *,
    withdrawn: pl.DataFrame | None = None,
    beside: Beside | None = None,
    anew: bool = False,
) -> Landed:
    """Land one placed sheet; doing it again has no further effect. What cannot be landed is told, nothing is raised.

    `withdrawn`, `beside` and `anew` as `Ledger.land` has them.
    """
    speaks_for = covered(part, handed.placed_store, handed.stores)
    if part.speaks_of is not None:
        withdrawn = no_longer_said(part, source, ledger)
        # Of files handed in together nobody knows which was meant to correct the other.
        if withdrawn is not None and beside and beside.tell_gone(source, withdrawn, part.file):
            withdrawn = None
    # Asked before it lands: afterwards all its rows stand there under their own numbers.
    alike = alike_there(part, source, ledger)
    try:
        batch = ledger.land(
            part.source,
            source,
            part.spilled or part.accepted,
            Upload(part.file, handed.content, sheet=part.sheet),
            period=handed.period,
            stores=speaks_for,
            counts=part.counts | {"uncredited": part.uncredited["row"].n_unique()},
            by=handed.by,
            rejected=part.rejected if part.rejected.height else None,
            absent=absent_columns(part, source),
            refused=part.refused_stores,
            strangers=part.uncredited["value"].unique().sort().head(_SHOWN).to_list(),
            withdrawn=withdrawn,
            beside=beside,
            origin=handed.origin,
            anew=anew,
        )
    except Refused as refused:
        return Landed(None, tuple(replace(problem, file=problem.file or part.file) for problem in refused.problems))
    told = [_already(part, batch.file)] if batch.again and batch.file != part.file else []
    told += [*alike, *_elsewhere_too(part, ledger, batch)]
    told += [_carried(part, source, batch)] if batch.counts.get("carried") else []
    if not speaks_for and not part.height:
        told.append(_for_nobody(part, source))
    elif part.refused_stores:
        told.append(_not_for(part, source))
    return Landed(batch, tuple(told))


def alike_there(part: Intake, source: Source, ledger: Ledger) -> list[Problem]:
    """What to tell of rows that stand in the ledger already under other numbers, in the same months and stores."""
    if source.numbered_by is None or not part.height or not ledger.has(part.source):
        return []
    filed = part.filed(source, ledger.time_zone)
    months = [Month.parse(month) for month in filed["month"].drop_nulls().unique()]
    stores = sorted(filed["store"].drop_nulls().unique())
    had = {*part.columns, "store"}
    # Rows of two stores are never alike: a large file is held against the ledger store by store.
    each = [[store] for store in stores] if part.spilled and "store" in source.key else [stores]
    found = []
    for some in each:
        there = ledger.current(part.source, source, months, stores=some)
        frames = part.spilled.frames(source) if part.spilled else [part.accepted]
        found += [alike_pairs(_of_stores(rows, some, part), source, there, had) for rows in frames if there.height]
    return [replace(problem, file=part.file) for problem in pairs_told(found, source, of=part.counts["accepted"])]


def no_longer_said(part: Intake, source: Source, ledger: Ledger) -> pl.DataFrame | None:
    """The ledger's rows of a month alone that a sheet with the same people no longer has: corrected to none there.

    None where there are none. Rows with days of their own came by another file, and stay.
    """
    spoken = part.speaks_of
    if spoken is None or spoken.is_empty() or not ledger.has(part.source):
        return None
    months = [Month.parse(month) for month in spoken[source.filed_by].unique()]
    # By whom, when, where and of which kind, and by the mark that these rows share and no others have; what stands in
    # another store, before somebody moved, is that store's to correct.
    there = ledger.current(part.source, source, months)
    said = there.join(spoken.unique(), on=spoken.columns, how="semi")
    ended = said.join(part.accepted.select(source.key), on=source.key, how="anti")
    return ended if ended.height else None


def _of_stores(rows: pl.DataFrame, stores: Sequence[str], part: Intake) -> pl.DataFrame:
    return rows.filter(pl.col("store").is_in(stores)) if part.spilled else rows


def _elsewhere_too(part: Intake, ledger: Ledger, batch: Batch) -> list[Problem]:
    """What to tell of a file whose very content landed for another store: each of the two counts it."""
    if not part.height or not batch.sha256:
        return []
    # Rows of a store told twice are one row; of two stores both count.
    own = part.stores_in
    others = [
        other
        for other in ledger.batches(part.source)
        if (other.sha256, other.sheet) == (batch.sha256, batch.sheet)
        and other.number != batch.number
        and other.stores
        and other.counts.get("accepted")
        and own.isdisjoint(other.stores)
    ]
    if not others:
        return []
    here, there = "、".join(sorted(own)), "、".join(others[-1].stores)
    zh = f"与 {others[-1].file} 的内容完全相同，那一份计入{there}，这一份又计入{here}；"
    zh += "同一份数据只属于一家店的，请撤下一份"
    en = (
        f"has the very content of {others[-1].file}, which counts for {there}, and counts for {here} as well; take one "
    )
    en += "away where it is the data of one store"
    return [Problem("same_content_elsewhere", zh, en, "warning", file=part.file)]


def _spoken(part: Intake, source: Source) -> Intake:
    """The sheet with the rows that say something; a form handed in half filled takes back nothing said before."""
    if not source.says:
        return part
    silent = pl.all_horizontal(pl.col(source.says).is_null())
    passed = part.accepted.filter(silent)["_row"].n_unique()
    blank = part.counts.get("ignored_blank", 0) + passed
    counts = part.counts | {"accepted": part.counts["accepted"] - passed, "ignored_blank": blank}
    return replace(part, accepted=part.accepted.filter(~silent), counts=counts)


def _homeless(part: Intake, unknown: pl.DataFrame, field_: str) -> pl.DataFrame:
    """The rejection of rows whose person no roster knows (columns of `Intake.rejected`)."""
    cells = part.uncredited.select("row", "column", "value").unique("row", keep="first")
    zh = "花名册上没有这个人，这一行无法归属"
    en = "nobody on the roster is called so, and the row is about nobody else"
    told = {"file": part.file, "sheet": part.sheet, "reason": zh, "reason_en": en, "code": "nobody", "field": field_}
    told |= {"person": None}
    rows = unknown.select(row=pl.col("_row")).unique(maintain_order=True)
    found = rows.join(cells, on="row", how="left", maintain_order="left")
    return found.with_columns(pl.lit(text).alias(name) for name, text in told.items()).select(
        pl.col(name).cast(kind) for name, kind in part.rejected.schema.items()
    )


def _already(part: Intake, first: str) -> Problem:
    zh = f"内容与已导入的 {first} 完全相同，没有重复计入"
    en = f"has the same content as {first}, which has landed; it counts once"
    return Problem("already_landed", zh, en, "note", file=part.file)


def _carried(part: Intake, source: Source, batch: Batch) -> Problem:
    names = [column for column in batch.absent if column in source.columns]
    zh_names = "、".join(header_of(name, source.columns[name]) for name in names)
    rows = batch.counts["carried"]
    zh = f"文件里没有（或整列为空）的列：{zh_names}；其中 {rows} 行在这些列上保留以前交的值"
    en = f"lacks the columns {', '.join(names)} (or leaves them empty); " + (
        f"{number_of(rows, 'row keeps', 'rows keep')} in them what was handed in before"
    )
    return Problem("columns_carried", zh, en, "note", file=part.file)


def _rows_of(part: Intake, source: Source) -> tuple[str, str]:
    """What comes before the number of rejected rows: of a sheet across which they stand its own rows may well count."""
    if part.speaks_of is None:
        return "", ""
    return f"“{source.name.zh}”（来自这张表的列，表本身的行另计）", f"of {source.name.en.lower()} in its columns "


def _for_nobody(part: Intake, source: Source) -> Problem:
    zh = "没有可用的行，或看不出属于哪家门店，因此不代表任何门店“本月没有发生”；请更正，或放入以门店命名的文件夹"
    en = "has no usable row, or tells no store, so it says of no store that there was nothing; mend it or place it"
    if part.rejected.height:
        zh, en = _all_rejected(part, source)
    return Problem("speaks_for_nobody", zh, en, "warning", file=part.file)


def _not_for(part: Intake, source: Source) -> Problem:
    """A sheet of which rows count, but too few of some stores' to say anything of the month of these stores."""
    column, why_zh, why_en = _commonest(part)
    of_zh, of_en = _rows_of(part, source)
    shown, more = part.refused_stores[:_SHOWN], "…" if len(part.refused_stores) > _SHOWN else ""
    count, stores = part.counts["rejected"], number_of(len(part.refused_stores), "store")
    zh = f"{of_zh}{count} 行被退回，下列 {len(part.refused_stores)} 家门店的行因此大部分或全部不可用，"
    zh += "不能代表它们的本月："
    zh += f"{'、'.join(shown)}{more}；主要原因：“{column}”{why_zh}"
    en = (
        f"{of_en}{number_of(count, 'row was rejected', 'rows were rejected')}, most or all of those of {stores}, so it "
    )
    en += f"does not speak for the month of: {', '.join(shown)}{more}; mostly because of {column!r}: {why_en}"
    return Problem("mostly_rejected", zh, en, "warning", file=part.file)


def _commonest(part: Intake) -> tuple[str, str, str]:
    """The commonest reason why rows were rejected: the column, and the sentence in both languages."""
    reasons = part.rejected.group_by("column", "reason", "reason_en", maintain_order=True).len()
    column, zh, en, _ = reasons.sort("len", descending=True, maintain_order=True).row(0)
    return column, zh, en


def _all_rejected(part: Intake, source: Source) -> tuple[str, str]:
    """What is said of a sheet without a row that counts: how many were rejected, and the commonest reason."""
    column, zh, en = _commonest(part)
    of_zh, of_en = _rows_of(part, source)
    count = part.counts["rejected"]
    rows = number_of(count, "row was rejected", "rows were rejected")
    return (
        f"{of_zh}{count} 行全部被退回，因此不代表任何门店“本月没有发生”；主要原因：“{column}”{zh}",
        f"{of_en or 'all of it, '}{rows}, so it says of no store that there was nothing; "
        f"mostly because of {column!r}: {en}",
    )
