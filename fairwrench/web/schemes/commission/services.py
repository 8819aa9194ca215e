"""Plans as filled in become a draft of the scheme: the same document with other rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from fairwrench.catalog.loader import scheme_names
from fairwrench.report.naming import Names
from fairwrench.settlement.exact import plain
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import CommissionFactor, CommissionLine, CommissionPlan
from fairwrench.settlement.words.commission_words import unit_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import GROUP
from fairwrench.web.schemes.commission.plan_table import LEVELS, attainment_of, line_label, positions_without
from fairwrench.web.schemes.commission.rates import read, share_typed
from fairwrench.web.schemes.documents.amending import Amendment
from fairwrench.web.schemes.documents.bounded import amend_bounded
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import Edition
from fairwrench.web.schemes.services import version_add
from fairwrench.web.ui.requests.bare_text import bare_text

#: what a factor says
FACTOR = ("attainment", "of", "score", "floor", "cap")
#: letters of a note, as the database keeps it
NOTE = 400
#: a plan as a document writes it; None for a position without one
Written = dict[str, Any] | None


def plans_draft(*, edition: Edition, names: Names, told: Mapping[str, str], by: User) -> SchemeVersion:
    """Keep the edition with the plans that a form tells as a new draft. Refused with everything that is wrong."""
    require(by, "schemes.change", about=GROUP)
    if told.get("edition") != edition.key:
        raise Refused([_moved_on()])
    form, version, note = _Form(names, told), bare_text(told.get("version", "")), bare_text(told.get("note", ""))
    plans = form.plans()
    if not version:
        form.problems.append(Problem("no_version", "请写新版本号", "say the number of the new version"))
    if len(note) > NOTE:
        zh, en = f"修改说明最多 {NOTE} 个字", f"what changes has {NOTE} characters at most"
        form.problems.append(Problem("long_note", zh, en))
    if form.problems:
        raise Refused(form.problems)
    if not plans:
        raise Refused([Problem("nothing_changes", "提成点数没有改动", "no rate was changed")])
    scheme, shipped = edition.scheme, edition.version is None and edition.path in scheme_names()
    head = {"base": edition.path, "scheme": scheme.scheme, "version": "", "name": scheme.name.model_dump()}
    path = None if shipped else Path(edition.path)
    text = amend_bounded(Amendment(path, edition.title, version, plans, head if shipped else {}))
    return version_add(content=text.encode(), name=f"{scheme.scheme}-{version}.yaml", by=by, note=note)


@dataclass
class _Form:
    """What a form tells of the plans of a scheme, and what is wrong with it."""

    names: Names
    told: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def plans(self) -> dict[str, Written]:
        """The plans that differ from those of the scheme."""
        scheme, found = self.names.scheme, dict[str, Written]()
        for position in (*scheme.pay.commission, *positions_without(scheme)):
            before = scheme.pay.commission.get(position)
            # a position that the form does not know keeps its plan
            if not any(name.rpartition(".")[2] == position or f".{position}." in name for name in self.told):
                continue
            lines, factors = self._lines(position, before), self._factors(position, before)
            after = {"lines": lines, "factors": factors} if lines else None
            if _plain(after) != _plain(_as_written(before)):
                found[position] = after
        return found

    def _lines(self, position: str, before: CommissionPlan | None) -> dict[str, Any]:
        lines: dict[str, Any] = {}
        for key, line in (before.lines if before else {}).items():
            where = f"{position}.{key}"
            typed = self._rate(position, key, self.told.get(f"rate.{where}", ""))
            of = self.told.get(f"of.{where}", line.of)
            if typed is not None:
                lines[key] = {**_kept(line, key in self._bases), **typed, "of": of if of in LEVELS else line.of}
        key, text = self.told.get(f"new.{position}", ""), self.told.get(f"newrate.{position}", "").strip()
        if bool(key) != bool(text):
            zh, en = "增加提成项目须同时选项目、填点数", "another line needs both what it is paid by and its rate"
            self._wrong(position, "", Problem("half_a_line", zh, en))
        elif key in self._bases and key not in lines:
            typed, of = self._rate(position, key, text), self.told.get(f"newof.{position}", "")
            lines |= {key: {**typed, **({"of": of} if of in LEVELS else {})}} if typed is not None else {}
        return lines

    def _rate(self, position: str, key: str, text: str) -> dict[str, Any] | None:
        try:
            typed = read(text, unit_of(key, self.names.scheme))
        except Refused as refused:
            for problem in refused.problems:
                self._wrong(position, line_label(position, key, self.names), problem)
            return {}
        if typed is None:
            return None
        return {"rate": typed.rate} if typed.tiers is None else {"tiers": [list(each) for each in typed.tiers]}

    def _factors(self, position: str, before: CommissionPlan | None) -> list[dict[str, Any]]:
        """The factors: that by attainment and that by score as filled in, others as they are."""
        there = before.factors if before else ()
        shown = attainment_of(before) if before else None
        factors = [_factor(each) for each in there if each is not shown and not each.score]
        if metric := self.told.get(f"metric.{position}", ""):
            kept = _factor(shown) if shown and shown.attainment == metric else {"of": "store"}
            bounds = {name: self._share(position, name) for name in ("floor", "cap")}
            told = {name: bound for name, bound in bounds.items() if bound is not None}
            kept = {name: value for name, value in kept.items() if name not in bounds}
            factors.insert(0, {**kept, "attainment": metric, **told})
        if f"score.{position}" in self.told:
            scored = next((each for each in there if each.score), None)
            factors.append(_factor(scored) if scored else {"score": True})
        return factors

    def _share(self, position: str, name: str) -> Any:
        try:
            return share_typed(self.told.get(f"{name}.{position}", ""))
        except Refused as refused:
            self._wrong(position, "", refused.problems[0])
            return None

    @property
    def _bases(self) -> Mapping[str, Any]:
        return self.names.scheme.pay.commission_basis

    def _wrong(self, position: str, line: str, problem: Problem) -> None:
        about = " · ".join(filter(None, (self.names.position(position), line)))
        self.problems.append(Problem(problem.code, f"{about}：{problem.zh}", f"{about}: {problem.en}"))


def _kept(line: CommissionLine, by_basis: bool) -> dict[str, Any]:
    """What a line says beside its rate; one by a basis leaves to it what is the basis's."""
    leaves = ("rate", "tiers", "of", *(("measure", "name", "note", "reference") if by_basis else ()))
    return {k: v for k, v in line.model_dump(by_alias=True, exclude_unset=True).items() if k not in leaves}


def _factor(factor: CommissionFactor) -> dict[str, Any]:
    return factor.model_dump(by_alias=True, exclude_unset=True)


def _as_written(plan: CommissionPlan | None) -> Written:
    if plan is None:
        return None
    lines = {
        key: {"rate": line.rate, "tiers": [list(each) for each in line.tiers] if line.tiers else None, "of": line.of}
        for key, line in plan.lines.items()
    }
    return {"lines": lines, "factors": [_factor(each) for each in plan.factors]}


def _plain(plan: Written) -> Any:
    """A plan to be compared: what it pays, whatever the order of its factors."""
    if plan is None:
        return None
    lines = {key: (line.get("rate"), line.get("tiers"), line.get("of")) for key, line in plan["lines"].items()}
    return lines, sorted(str([_said(name, factor) for name in FACTOR]) for factor in plan["factors"])


def _said(name: str, factor: Mapping[str, Any]) -> str:
    value = factor.get(name)
    return plain(value) if isinstance(value, Decimal) else str(value or "")


def _moved_on() -> Problem:
    zh = "页面打开后，现行制度已经换了版本；请重新打开再改，您填的没有保存"
    en = "another version holds since the page was opened; open it again, what you typed was not kept"
    return Problem("moved_on", zh, en)
