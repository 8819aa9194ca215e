"""What evidence there is to look at: kinds of file, uploads, landings, each for those who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.reach import Reach
from fairwrench.web.access.targets import Handing
from fairwrench.web.cycles import selectors as cycles
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.evidence.models import Landing, Sheet, SourceDefinition, Superseding, Upload
from fairwrench.web.org.models import Unit
from fairwrench.web.org.schemes_in_use import scheme_in_force
from fairwrench.web.ui.requests.once import once
from fairwrench.web.work.queue.kinds import passed

#: until this day of a month the desk is still gathering for the month before
STILL_THE_MONTH_BEFORE = 20
#: what of a sheet only its own page shows
READING = ("labels", "columns", "uncredited")


def sources() -> dict[str, Source]:
    """Every kind of file by name: shipped, of the installation's folders, and defined here."""
    # how many and when last changed tell one state from another (decision 9); the definitions are read when it is new
    state = once("sources", lambda: SourceDefinition.objects.aggregate(count=Count("id"), last=Max("at")))
    return dict(_sources(tuple(settings.SOURCE_FOLDERS), (state["count"], state["last"])))


@lru_cache(maxsize=4)
def _sources(folders: tuple[Path, ...], _state: tuple[Any, ...]) -> dict[str, Source]:
    own = SourceDefinition.objects.filter(active=True)
    defined = {each.name: Source.model_validate(each.document) for each in own}
    # what is defined here replaces a shipped kind of the same name
    return {**load_sources(*folders), **defined}


def scheme_at(*, month: Month) -> Scheme:
    """The scheme in force in a month."""
    return scheme_in_force(month)


def open_month() -> Month:
    """The month that evidence is gathered for now: where none was begun yet, the last one until late in this one."""
    if (found := cycles.open_month()) is not None:
        return found
    today = timezone.localdate()
    return Month.of(today).plus(-1 if today.day <= STILL_THE_MONTH_BEFORE else 0)


def is_closed(*, month: Month) -> bool:
    """Whether a month is published, so that what comes now belongs to a later one."""
    return cycles.is_closed(month)


def ledger() -> Ledger:
    """The ledger of this installation; made when there is none."""
    # moments of the ledger are passed on, so that tests can kill the worker at each of them
    return Ledger(settings.LEDGER, time_zone=settings.TIME_ZONE, failpoint=lambda moment: passed(f"ledger:{moment}"))


def ledger_read() -> Ledger:
    """The same for whoever only looks: what a killed worker left half-way is finished by the work that comes next."""
    return Ledger(settings.LEDGER, time_zone=settings.TIME_ZONE, recover=False)


def store_names() -> list[str]:
    """Every store, by name."""
    return sorted(Unit.objects.filter(kind=Unit.Kind.STORE).values_list("name", flat=True))


def uploads_seen(*, user: User) -> QuerySet[Upload]:
    """The uploads that a user may look at: one's own, and those whose every sheet one reaches."""
    found = Upload.objects.select_related("by__employee", "job").prefetch_related("sheets")
    reach = reach_of(user=user)
    if reach.everywhere:
        return found
    # narrowed by the database, decided here: the stores that a sheet says anything of lie in JSON
    others = found.exclude(by=user).filter(_may_concern(reach))
    seen = [upload.pk for upload in others if sheets_reached(list(upload.sheets.all()), upload, reach)]
    return found.filter(Q(by=user) | Q(pk__in=seen))


def told_since(*, upload: Upload) -> bool:
    """Whether anything of the kinds of an upload that landed came in since, from a file, the pages or a command."""
    at = ledger_read()
    last = {name: at.records(name).last() for name in _kinds(upload)}
    landed: dict[str, int] = {}
    for sheet in upload.sheets.select_related("landing"):
        number = sheet.landing.number if sheet.landing else 0
        landed[sheet.source] = max(number, landed.get(sheet.source, 0))
    # numbers grow with each landing of a source, whoever landed it; clocks have whole seconds
    return any(number > landed[name] for name, number in last.items())


def _kinds(upload: Upload) -> set[str]:
    return set(upload.sheets.values_list("source", flat=True))


def uploads_open() -> list[Upload]:
    """Everybody's files on the desk, with their sheets: neither landed nor set aside, the newest first."""
    ended = (Upload.State.LANDED, Upload.State.SET_ASIDE)
    # without what only a sheet's own page shows: here everybody's files are read at each look at the desk
    found = Upload.objects.exclude(state__in=ended).select_related("by__employee", "job")
    return list(found.prefetch_related(Prefetch("sheets", Sheet.objects.defer(*READING))))


