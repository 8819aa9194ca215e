"""Ratings given: checked against the item's levels, kept, and told where they cannot stand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from fairwrench.settlement.exact import point_units
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.feeds import rating_tell, rating_withdraw
from fairwrench.web.settlements.models import Rating
from fairwrench.web.settlements.ratings.rating import Place, in_anothers_place, places, seen_of
from fairwrench.web.ui.requests.bare_text import bare_text

#: what a cell of the grid is sent as
PARTS = ("level", "points", "example")
#: by what a cell is named
CELL = ("employee", "item", "rater")

BY_FILE_ALONE = ("本店这个月只按文件评分", "ratings of this store come by file alone in this month")


def ratings_save(*, cycle: Cycle, told: Mapping[str, str], by: User) -> tuple[int, list[Problem]]:
    """Keep what a grid says (`EMPLOYEE|ITEM|RATER.level`, `.points`, `.example`); cells left as they were stay.

    Returns how many were kept, and a problem for each that was not; the others are kept all the same.
    """
    if by.employee is None:
        raise Refused([Problem("no_rater", "您不在花名册上，不能评分", "you are not on the roster and cannot rate")])
    kept, problems = 0, []
    with transaction.atomic():
        # held until it is written: a month published in between would leave a rating that no sealed month knows of
        if Cycle.objects.select_for_update().get(pk=cycle.pk).state == Cycle.State.PUBLISHED:
            zh, en = f"{cycle.month} 已发布，不能再评分", f"{cycle.month} is published and is not rated any more"
            raise Refused([Problem("published", zh, en)])
        people = {each.employee_id: each for each in Employee.objects.filter(employee_id__in=_asked(told))}
        problems += _of_oneself(told, by)
        # only cells that are the user's to fill: whatever else is sent finds no place
        for place in places(cycle=cycle, user=by):
            saved, problem = _save(cycle, place, told, people, by)
            kept += saved
            problems += [problem] if problem else []
    return kept, problems


def _of_oneself(told: Mapping[str, str], by: User) -> list[Problem]:
    """Cells that would rate who fills them in the place of another: said, and not only passed over."""
    cells = {tuple(name.partition(".")[0].split("|")) for name in told}
    cells = {cell for cell in cells if len(cell) == len(CELL)}
    own = [cell for cell in cells if in_anothers_place(rated=cell[0], rater=cell[2], user=by)]
    zh = "不能以代理人身份给自己评分，请等被代理人回来后再评"
    en = "nobody rates themselves in the place of another; it waits until whom you stand in for is back"
    return [Problem("own_rating", zh, en, subject=own[0][0])] if own else []


def _asked(told: Mapping[str, str]) -> set[str]:
    return {name.partition("|")[0] for name in told if "|" in name}


def _save(
    cycle: Cycle, place: Place, told: Mapping[str, str], people: Mapping[str, Employee], by: User
) -> tuple[int, Problem | None]:
    level, number, example = typed = _typed(place, told)
    # first of all: an empty cell must not take back what somebody else has written since
    if problem := _overtaken(place, told, typed):
        return 0, problem
    # left as it was seen, or typed what stands there by now: either way nothing changes
    if told.get(f"{place.name_of_field}.seen") == seen_of(*typed) or (place.given and place.seen == seen_of(*typed)):
        return 0, None
    # told only to whose page still had the cell
    if place.by_file_alone:
        sent = f"{place.name_of_field}.seen" in told
        return 0, _wrong(place, *BY_FILE_ALONE) if sent else None
    if not level and not number:
        return _take_back(place, told, by), None
    points, problem = _points(place, number)
    if problem := problem or _unfit(place, level, example):
        return 0, problem
    about: dict[str, Any] = {"month": cycle.month, "employee": people[place.result.employee_id], "item": place.item.key}
    given: dict[str, Any] = {
        "role": place.role,
        "level": level,
        "points": points,
        "example": example,
        "by": by,
        "withdrawn_at": None,
    }
    rating, _ = Rating.objects.update_or_create(**about, rater=place.rater, defaults=given)
    # in the same transaction: evidence hears of it if, and only if, it is kept
    rating_tell(rating=rating, by=by)
    return 1, None


def _typed(place: Place, told: Mapping[str, str]) -> tuple[str, str, str]:
    """Level, points and example as a cell was sent."""
    level, number, example = (bare_text(told.get(f"{place.name_of_field}.{part}", "")) for part in PARTS)
    return level, number, example


def _unfit(place: Place, level: str, example: str) -> Problem | None:
    """Why a level cannot be given so."""
    if level and level not in {each.word for each in place.levels}:
        return _wrong(place, f"没有“{level}”这个等级", f"there is no level {level!r}")
    if not example and any(each.word == level and each.example for each in place.levels):
        return _wrong(place, f"评为“{level}”须写具体事例", f"{level!r} needs an example")
    return None


def _overtaken(place: Place, told: Mapping[str, str], typed: tuple[str, str, str]) -> Problem | None:
    """What somebody else, or another tab, said since the page was opened, of a cell that was changed here, too."""
    seen, now = told.get(f"{place.name_of_field}.seen"), place.seen
    if seen is None or now in (seen, seen_of(*typed)) or seen == seen_of(*typed):
        return None
    zh = f"打开页面之后已被改为“{place.given_words or '未评'}”；您填的没有保存，请核对后再填"
    en = f"was changed to {place.given_words or 'no rating'} since the page was opened; yours was not kept, look again"
    return _wrong(place, zh, en)


def _take_back(place: Place, told: Mapping[str, str], by: User) -> int:
    """A rating whose cell was emptied counts no longer; a cell that was not asked stays as it was."""
    asked = any(f"{place.name_of_field}.{part}" in told for part in ("level", "points"))
    if not (asked and place.given):
        return 0
    rating_withdraw(rating=place.given, by=by)
    return 1


def _points(place: Place, number: str) -> tuple[int | None, Problem | None]:
    if not number:
        return None, None
    try:
        value = Decimal(number)
    except InvalidOperation:
        return None, _wrong(place, f"“{number}”不是数字", f"{number!r} is no number")
    most = place.most
    # Decimal reads NaN and Infinity, too; more than two decimals would be lost in hundredths
    if not value.is_finite() or not 0 <= value <= most or value != round(value, 2):
        return None, _wrong(place, f"请填 0 到 {most} 之间、至多两位小数", f"give 0 to {most}, two decimals at most")
    return point_units(value), None


def _wrong(place: Place, zh: str, en: str) -> Problem:
    about = f"{place.result.name} · {place.name}"
    return Problem("rating", f"{about}：{zh}", f"{about}: {en}", subject=place.result.employee_id)
