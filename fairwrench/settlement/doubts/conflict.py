"""Conflicts of interest: who decides a judged column is scored by it, or leads those who are (S3 捌); who decides for
oneself. Nobody writes the number that pays them."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.inputs.recorded_inputs import Recorded
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme

#: people named in a sentence; all of them stand in its details
SHOWN = 5


def conflicts(scheme: Scheme, people: pl.DataFrame, teams: pl.DataFrame) -> list[Problem]:
    """One problem a metric and decider. `people`: employee_id, name, position, scorecard, reason (null when assessed)
    of those in service; `teams`: employee_id, unit (everyone who leads them, at any distance)."""
    scored, deciders = _scored(scheme, people), _deciders(scheme, people)
    # Somebody not assessed is not scored by it; people whom they lead may be.
    own = {
        (*pair,) for pair in deciders.join(scored, on=["metric", "employee_id"]).select("metric", "employee_id").rows()
    }
    led = _led(deciders, scored, teams)
    return [
        _problem(metric, scheme, (person, called or person), (metric, person) in own, led.get((metric, person), {}))
        for metric, person, called in deciders.rows()
        if (metric, person) in own or (metric, person) in led
    ]


def _scored(scheme: Scheme, people: pl.DataFrame) -> pl.DataFrame:
    """metric, employee_id, name of everybody whose card has the metric."""
    items = [(card, item.metric) for card, body in scheme.scorecards.items() for item in body.items if item.metric]
    cards = pl.DataFrame(items, schema={"scorecard": pl.String, "metric": pl.String}, orient="row").unique()
    assessed = people.filter(pl.col("reason").is_null())
    return assessed.join(cards, on="scorecard").select("metric", "employee_id", "name")


def _deciders(scheme: Scheme, people: pl.DataFrame) -> pl.DataFrame:
    """metric, employee_id, name of everybody whose position decides what a metric is counted from; metrics in the
    scheme's order, people by id."""
    judged = [(name, at) for name, metric in scheme.metrics.items() for at in dict.fromkeys(metric.decided_by)]
    by = pl.DataFrame(judged, schema={"metric": pl.String, "position": pl.String}, orient="row")
    place = pl.col("metric").replace_strict({name: at for at, name in enumerate(scheme.metrics)}, return_dtype=pl.Int64)
    found = by.join(people.select("employee_id", "name", "position"), on="position")
    return found.sort(place, "employee_id").select("metric", "employee_id", "name")


def _led(deciders: pl.DataFrame, scored: pl.DataFrame, teams: pl.DataFrame) -> dict[tuple[str, str], dict[str, str]]:
    """Metric and decider → those scored whom they lead: id → name, by id."""
    under = deciders.select("metric", decider="employee_id").join(teams, left_on="decider", right_on="unit")
    under = under.filter(pl.col("employee_id") != pl.col("decider"))
    named = under.join(scored, on=["metric", "employee_id"]).sort("employee_id")
    led: dict[tuple[str, str], dict[str, str]] = {}
    for metric, decider, person, name in named.select("metric", "decider", "employee_id", "name").rows():
        led.setdefault((metric, decider), {})[person] = name or person
    return led


def _problem(metric: str, scheme: Scheme, decider: tuple[str, str], own: bool, led: dict[str, str]) -> Problem:
    about, (person, called) = scheme.metrics[metric], decider
    shown = "、".join([*led.values()][:SHOWN]) + ("…" if len(led) > SHOWN else "")
    zh = f"{called}（{person}）认定“{about.name.zh}”所依据的数据"
    en = f"{called} ({person}) decides what {about.name.en} is counted from"
    if own:
        zh, en = zh + "，本人又按该指标考核", en + " and is scored by it"
    if led:
        zh, en = zh + f"，其下属按该指标考核：{shown}", en + f" and leads people scored by it: {shown}"
    if instead := scheme.metrics.get(about.independent or ""):
        zh, en = zh + f"；可改用独立指标“{instead.name.zh}”", en + f"; the independent measure is {instead.name.en}"
    details = {"metric": metric, "decider": person, "independent": about.independent or "", "led": ",".join(led)}
    return Problem("conflict_of_interest", zh + "。", en + ".", "warning", subject=person, details=details)


def for_oneself(said: Recorded, month: str) -> list[Problem]:
    """Decisions of the month whose decider is the person concerned: they count, and somebody should look at them."""
    about = said.decisions.filter((pl.col("month") == month) & (pl.col("employee_id") == pl.col("decided_by")))
    pairs = about.select("employee_id", "kind").unique().sort("employee_id", "kind")
    return [_own(person, kind) for person, kind in pairs.iter_rows()]


def _own(person: str, kind: str) -> Problem:
    zh = f"{person} 的决定（{kind}）由本人作出；请由与此无关的人复核"
    en = f"the decision about {person} ({kind}) was taken by the same person; let somebody neutral look at it"
    return Problem("decided_for_oneself", zh, en, "warning", subject=person)
