"""Conflicts of interest: who decides a judged column is scored by it, or leads those who are (S3 捌)."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme import Metric, Scheme


def conflicts(scheme: Scheme, people: pl.DataFrame, teams: pl.DataFrame) -> list[Problem]:
    """One problem a metric and decider. `people`: employee_id, name, position, scorecard of those assessed;
    `teams`: employee_id, unit (everyone who leads them, at any distance)."""
    found = []
    for name, metric in scheme.metrics.items():
        cards = [card for card, body in scheme.scorecards.items() if any(item.metric == name for item in body.items)]
        if metric.decided_by and cards:
            scored = people.filter(pl.col("scorecard").is_in(cards))
            found += _of_metric(name, metric, scheme, people, scored, teams)
    return found


def _of_metric(
    name: str, metric: Metric, scheme: Scheme, people: pl.DataFrame, scored: pl.DataFrame, teams: pl.DataFrame
) -> list[Problem]:
    deciders = people.filter(pl.col("position").is_in(list(metric.decided_by)))
    found = []
    for decider, called in deciders.select("employee_id", "name").sort("employee_id").iter_rows():
        led = (
            teams.filter(pl.col("unit") == decider)
            .join(scored, on="employee_id")
            .filter(pl.col("employee_id") != decider)
        )
        own = scored.filter(pl.col("employee_id") == decider).height > 0
        if own or led.height:
            found.append(_problem(name, metric, scheme, decider, called, own, led["name"].sort().to_list()))
    return found


def _problem(
    name: str, metric: Metric, scheme: Scheme, decider: str, called: str, own: bool, led: list[str]
) -> Problem:
    instead = scheme.metrics.get(metric.independent or "")
    shown = "、".join(led[:5]) + ("…" if len(led) > 5 else "")
    zh = f"{called}（{decider}）认定“{metric.name.zh}”所依据的数据"
    en = f"{called} ({decider}) decides what {metric.name.en} is counted from"
    if own:
        zh, en = zh + "，本人又按该指标考核", en + " and is scored by it"
    if led:
        zh, en = zh + f"，其下属按该指标考核：{shown}", en + f" and leads people scored by it: {shown}"
    if instead:
        zh, en = zh + f"；可改用独立指标“{instead.name.zh}”", en + f"; the independent measure is {instead.name.en}"
    details = {"metric": name, "decider": decider, "independent": metric.independent or "", "led": ",".join(led)}
    return Problem("conflict_of_interest", zh + "。", en + ".", "warning", subject=decider, details=details)
