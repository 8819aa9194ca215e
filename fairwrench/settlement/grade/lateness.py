"""Who handed figures in late, and the fine that HR may confirm (S1 ❺ 5.7). Nothing is deducted here."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl

from fairwrench.settlement.calendar.deadlines import Fine, HandedIn, deadlines, fines
from fairwrench.settlement.case import Case
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.inputs.recorded_inputs import rows_of
from fairwrench.settlement.measure.measure import Engine, Evidence
from fairwrench.settlement.problem import Problem


def lateness(case: Case, engine: Engine, evidence: Evidence) -> list[Problem]:
    """One note a person who handed in late, with the fine proposed; hand-ins that name no step of the cycle are left
    to the metrics that count them."""
    rows = rows_of("submissions", engine, evidence)
    if rows is None or case.scheme.cycle.lateness is None:
        return []
    steps = {
        word: name for name, step in case.scheme.cycle.steps.items() for word in (name, step.name.zh, step.name.en)
    }
    zone = ZoneInfo(evidence.time_zone)
    known = pl.col("what").is_in(list(steps)) & pl.col("employee_id").is_not_null()
    done = rows.filter(known & pl.col("submitted_at").is_not_null())
    handed = [
        # Deadlines are the stores' wall clock; the ledger keeps instants in UTC.
        HandedIn(person, steps[what], at.astimezone(zone).replace(tzinfo=None))
        for person, what, at in done.select("employee_id", "what", "submitted_at").iter_rows()
    ]
    plan, _ = deadlines(evidence.month, case.scheme.cycle)
    proposed, problems = fines(plan, handed, case.scheme.cycle, stores=_stores(case))
    return [*map(_proposal, proposed), *problems]


def _stores(case: Case) -> dict[str, str]:
    """Where each person works, as the last assignment says."""
    last = case.roster.drop_nulls(["employee_id", "store"]).sort("from", nulls_last=False)
    return dict(last.unique("employee_id", keep="last", maintain_order=True).select("employee_id", "store").iter_rows())


def _proposal(fine: Fine) -> Problem:
    days, amount = len(fine.days), f"{as_decimal(fine.amount, 2):f}"
    unit_zh = {"money": f"建议考核扣款 {amount} 元", "points": f"建议扣 {amount} 分", "record": "只作记录"}[fine.effect]
    unit_en = {"money": f"a fine of {amount} yuan", "points": f"{amount} points off", "record": "a record only"}
    zh = f"{fine.person} 迟交 {days} 天（{'、'.join(fine.steps)}），{unit_zh}，经人力资源确认后才生效"
    late = f"{fine.person} handed in {number_of(days, 'day')} late ({', '.join(fine.steps)})"
    en = f"{late}: {unit_en[fine.effect]}, once HR confirms it"
    if fine.warning:
        zh, en = f"{zh}。{fine.warning.zh}", f"{en}. {fine.warning.en}"
    details = {"amount": amount, "days": str(days), "steps": ", ".join(fine.steps), "effect": fine.effect}
    return Problem("fine_proposed", zh, en, "note", subject=fine.person, details=details)
