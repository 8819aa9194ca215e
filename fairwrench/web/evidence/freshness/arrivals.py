"""What has come in for a month, by source and store: landed, rejected and still open, or waiting on the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from os.path import basename, splitext
from typing import Any, NamedTuple

from django.db.models import Count, IntegerField, Max, Q, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.evidence.access import Place
from fairwrench.web.evidence.models import Covered, Landing, Upload

#: what is put behind a file's name when its rejected rows are taken away to be mended, in both languages
MENDED = ("_退回", "_rejected")


class Landed(NamedTuple):
    """One landing as far as the map needs it. `again`: rows of it that had landed before, changed or not."""

    number: int
    at: datetime
    file: str
    accepted: int
    rejected: int
    again: int

    @property
    def stem(self) -> str:
        """The name of the file without its folders and ending."""
        return splitext(basename(self.file))[0]


class Arrived(NamedTuple):
    """What landed for a place: the first and the last landing, and the rejected rows that nothing has made good since.

    `number` is the landing to look at: the last one with such rows, else the last one.
    """

    number: int
    first: datetime
    last: datetime
    rejected: int
    #: the stores that this landing speaks for, and whose it was: by these it opens for somebody
    stores: frozenset[str] = frozenset()
    by: int | None = None


#: source → month → the stores that handed it in for the month
Before = Mapping[str, Mapping[str, frozenset[str]]]


def arrived(month: Month, before: Mapping[str, int] | None = None) -> tuple[Mapping[Place, Arrived], Before]:
    """What landed for each place, and which stores handed some sources in (`before`: source → how many months back) in
    the months before: one query while nothing new lands, as the answers are kept with what they were made of.

    Landings are written once and stay. Their number, the last of them and the sums of their rows tell one state from
    another; the state is asked for before the rows are read, so that none is kept for longer than it holds.
    """
    # the state is asked for on every look and the rows only when it changed: a month of a group is thousands of rows
    of_month, earlier = Q(month=str(month)), _earlier(month, before or {})
    rows = (Sum(f"landing__{name}", filter=of_month, default=0) for name in ("accepted", "rejected"))
    newest = Max("id", filter=of_month), Max("landing__landed_at", filter=of_month)
    asked = [Count("id", filter=of_month), *newest, *rows, Count("id", filter=earlier), Max("id", filter=earlier)]
    told = Covered.objects.filter(of_month | earlier).aggregate(**{f"told{n}": each for n, each in enumerate(asked)})
    state = tuple(told.values())
    return _arrived_in(str(month), state[:5]), _handed_in(month, tuple(sorted((before or {}).items())), state[5:])


def _earlier(month: Month, before: Mapping[str, int]) -> Q:
    """The coverage of each source in so many months before a month; of none where no source is asked for."""
    found = Q(pk__in=())
    for source, months in before.items():
        found |= Q(source=source, month__gte=str(month.plus(-months)), month__lt=str(month))
    return found


@lru_cache(maxsize=8)
def _handed_in(month: Month, before: tuple[tuple[str, int], ...], _state: tuple[Any, ...]) -> Before:
    rows = Covered.objects.filter(_earlier(month, dict(before))).values_list("source", "month", "store").distinct()
    found: dict[str, dict[str, set[str]]] = {}
    for source, at, store in rows if before else ():
        found.setdefault(source, {}).setdefault(at, set()).add(store)
    return {source: {at: frozenset(stores) for at, stores in months.items()} for source, months in found.items()}


# a few months: the open one, and those that people look back at
@lru_cache(maxsize=8)
def _arrived_in(month: str, _state: tuple[Any, ...]) -> Mapping[Place, Arrived]:
    about = (f"landing__{name}" for name in ("number", "landed_at", "file", "accepted", "rejected"))
    rows = (
        Covered.objects.filter(month=month)
        # times are whole seconds, so the number decides between two landings of one
        .order_by("landing__landed_at", "landing__number")
        .values_list("source", "store", *about, _counted("repeated") + _counted("changed"))
    )
    found: dict[Place, list[Landed]] = {}
    for source, store, *told in rows:
        found.setdefault((source, store), []).append(Landed(*told))
    # once a landing, and not once a store of it: a landing of a group speaks for a thousand
    of_month = Landing.objects.filter(pk__in=Covered.objects.filter(month=month).values("landing"))
    landings = {
        (source, number): (frozenset[str](stores), by)
        for source, number, stores, by in of_month.values_list("source", "number", "stores", "upload__by")
    }
    arrived_at = {place: _arrived(landed) for place, landed in found.items()}
    return {place: Arrived(*each[:4], *landings[place[0], each.number]) for place, each in arrived_at.items()}


def _counted(what: str) -> Coalesce:
    """One of a landing's counts, as the database reads it: thousands of documents are not taken apart here."""
    return Coalesce(Cast(KeyTextTransform(what, "landing__counts"), IntegerField()), 0)


def _arrived(landings: Sequence[Landed]) -> Arrived:
    still = standing(landings)
    look = (still or landings)[-1]
    return Arrived(look.number, landings[0].at, landings[-1].at, sum(each.rejected for each in still))


def standing(landings: Sequence[Landed]) -> list[Landed]:
    """Those of a place's landings, the earliest first, whose rejected rows nothing has made good since.

    A month may come in several files. A later one says nothing about an earlier one's rejected rows, unless it is that
    file again or the rows taken from it to be mended.
    """
    # nearly all places: one landing, or none with rejected rows
    if len(landings) == 1 or not any(each.rejected for each in landings):
        return [each for each in landings if each.rejected]
    still: list[Landed] = []
    names: set[str] = set()
    for each in landings:
        still = [before for before in still if not _mends(each, before, names)]
        still += [each] if each.rejected else []
        # after it was compared: a file is not an earlier one of its own name
        names.add(each.stem)
    return still


def _mends(later: Landed, before: Landed, names: set[str]) -> bool:
    """Whether a landing holds an earlier one's rejected rows anew: `names` are those of all landings before it.

    The rows themselves cannot tell: what was rejected has no key. A file of the same name counts if any row of it
    had landed before, or if it brings no more than what was rejected; files of one name may be the weeks of a month.
    """
    if later.stem == before.stem:
        return later.again > 0 or later.accepted <= before.rejected
    if later.stem.startswith(tuple(before.stem + ending for ending in MENDED)):
        return True
    # a new name: the whole earlier file came back under it, if as many rows as that had accepted landed before
    return later.stem not in names and later.again >= max(before.accepted, 1)


def waiting(month: Month, uploads: Iterable[Upload]) -> dict[Place, int]:
    """Of files on the desk, those that were read for a month and wait to be landed: place → upload."""
    ready = [each for each in uploads if each.state == Upload.State.READ and each.month == str(month)]
    return {
        (sheet.source, store): upload.pk
        for upload in ready
        for sheet in upload.sheets.all()
        # what a file says by having no rows of a store waits as well
        for store in sheet.speaks_for
    }
