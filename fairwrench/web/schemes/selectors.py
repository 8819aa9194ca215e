"""Which scheme holds in which month, and the editions of it that somebody may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from fairwrench.catalog.loader import load_scheme
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.calendar.public_holidays import is_holiday
from fairwrench.settlement.calendar.workdays import WorkCalendar
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.access.choosing.people import people_list
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens, require, require_page
from fairwrench.web.access.targets import GROUP
from fairwrench.web.cycles.selectors import is_settled
from fairwrench.web.org.assignments import current_from
from fairwrench.web.org.schemes_in_use import SchemePeriod
from fairwrench.web.schemes.documents.kept import document_scheme, documents, version_path
from fairwrench.web.schemes.models import VERSION, SchemeVersion
from fairwrench.web.ui.words import lang, of
from fairwrench.web.work.models import Step

State = SchemeVersion.State
#: the key of the scheme that the installation was set up with
OWN = "own"
#: months before and after this one that are offered to begin in
BACK, AHEAD = 12, 12


def version_at(*, month: Month) -> SchemeVersion | None:
    """The adopted version that holds in a month; None where the installation's own scheme does.

    What is only proposed holds nowhere (S1 ❺ 8).
    """
    adopted = SchemeVersion.objects.filter(state=State.ADOPTED, begins__lte=str(month))
    # months are `YYYY-MM`, so they sort as texts
    return adopted.order_by("-begins", "-id").first()


def scheme_at(*, month: Month) -> Scheme:
    """The scheme of a month."""
    version = version_at(month=month)
    return opened(str(version_path(version=version)) if version else settings.SCHEME)


def works_on(day: date) -> bool:
    """Whether a day is worked in the country of the scheme that holds then.

    By the official calendar, also where deadlines are postponed over weekends alone: a holiday is a day off. Of a year
    whose calendar is not published yet the days that the law itself makes holidays are known all the same.
    """
    calendar = _calendar(day)
    if not calendar.works(day):
        return False
    return not (calendar.gaps([day.year]) and is_holiday(calendar.country, day))


def year_published(day: date) -> bool:
    """Whether the official calendar of a day's year is published."""
    return not _calendar(day).gaps([day.year])


def _calendar(day: date) -> WorkCalendar:
    return WorkCalendar.of(scheme_at(month=Month.of(day)).cycle, "workdays")


def scheme_periods() -> list[SchemePeriod]:
    """Every scheme that held, holds, will hold or is proposed, the installation's own first; one query."""
    found = SchemeVersion.objects.filter(state__in=(State.ADOPTED, State.PROPOSED)).order_by("begins", "id")
    adopted = [version for version in found if version.state == State.ADOPTED]
    begins = [Month.parse(version.begins) for version in adopted]
    # each holds up to the month before the next begins; the last one has no end
    lasts = [month.plus(-1) for month in begins] + [None]
    # read when it is asked for: most pages need one of them, and a lost document breaks only what needs it
    held = [SchemePeriod(partial(_document, settings.SCHEME), None, lasts[0])]
    for version, first, last in zip(adopted, begins, lasts[1:], strict=True):
        held.append(SchemePeriod(partial(_document, str(version_path(version=version))), first, last))
    for version in found:
        if version.state == State.PROPOSED:
            read = partial(_document, str(version_path(version=version)))
            held.append(SchemePeriod(read, Month.parse(version.begins), proposed=True))
    return held


def _document(name: str) -> Scheme:
    return opened(name)


@lru_cache(maxsize=16)
def opened(name: str) -> Scheme:
    """A scheme by name or path; documents never change, so each is read once."""
    path = Path(name)
    # a version's document by what was compiled from it: no page reads what people handed in as YAML
    return document_scheme(path=path) if path.is_relative_to(documents()) else load_scheme(name)


def own_scheme() -> Scheme | None:
    """The scheme that the installation was set up with; None where it cannot be read."""
    try:
        return opened(settings.SCHEME)
    except Refused:
        return None


def this_month() -> Month:
    """The month it is where the stores are."""
    return Month.of(timezone.localdate())


