"""Plans as filled in become a draft of the scheme: the same document with other rates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairwrench.catalog.loader import scheme_names
from fairwrench.report.naming import Names
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import CommissionPlan, Scheme
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.schemes.commission.plan_table import attainment_of, positions_without, share_typed
from fairwrench.web.schemes.commission.rates import Typed, read
from fairwrench.web.schemes.documents.amending import Amendment
from fairwrench.web.schemes.documents.bounded import amend_bounded
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import Edition
from fairwrench.web.schemes.services import version_add


def plans_draft(*, edition: Edition, names: Names, told: Mapping[str, str], by: User) -> SchemeVersion:
    """Keep the edition with the plans that a form tells as a new draft. Refused with everything that is wrong."""
    require(by, "schemes.change", about=GROUP)
    scheme = edition.scheme
    plans, problems = _plans(scheme, names, told)
    version = told.get("version", "").strip()
    if not version:
        problems.append(Problem("no_version", "请写新版本号", "say the number of the new version"))
    if problems:
        raise Refused(problems)
    if not any(_differs(plan, scheme.pay.commission.get(position)) for position, plan in plans.items()):
        raise Refused([Problem("nothing_changes", "提成点数没有改动", "no rate was changed")])
    changes: dict[str, Any] = {"version": version, "pay": {"commission": plans}}
    base = None if edition.version else edition.path
    path = Path(edition.path) if edition.version or not _shipped(edition.path) else None
    if base and path is None:
        changes = {"base": base, "scheme": scheme.scheme, "name": scheme.name.model_dump(), **changes}
    text = amend_bounded(Amendment(path, edition.title, changes))
    return version_add(content=text.encode(), name=f"{scheme.scheme}-{version}.yaml", by=by, note=told.get("note", ""))


def _shipped(name: str) -> bool:
    return name in scheme_names()


def _plans(scheme: Scheme, names: Names, told: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The plans of all positions as a document writes them, None for a line that goes, and what is wrong."""
    plans: dict[str, Any] = {}
    problems: list[Problem] = []
    for position in (*scheme.pay.commission, *positions_without(scheme)):
        plan = scheme.pay.commission.get(position) or CommissionPlan(lines={})
        lines, wrong = _lines(position, plan, scheme, names, told)
        factors, wrong_factors = _factors(position, plan, names, told)
        problems += [*wrong, *wrong_factors]
        if lines or position in scheme.pay.commission:
            plans[position] = {"lines": lines, "factors": factors}
    return plans, problems


def _lines(
    position: str, plan: CommissionPlan, scheme: Scheme, names: Names, told: Mapping[str, str]
) -> tuple[dict[str, Any], list[Problem]]:
    added = told.get(f"new.{position}", "")
    keys = [*plan.lines, *([added] if added in scheme.pay.commission_basis and added not in plan.lines else [])]
    lines: dict[str, Any] = {}
    problems: list[Problem] = []
    for key in keys:
        field = f"{position}.{key}" if key in plan.lines else position
        kept = ("rate", "of") if key in plan.lines else ("newrate", "newof")
        text = told.get(f"{kept[0]}.{field}")
        if text is None:  # a form that does not know the line leaves it as it is
            continue
        basis = scheme.pay.commission_basis.get(key)
        try:
            typed = read(text, basis.unit if basis else "count")
        except Refused as refused:
            problems += [
                _about(problem, names.position(position), _name(key, scheme, names)) for problem in refused.problems
            ]
            continue
        of = told.get(f"{kept[1]}.{field}", plan.lines[key].of if key in plan.lines else "person")
        lines[key] = _line(typed, of, new=key not in plan.lines)
    return lines, problems


def _line(typed: Typed | None, of: str, *, new: bool) -> dict[str, Any] | None:
    """A line as a document writes it; None removes it."""
    if typed is None:
        return None
    rate: dict[str, Any] = (
        {"rate": typed.rate, **({} if new else {"tiers": None})}
        if typed.tiers is None
        else {"tiers": [list(each) for each in typed.tiers], **({} if new else {"rate": None})}
    )
    return {**rate, "of": of}


def _factors(
    position: str, plan: CommissionPlan, names: Names, told: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The factors: that by attainment and that by score as filled in, others as they are."""
    shown, problems = attainment_of(plan), list[Problem]()
    others = [each for each in plan.factors if each is not shown and not each.score]
    factors = [each.model_dump(mode="python", exclude_unset=True) for each in others]
    metric = told.get(f"metric.{position}", (shown.attainment or "") if shown else "")
    if metric:
        try:
            bounds = {name: share_typed(told.get(f"{name}.{position}", "")) for name in ("floor", "cap")}
        except ValueError as wrong:
            zh, en = f"“{wrong}”不是比例；写作 80%", f"{str(wrong)!r} is no share; write 80%"
            return [], [_about(Problem("share", zh, en), names.position(position), names.metric(metric))]
        before = shown.model_dump(mode="python", exclude_unset=True) if shown and shown.attainment == metric else {}
        told_bounds = {name: bound for name, bound in bounds.items() if bound is not None}
        kept = {name: value for name, value in before.items() if name not in ("floor", "cap")}
        factors.insert(0, {**kept, "attainment": metric, "of": kept.get("of", "store"), **told_bounds})
    if f"score.{position}" in told:
        scored = next((each for each in plan.factors if each.score), None)
        factors.append(scored.model_dump(mode="python", exclude_unset=True) if scored else {"score": True})
    return factors, problems


def _differs(written: Mapping[str, Any], plan: CommissionPlan | None) -> bool:
    """Whether a plan as written says something else than the one there is."""
    if plan is None:
        return True
    for key, line in written["lines"].items():
        before = plan.lines.get(key)
        if line is None or before is None:
            return True
        tiers = tuple(tuple(each) for each in line["tiers"]) if line.get("tiers") else None
        if (line.get("rate"), tiers, line["of"]) != (before.rate, before.tiers, before.of):
            return True
    return [_plainly(each) for each in written["factors"]] != [
        _plainly(each.model_dump(mode="python", exclude_unset=True)) for each in plan.factors
    ]


def _plainly(factor: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: factor.get(name) or None for name in ("attainment", "of", "score", "floor", "cap") if factor.get(name)
    }


def _name(key: str, scheme: Scheme, names: Names) -> str:
    basis = scheme.pay.commission_basis.get(key)
    return names.say(basis.name if basis else None, key)


def _about(problem: Problem, position: str, line: str) -> Problem:
    return Problem(problem.code, f"{position} · {line}：{problem.zh}", f"{position} · {line}: {problem.en}")
