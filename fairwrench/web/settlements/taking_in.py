"""Files of what stores keep in the application: entered on the pages, in the name of who hands them in."""

from __future__ import annotations

import polars as pl
from django.db import transaction

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import point_units
from fairwrench.settlement.inputs.words import item_words
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.models import Upload
from fairwrench.web.org.models import Employee
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.feeds import rating_tell, target_retell
from fairwrench.web.settlements.models import Rating, Target
from fairwrench.web.settlements.ratings.raters import OTHER, Raters
from fairwrench.web.settlements.ratings.rating import run_to_rate
from fairwrench.web.settlements.targets.filed_targets import Spelling, targets_filed


def ratings_take(upload: Upload, rows: pl.DataFrame, by: User | None) -> list[Problem]:
    """Enter the ratings of some rows on the pages, but for those that stand there already; told: who is not there.

    A rating of a published month counts for the month that the file is handed in for.
    """
    said = rows.filter(pl.col("level").is_not_null() | pl.col("points").is_not_null())
    columns = ["month", "employee_id", "item", "rater", "level", "points", "evidence"]
    people = {
        each.employee_id: each
        for each in Employee.objects.filter(
            employee_id__in={*said["employee_id"].drop_nulls(), *said["rater"].drop_nulls()}
        )
    }
    problems = []
    with transaction.atomic():
        for (month,), of_month in said.group_by("month", maintain_order=True):
            scheme, roles = scheme_at(month=Month.parse(str(month))), _roles(str(month))
            words, rated = item_words(scheme), _rated(scheme)
            for _, who, item, rater, level, points, example in of_month.select(columns).iter_rows():
                if who not in people or rater not in people:
                    # told and passed over: one row that cannot stand keeps no other out
                    problems.append(_nobody(upload, who if who not in people else rater))
                    continue
                if words.get(item, item) not in rated:
                    problems.append(_not_known(upload, item))
                    continue
                given = {
                    "level": level or "",
                    "points": None if points is None else point_units(points),
                    "example": example or "",
                }
                about = {"month": month, "employee": people[who], "item": words.get(item, item), "rater": people[rater]}
                # said already: entered again it would have another author and another moment
                if Rating.standing.filter(**about, **given).exists():
                    continue
                # before a run nobody knows who leads whom; settling takes the role from the roster anyhow
                # (`with_roles`)
                role = roles.role_of(who, rater) if roles else OTHER
                rating, _ = Rating.objects.update_or_create(
                    **about, defaults={**given, "role": role, "by": by, "withdrawn_at": None}
                )
                rating_tell(rating=rating, by=by, period=upload.month)
    return problems


def targets_take(upload: Upload, rows: pl.DataFrame, by: User | None) -> list[Problem]:
    """Enter the targets of some rows on the pages, but for those that stand there already; told: metrics that no scheme
    has. One of a published month counts for the month that the file is handed in for."""
    problems = []
    said = rows.drop_nulls(["subject", "metric", "month", "value"])
    with transaction.atomic():
        for (month,), of_month in said.group_by("month", maintain_order=True):
            scheme = scheme_at(month=Month.parse(str(month)))
            spelling, filed = Spelling.of(scheme), targets_filed(month=Month.parse(str(month)), scheme=scheme)
            for subject, metric, value in of_month.select("subject", "metric", "value").iter_rows():
                key = spelling.key(subject, metric)
                if key[1] not in scheme.metrics:
                    problems.append(_not_known(upload, metric))
                    continue
                about = {"month": month, "subject": key[0], "metric": key[1]}
                if Target.standing.filter(**about, value=value).exists():
                    continue
                told = {"value": value, "by": by, "withdrawn_at": None}
                target, _ = Target.objects.update_or_create(**about, defaults=told)
                # the file's own spelling, if there is one, so that the page's row takes the place of the file's
                words = [list(each.words) for each in filed.get(key, ())] or target.told_as or [list(key)]
                target_retell(target=target, told_as=words, by=by, period=upload.month)
    return problems


def _roles(month: str) -> Raters | None:
    """Who stands how to whom in a month, as the roster of its run has it."""
    cycle = Cycle.objects.filter(month=month).first()
    run = run_to_rate(month=cycle.month) if cycle else None
    return Raters.of(run) if run else None


def _rated(scheme: Scheme) -> set[str]:
    """The items of a scheme that people rate."""
    return {item.key for card in scheme.scorecards.values() for item in card.items if item.kind != "metric"}


def _not_known(upload: Upload, word: str) -> Problem:
    zh = f"制度里没有“{word}”，这一行没有写入"
    en = f"the scheme has no {word!r}; this row was not entered"
    return Problem("not_in_scheme", zh, en, file=upload.name)


def _nobody(upload: Upload, employee_id: str | None) -> Problem:
    zh = f"“{employee_id or ''}”不在花名册上，这条评分没有写入"
    en = f"{employee_id or ''!r} is not on the roster; this rating was not entered"
    return Problem("no_rater", zh, en, file=upload.name)
