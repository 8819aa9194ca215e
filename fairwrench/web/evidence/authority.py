"""Whose word counts of a source, a store and a month: the files', the application's, or both, key by key.

What a store keeps in the application it hands in no more: a file of it is taken into the pages, and reaches the ledger
through the outbox only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import CharField, F, QuerySet, Value

from fairwrench.ledger.batches.incoming import prepared
from fairwrench.ledger.columns import PARTITION
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP, OfStore
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import Place
from fairwrench.web.evidence.kept_on_pages import kept_on_pages
from fairwrench.web.evidence.models import Authority, Sheet, Upload
from fairwrench.web.evidence.reading.reading import frame_of
from fairwrench.web.evidence.uploads import services
from fairwrench.web.org.models import Unit

Way = Authority.Way
#: the store of an authority that holds for every one
EVERY = ""


def ways(*, source: str, month: str) -> Callable[[str], str]:
    """Store → how its records of a month come: what was said of the store itself, else of every store, the latest."""
    said: dict[str, str] = {}
    for each in Authority.objects.filter(source=source, since__lte=month).order_by("since"):
        said[each.store] = each.way
    # what was said of the store itself goes before what was said of every one, however much later that was said
    return lambda store: said.get(store) or said.get(EVERY) or Way.BOTH


def kept_in_app(source: str, month: Month) -> Sequence[str]:
    """The stores that keep a source in the application in a month (`ledger.seal.seal.KeptInApp`)."""
    return [store for name, store in places_in_app(month=month, stores=selectors.store_names()) if name == source]


def places_in_app(*, month: Month, stores: Sequence[str]) -> set[Place]:
    """The sources that some stores keep in the application in a month: one query for all of them."""
    return _in_app(Authority.objects.order_by().values_list(*_SAID), month, stores)


def stores_and_places_in_app(*, month: Month) -> tuple[list[str], set[Place]]:
    """Every store by name, and what they keep in the application in a month: one query for both."""
    # a store is a row without a source: the union asks once, where two queries would add to every look at the desk
    units: QuerySet[Any] = Unit.objects.filter(kind=Unit.Kind.STORE).order_by()
    names = units.annotate(source=_EMPTY, since=_EMPTY, way=_EMPTY).values_list("source", "name", "since", "way")
    rows = list(names.union(Authority.objects.order_by().values_list(*_SAID), all=True))
    stores = sorted(store for source, store, *_ in rows if not source)
    return stores, _in_app([row for row in rows if row[0]], month, stores)


_EMPTY = Value("", CharField())
#: what authorities are read as
_SAID = ("source", "store", "since", "way")


def _in_app(rows: Iterable[tuple[str, str, str, str]], month: Month, stores: Sequence[str]) -> set[Place]:
    said: dict[Place, str] = {}
    # in the order of months, so that the latest word up to this month is what stays
    for source, store, since, way in sorted(rows, key=lambda row: row[2]):
        if source in kept_on_pages() and since <= str(month):
            said[source, store] = way
    # every store of a source that anything was said of: a word for all holds in stores of which nothing was said
    kept = {(source, store) for source, _ in said for store in stores}
    return {(s, store) for s, store in kept if (said.get((s, store)) or said.get((s, EVERY))) == Way.APP}


def authority_set(*, source: str, store: str, since: Month, way: str, by: User) -> Authority:
    """Say how a store's records of a source come from a month on; `store` empty for every one, by HR of the group.

    PermissionDenied for another's store. Refused for a source that no page keeps, a store that is not there, and a
    month that is published: what was settled by stays.
    """
    if store == EVERY:
        require(by, "evidence.keep_everywhere", about=GROUP)
    else:
        require(by, "evidence.keep", about=OfStore(store))
    if source not in kept_on_pages() or way not in Way.values or store not in (EVERY, *selectors.store_names()):
        raise Refused([Problem("unknown_place", "没有这样的数据报表或门店", "there is no such source or store")])
    # a published month was settled by what held then; a later word for it would change what its seal says
    if since < (first := selectors.open_month()):
        zh, en = (
            f"{first} 以前已发布，请从 {first} 或以后改起",
            f"before {first} is published; begin with {first} or later",
        )
        raise Refused([Problem("month_closed", zh, en)])
    with transaction.atomic():
        said, _ = Authority.objects.update_or_create(
            source=source, store=store, since=str(since), defaults={"way": way, "by": by}
        )
        # what a page showed of a file that waits is no longer what landing it does
        waiting = Upload.objects.filter(state=Upload.State.READ, sheets__source=source).values("pk")
        Upload.objects.filter(pk__in=waiting).update(version=F("version") + 1)
    # the month's estimate is worked out anew: what is known to be handed in depends on who keeps it
    services.landed(since)
    return said


def rows_kept_in_app(name: str, rows: pl.DataFrame, source: Source, time_zone: str) -> pl.Series:
    """Of accepted rows those (`_row`) whose store keeps them in the application in the month they are filed under."""
    none = pl.Series([], dtype=pl.Int64)
    if name not in kept_on_pages() or rows.is_empty():
        return none
    try:
        placed = prepared(source, rows, time_zone).select("_row", "store", PARTITION)
    except Refused:  # landing refuses it too, and says why
        return none
    found = [none]
    # by the month that a row is filed under, not the one it was handed in for: one file may hold several
    for (month,), of_month in placed.group_by(PARTITION):
        way = ways(source=name, month=str(month))
        stores = [store for store in of_month["store"].unique() if way(store) == Way.APP]
        # a name split among several people makes several rows of one line
        found.append(of_month.filter(pl.col("store").is_in(stores))["_row"].unique())
    return pl.concat(found)


def told_of_pages(*, upload: Upload, sheets: Sequence[Sheet]) -> list[Problem]:
    """What is said, before a file lands, of its rows that are kept on the pages."""
    # once it landed there is nothing to say ahead, and its preview may have been tidied away
    if upload.state != Upload.State.READ:
        return []
    told = []
    for sheet in sheets:
        source = selectors.sources().get(sheet.source)
        if source is None or sheet.source not in kept_on_pages():
            continue
        rows = frame_of(upload.read_into, sheet.place, "accepted").collect()
        if count := rows_kept_in_app(sheet.source, rows, source, settings.TIME_ZONE).len():
            told.append(_taken_in(upload.name, count, source))
    return told


def _taken_in(file: str, rows: int, source: Source) -> Problem:
    zh = f"有 {rows} 行{source.name.zh}所在的门店在系统内填写：导入时写入页面，由导入人署名"
    en = f"{number_of(rows, 'row')} of stores that keep them on the pages: landing enters them there, in your name"
    return Problem("kept_in_app", zh, en, "note", file=file)


def authorities(*, stores: Sequence[str]) -> Mapping[str, Sequence[Authority]]:
    """Source → what was said of some stores and of every one, the latest first."""
    seen = Authority.objects.filter(store__in=[EVERY, *stores]).select_related("by__employee")
    said = list(seen.order_by("store", "-since"))
    return {source: [each for each in said if each.source == source] for source in sorted(kept_on_pages())}
