"""Ratings given: checked against the item's levels, kept, and told where they cannot stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.urls import reverse

from fairwrench.settlement.exact import point_units
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.feeds import rating_tell, rating_withdraw
from fairwrench.web.settlements.models import Rating
from fairwrench.web.settlements.ratings.rating import Place, in_anothers_place, places, seen_of
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.inbox.notices import Message, messages_send

#: why a cell is not kept, in Chinese and in English
Wrong = tuple[str, str]
#: what a cell of the grid is sent as
PARTS = ("level", "points", "example")
#: by what a cell is named
CELL = ("employee", "item", "rater")

NOT_RETURNED_SO = (
    "打开页面之后已有变动，没有维持；请核对后再办",
    "was changed since the page was opened and was not confirmed; look again",
)
BY_FILE_ALONE = ("本店这个月只按文件评分", "ratings of this store come by file alone in this month")


@dataclass(frozen=True)
class Saved:
    """What became of one cell that was sent: its place as it is now, whether something was kept, else why not in words,
    and whether that is because somebody else had changed it meanwhile."""

    place: Place
    kept: bool = False
    wrong: Wrong | None = None
    overtaken: bool = False

    @property
    def problem(self) -> Problem | None:
        """Why it was not kept, with whom and what it is about."""
        if self.wrong is None:
            return None
        about, (zh, en) = f"{self.place.result.name} · {self.place.name}", self.wrong
        return Problem("rating", f"{about}：{zh}", f"{about}: {en}", subject=self.place.result.employee_id)


def ratings_save(*, cycle: Cycle, told: Mapping[str, str], by: User) -> list[Saved]:
    """Keep what a grid, or some cells of it, say (`EMPLOYEE|ITEM|RATER.level`, `.points`, `.example`); cells left as
    they were stay.

    Returns what became of each cell sent that is the user's to fill; what is kept stays though others are not.
    """
    if by.employee is None:
        raise Refused([Problem("no_rater", "您不在花名册上，不能评分", "you are not on the roster and cannot rate")])
    with transaction.atomic():
        # held until it is written: a month published in between would leave a rating that no sealed month knows of
        if Cycle.objects.select_for_update().get(pk=cycle.pk).state == Cycle.State.PUBLISHED:
            zh, en = f"{cycle.month} 已发布，不能再评分", f"{cycle.month} is published and is not rated any more"
            raise Refused([Problem("published", zh, en)])
        if problem := _of_oneself(told, by):
            raise Refused([problem])
        fields = fields_sent(told)
        people = {each.employee_id: each for each in Employee.objects.filter(employee_id__in=_people_of(fields))}
        # only cells that are the user's to fill: whatever else is sent finds no place
        mine = places(cycle=cycle, user=by, fields=fields)
        stands = [(place, told.get(f"{place.name_of_field}.stands")) for place in mine]
        return [
            _save(cycle, place, told, people, by) if seen is None else _stand_by(cycle, place, seen, by)
            for place, seen in stands
        ]


def _of_oneself(told: Mapping[str, str], by: User) -> Problem | None:
    """Why nothing of a form is kept that would rate who fills it in in the place of another: no page offers that."""
    cells = {tuple(name.rpartition(".")[0].split("|")) for name in told}
    cells = {cell for cell in cells if len(cell) == len(CELL)}
    own = [cell for cell in cells if in_anothers_place(rated=cell[0], rater=cell[2], user=by)]
    zh = "不能以代理人身份给自己评分，请等被代理人回来后再评"
    en = "nobody rates themselves in the place of another; it waits until whom you stand in for is back"
    return Problem("own_rating", zh, en, subject=own[0][0]) if own else None


def fields_sent(told: Mapping[str, str]) -> set[str]:
    """The names of the cells of which a form says something."""
    return {name.rpartition(".")[0] for name in told if "|" in name}


def _people_of(fields: Iterable[str]) -> set[str]:
    return {name.partition("|")[0] for name in fields}


def _save(cycle: Cycle, place: Place, told: Mapping[str, str], people: Mapping[str, Employee], by: User) -> Saved:
    level, number, example = typed = _typed(place, told)
    # first of all: an empty cell must not take back what somebody else has written since
    if wrong := _overtaken(place, told, typed):
        return Saved(place, wrong=wrong, overtaken=True)
    # left as it was seen, or typed what stands there by now: either way nothing changes
    if told.get(f"{place.name_of_field}.seen") == seen_of(*typed) or (place.given and place.seen == seen_of(*typed)):
        return Saved(place)
    # told only to whose page still had the cell
    if place.by_file_alone:
        sent = f"{place.name_of_field}.seen" in told
        return Saved(place, wrong=BY_FILE_ALONE if sent else None)
    if not level and not number:
        return _take_back(place, told, by)
    points, wrong = _points(place, number)
    if wrong := wrong or _unfit(place, level, example):
        return Saved(place, wrong=wrong)
    return _keep(cycle, place, people[place.result.employee_id], (level, points, example), by)


def _stand_by(cycle: Cycle, place: Place, seen: str, by: User) -> Saved:
    """A returned rating given anew as it stands, which only its own button asks for; who returned it is told."""
    before = place.given
    if place.by_file_alone:
        return Saved(place, wrong=BY_FILE_ALONE)
    if before is None or not place.returned or seen != place.seen:
        return Saved(place, wrong=NOT_RETURNED_SO)
    url, who = reverse("settlements:rating_quality", args=[cycle.month]), f"{place.rater.name} → {place.result.name}"
    words = f"{who} · {place.name}：被退回的评分维持不变", f"{who} · {place.name}: the rating that was returned stands"
    saved = _keep(cycle, place, before.employee, (before.level, before.points, before.example), by)
    messages_send([Message([before.returned_by], words, url)], besides=by)
    return saved


def _keep(cycle: Cycle, place: Place, who: Employee, said: tuple[str, int | None, str], by: User) -> Saved:
    level, points, example = said
    about: dict[str, Any] = {"month": cycle.month, "employee": who, "item": place.item.key}
    given: dict[str, Any] = {
        "role": place.role,
        "level": level,
        "points": points,
        "example": example,
        "by": by,
        "withdrawn_at": None,
        "returned_at": None,
        "returned_by": None,
        "returned_why": "",
    }
    rating, _ = Rating.objects.update_or_create(**about, rater=place.rater, defaults=given)
    # in the same transaction: evidence hears of it if, and only if, it is kept
    rating_tell(rating=rating, by=by)
    return Saved(replace(place, given=rating, withdrawn=None), kept=True)


def _typed(place: Place, told: Mapping[str, str]) -> tuple[str, str, str]:
    """Level, points and example as a cell was sent."""
    level, number, example = (bare_text(told.get(f"{place.name_of_field}.{part}", "")) for part in PARTS)
    return level, number, example


def _unfit(place: Place, level: str, example: str) -> Wrong | None:
    """Why a level cannot be given so."""
    if level and level not in {each.word for each in place.levels}:
        return f"没有“{level}”这个等级", f"there is no level {level!r}"
    if not example and any(each.word == level and each.example for each in place.levels):
        named = next(each.name for each in place.levels if each.word == level)
        return f"评为“{named}”须写具体事例", f"{named!r} needs an example"
    return None


def _overtaken(place: Place, told: Mapping[str, str], typed: tuple[str, str, str]) -> Wrong | None:
    """What somebody else, or another tab, said since the page was opened, of a cell that was changed here, too."""
    seen, now = told.get(f"{place.name_of_field}.seen"), place.seen
    if seen is None or now in (seen, seen_of(*typed)) or seen == seen_of(*typed):
        return None
    zh = f"打开页面之后已被改为“{place.given_words or '未评'}”；您填的没有保存，请核对后再填"
    en = f"was changed to {place.given_words or 'no rating'} since the page was opened; yours was not kept, look again"
    return zh, en


def _take_back(place: Place, told: Mapping[str, str], by: User) -> Saved:
    """A rating whose cell was emptied counts no longer; a cell that was not asked stays as it was."""
    asked = any(f"{place.name_of_field}.{part}" in told for part in ("level", "points"))
    if not (asked and place.given):
        return Saved(place)
    rating_withdraw(rating=place.given, by=by)
    return Saved(replace(place, given=None, withdrawn=place.given), kept=True)


def _points(place: Place, number: str) -> tuple[int | None, Wrong | None]:
    if not number:
        return None, None
    try:
        value = Decimal(number)
    except InvalidOperation:
        return None, (f"“{number}”不是数字", f"{number!r} is no number")
    most = place.most
    # Decimal reads NaN and Infinity, too; more than two decimals would be lost in hundredths
    if not value.is_finite() or not 0 <= value <= most or value != round(value, 2):
        return None, (f"请填 0 到 {most} 之间、至多两位小数", f"give 0 to {most}, two decimals at most")
    return point_units(value), None