def of_desk(*, user: User, uploads: Iterable[Upload]) -> list[Upload]:
    """Of some uploads those that a user may look at, as `uploads_seen` has it."""
    reach = reach_of(user=user)
    return [
        each
        for each in uploads
        if reach.everywhere or each.by_id == user.pk or sheets_reached(list(each.sheets.all()), each, reach)
    ]


def _may_concern(reach: Reach) -> Q:
    """A narrower question for the database; `sheets_reached` decides."""
    if reach.whole is None:
        return Q()
    return Q(store__in=reach.whole or ()) | Q(sheets__source__in=reach.duties) | Q(store="")


def sheets_reached(sheets: list[Sheet], upload: Upload, reach: Reach) -> bool:
    """Whether every sheet of an upload is reached; a file that was not read concerns those of its store alone."""
    if not sheets:
        return reach.everywhere or (bool(upload.store) and reach.all_of(upload.store))
    return all(reach.covers(sheet.source, concerned(sheet)) for sheet in sheets)


def may_be_landed(upload: Upload, reach: Reach) -> bool:
    """Whether every sheet, in every store it says anything of, is reached; a file without sheets holds nothing."""
    sheets = list(upload.sheets.all())
    return bool(sheets) and all(reach.covers(sheet.source, concerned(sheet)) for sheet in sheets)


def may_be_changed(upload: Upload, reach: Reach, user: User) -> bool:
    """Whether a user may say anew what an upload is: their own, or one whose every sheet they may hand in."""
    return upload.by_id == user.pk or sheets_reached(list(upload.sheets.all()), upload, reach)


def stores_offered(*, user: User) -> list[str]:
    """The stores that a user may say a file is of: those for which they may hand anything in."""
    stores = reach_of(user=user, landing=True).stores
    return [name for name in store_names() if stores is None or name in stores]


def sources_handed_in(*, user: User, store: str) -> dict[str, Source]:
    """The kinds of file that a user hands in for a store; with an empty one, for any."""
    reach = reach_of(user=user, landing=True)

    def theirs(name: str) -> bool:
        stores = reach.stores_of(name)
        return stores is None or (store in stores if store else bool(stores))

    return {name: source for name, source in sources().items() if theirs(name)}


def concerned(sheet: Sheet) -> list[str]:
    """The stores that a sheet says anything of."""
    return sorted({*sheet.stores, *sheet.speaks_for})


def upload_seen(*, user: User, upload_id: int) -> Upload:
    """One upload for somebody who may look at it; PermissionDenied for everybody else."""
    upload = get_object_or_404(Upload.objects.select_related("by__employee", "job"), pk=upload_id)
    sheets = list(upload.sheets.all())
    if upload.by_id != user.pk and not sheets_reached(sheets, upload, reach_of(user=user)):
        raise PermissionDenied("upload")
    return upload


def landings_seen(*, user: User) -> QuerySet[Landing]:
    """The landings that a user may look at."""
    reach = reach_of(user=user)
    found = Landing.objects.select_related("upload")
    if reach.everywhere:
        return found
    seen = [pk for pk, source, stores in _places(reach) if reach.covers(source, stores)]
    return found.filter(Q(pk__in=seen) | Q(upload__by=user))


def _places(reach: Reach) -> list[tuple[int, str, list[str]]]:
    """Landings that may be reached, with the stores they speak for."""
    # who oversees a store may meet any source, who has duties only theirs
    some = (
        Landing.objects.all() if reach.whole or reach.whole is None else Landing.objects.filter(source__in=reach.duties)
    )
    return list(some.values_list("pk", "source", "stores"))


def supersedings_seen(*, user: User, landing: Landing) -> tuple[list[Superseding], list[Superseding]]:
    """Which earlier batches a landing replaced rows of, and which later ones replaced rows of it, of those seen."""
    # of both directions those that one may look at: a batch of another store is not told by its number
    seen = landings_seen(user=user).filter(source=landing.source).order_by()
    earlier = landing.superseded.filter(number__in=seen.values("number"))
    later = Superseding.objects.filter(number=landing.number, landing__in=seen.values("pk")).exclude(landing=landing)
    return list(earlier), list(later.select_related("landing").order_by("landing__number"))


def landing_seen(*, user: User, source: str, number: int) -> Landing:
    """One landing for somebody who may look at it; PermissionDenied for everybody else."""
    landing = get_object_or_404(Landing.objects.select_related("upload"), source=source, number=number)
    # one's own file stays one's own after a duty went to somebody else
    own = landing.upload is not None and landing.upload.by_id == user.pk
    if not own and not may(user, "evidence.read", about=Handing.of(landing.source, landing.stores)):
        raise PermissionDenied("batch")
    return landing