@dataclass(frozen=True)
class Edition:
    """A scheme that can be read: a version, or the installation's own (`version` None).

    `first` and `last` are the months between which it holds; None where that is open, `first` also for drafts.
    `history`: what was done with it, as far as the reader may know.
    """

    key: str
    version: SchemeVersion | None
    first: Month | None = None
    last: Month | None = None
    history: tuple[Step, ...] = ()

    @property
    def path(self) -> str:
        """The name by which the scheme is opened."""
        return str(version_path(version=self.version)) if self.version else settings.SCHEME

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme; Refused when its document cannot be read any more."""
        return opened(self.path)

    @property
    def title(self) -> str:
        """Its name and version, also where the document cannot be read."""
        try:
            return f"{of(self.scheme.name)} {self.scheme.version}"
        except Refused:
            return str(self.version or settings.SCHEME)

    @property
    def proposal(self) -> Step | None:
        """The step by which it was proposed last."""
        return next((step for step in reversed(self.history) if step.act == "propose"), None)

    @property
    def standing(self) -> str:
        """draft, returned (a draft that was sent back), proposed, withdrawn, or of what counts: now, later, over, or
        never (replaced before it held a month)."""
        if self.version and self.version.state == State.DRAFT and self.history[-1:]:
            return "returned" if self.history[-1].act == "send_back" else "draft"
        if self.version and self.version.state != State.ADOPTED:
            return str(self.version.state)
        if self.first and self.last and self.last < self.first:
            return "never"
        if self.first and self.first > this_month():
            return "later"
        return "over" if self.last and self.last < this_month() else "now"


def editions_seen(*, user: User) -> list[Edition]:
    """What a user may read, the latest first: what holds, held or will hold; drafts for those who work on them."""
    require_page(user, "schemes.view")
    inside = sees_drafts(user=user)
    found = SchemeVersion.objects.select_related("by__employee")
    # what is published is there for everybody to read, long before it holds
    seen = found if inside else found.filter(Q(state=State.ADOPTED) | Q(state=State.PROPOSED, shown_from__isnull=False))
    rows = list(seen.order_by("-id"))
    others = [version for version in rows if version.state != State.ADOPTED]
    adopted = sorted((each for each in rows if each.state == State.ADOPTED), key=lambda each: (each.begins, each.pk))
    # stable: proposals first, each group still the latest first
    others.sort(key=lambda version: version.state != State.PROPOSED)
    taken = versions_history() if adopted or others else {}
    begins = [Month.parse(version.begins) for version in adopted]
    lasts = [month.plus(-1) for month in begins] + [None]
    held = [Edition(OWN, None, None, lasts[0])]
    for version, first, last in zip(adopted, begins, lasts[1:], strict=True):
        held.append(Edition(str(version.pk), version, first, last, _history(taken.get(version.pk, []), whole=inside)))
    return [
        *(Edition(str(each.pk), each, history=_history(taken.get(each.pk, []), whole=inside)) for each in others),
        *reversed(held),
    ]


def versions_history() -> dict[int, list[Step]]:
    """Every step of every version by its key, with who took it; one query."""
    found: dict[int, list[Step]] = {}
    for step in Step.objects.filter(workflow=VERSION).select_related("by__employee"):
        found.setdefault(step.record, []).append(step)
    return found


def _history(steps: list[Step], *, whole: bool = True) -> tuple[Step, ...]:
    """The steps of a version; of one that counts, only how it came to count unless `whole`."""
    # others read from whom and on what ground it came to count, not how often it was sent back before
    if whole:
        return tuple(steps)
    last = {step.act: step for step in steps if step.act in ("propose", "approve")}
    return tuple(sorted(last.values(), key=lambda step: step.pk))


def edition_seen(*, user: User, key: str) -> Edition:
    """One of them; Http404 when there is none of that key that the user may read."""
    return edition_of(editions=editions_seen(user=user), key=key)


def edition_of(*, editions: list[Edition], key: str) -> Edition:
    """The edition of a key among some; Http404 for none."""
    for edition in editions:
        if edition.key == key:
            return edition
    raise Http404


def version_title(version: SchemeVersion) -> str:
    """What a version is called: the scheme's own name and its number."""
    return Edition(str(version.pk), version).title


def edition_now(*, editions: list[Edition]) -> Edition:
    """The one of all editions that holds now: there is always one."""
    return next(edition for edition in editions if edition.standing == "now")


def edition_at(*, user: User, month: Month) -> Edition:
    """The edition that holds in a month."""
    return edition_in(editions=editions_seen(user=user), month=month)


def edition_in(*, editions: list[Edition], month: Month) -> Edition:
    """The one of all editions that holds in a month."""
    version = version_at(month=month)
    return edition_of(editions=editions, key=str(version.pk) if version else OWN)


def version_seen(*, user: User, version_id: int) -> SchemeVersion:
    """A version for somebody who may change it; Http404 when there is none."""
    require(user, "schemes.change", about=GROUP)
    return get_object_or_404(SchemeVersion.objects.select_related("by__employee"), pk=version_id)


def months_free() -> list[Month]:
    """The months from which a version may begin to hold: open ones up to a year ahead, none that another begins in."""
    now = this_month()
    taken = set(SchemeVersion.objects.filter(state=State.ADOPTED).values_list("begins", flat=True))
    free: list[Month] = []
    # backwards from a year ahead to the last settled month: what begins before that would change figures that stand
    for month in reversed(list(Month.range(now.plus(-BACK), now.plus(AHEAD)))):
        if is_settled(month):
            break
        free.append(month)
    return [month for month in reversed(free) if str(month) not in taken]


def people_without_position(*, scheme: Scheme, user: User, day: date) -> dict[str, int]:
    """Positions by name that people hold on a day or come to hold later, and that a scheme does not know, with how many
    of those seen hold each."""
    held = current_from(day=day).exclude(position__code__in=list(scheme.positions))
    # counted among people that the user may see
    held = held.filter(employee__in=people_list(user=user).order_by().values("employee"))
    name = "position__name_en" if lang() == "en" else "position__name_zh"
    counted = held.values_list(name).annotate(people=Count("employee", distinct=True))
    return dict(counted.order_by(name))


def sees_drafts(*, user: User) -> bool:
    """Whether drafts and what was withdrawn are anything for the user."""
    return opens(user, "schemes.view_drafts")
