"""The sections of an analysis drafted from the figures, in plain sentences of the language of the page.

Each figure is read from the selector of the page that shows it; nothing is worked out a second way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import polars as pl
from django.utils import timezone

from fairwrench.report.naming import Names
from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.analysis.kpis.actions import action_words, counted
from fairwrench.web.analysis.kpis.missed import Missed, asked_of, missed_of
from fairwrench.web.analysis.models import MissedKpi, Section, place_words
from fairwrench.web.appraisals.appeals.selectors import appeals_seen
from fairwrench.web.appraisals.models import Appeal
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.home.stores import shares_of
from fairwrench.web.settlements.models import EVERY_STORE, Run
from fairwrench.web.settlements.rating_quality.judged import judged
from fairwrench.web.settlements.rating_quality.seen import people_reviewed
from fairwrench.web.settlements.rating_quality.signs import raters_seen
from fairwrench.web.settlements.runs.run_reader import shown_mean, stores_of, sums_of_store, whole_of
from fairwrench.web.settlements.selectors import names_of
from fairwrench.web.settlements.submissions.responsible import late_of, submissions
from fairwrench.web.ui.words import joined, of, pick

Key = Section.Key


@dataclass(frozen=True)
class Ground:
    """What an analysis is drafted from: the run of its month, one store or all of them, for who drafts it."""

    cycle: Cycle
    run: Run
    store: str
    user: User
    names: Names

    @classmethod
    def of(cls, *, cycle: Cycle, store: str, user: User) -> Ground:
        """That of a settled month."""
        assert cycle.run is not None
        return cls(cycle, cycle.run, store, user, names_of(run=cycle.run))

    @property
    def stores(self) -> list[str] | None:
        """The store; None for all."""
        return None if self.store == EVERY_STORE else [self.store]


def section_drafted(*, ground: Ground, key: str) -> str:
    """One section of the analysis of a settled month."""
    return _DRAFTS[Key(key)](ground)


def _late(ground: Ground) -> str:
    lines = submissions(cycle=ground.cycle, stores=ground.stores)
    now, scheme = timezone.now(), ground.names.scheme
    late = [(line, days) for line in lines if (days := late_of(line=line, scheme=scheme, now=now))]
    if not late:
        return pick("本月数据和评分均按时提交。", "All figures and ratings of the month were handed in on time.")
    people = _people(line.person for line, _ in late)
    n = len({line.person for line, _ in late})
    told = [pick(f"{n} 人提交迟于期限：", f"{number_of(n, 'person', 'people')} handed in late:")]
    for line, days in late:
        still = "" if line.done else pick("，尚未提交", ", still missing")
        zh = f"{people[line.person]}：{line.step.name.zh}，迟 {days} 天{still}"
        told.append(pick(zh, f"{people[line.person]}: {line.step.name.en}, {number_of(days, 'day')} late{still}"))
    return "\n".join(told)


def _grades(ground: Ground) -> str:
    run = ground.run
    sums = whole_of(run) if ground.stores is None else sums_of_store(run=run, store=ground.store)
    shares = shares_of(sums, ground.names) if sums else ()
    if sums is None or not shares:
        return pick("本月没有人评出等级。", "Nobody has a grade in the month.")
    n = sum(share.people for share in shares)
    mean = shown_mean(sums["mean"])
    told = [
        pick(f"{n} 人有等级，平均分 {mean}。", f"{number_of(n, 'person', 'people')} with a grade, mean score {mean}.")
    ]
    for share in shares:
        zh = f"{share.name}：{share.people} 人，占 {share.share}%，制度比例 {share.expected}%"
        told.append(pick(zh, f"{share.name}: {share.people}, {share.share}%, expected {share.expected}%"))
    if ground.stores is None:
        means = ((store, shown_mean(each["mean"])) for store, each in stores_of(run).items())
        by_store = joined(f"{store} {mean}" for store, mean in means if mean)
        told.append(pick(f"各店平均分：{by_store}", f"Mean score by store: {by_store}"))
    return "\n".join(told)


def _kpis(ground: Ground) -> str:
    missed = missed_of(cycle=ground.cycle, stores=ground.stores, user=ground.user)
    if not missed:
        return pick("本月没有未达标指标。", "No KPI was missed in the month.")
    called = {each.metric: each.name for each in missed}
    told = [pick(f"未达标指标 {len(called)} 项：", f"{number_of(len(called), 'KPI')} missed:")]
    for metric, name in called.items():
        lines = [_kpi(each, alone=ground.stores is not None) for each in missed if each.metric == metric]
        told.append("\n".join([pick(f"【{name}】", f"[{name}]"), *lines]))
    return "\n\n".join(told)


def _kpi(missed: Missed, *, alone: bool) -> str:
    """One store's figure, why, what is done, and what was to be done since the month before."""
    at = "" if alone else f"{missed.store} "
    zh = f"{at}实际 {missed.value}，目标 {missed.target}，上月 {missed.before}。"
    told = [pick(zh, f"{at}{missed.value}, target {missed.target}, before {missed.before}.")]
    asked = missed.asked
    if asked is None:
        told.append(pick("未询问原因。", "Nobody was asked why."))
    elif asked.state == MissedKpi.State.ANSWERED:
        told.append(pick(f"原因：{asked.cause}", f"Cause: {asked.cause}"))
        told.append(pick(f"措施：{action_words(asked)}", f"Action: {action_words(asked)}"))
    else:
        told.append(pick(f"待 {asked.owner.name} 说明原因和措施。", f"{asked.owner.name} is still to say why."))
    if missed.earlier is not None:
        told.append(pick(f"上月措施：{action_words(missed.earlier)}", f"Last month: {action_words(missed.earlier)}"))
    return "\n".join(told)


def _quality(ground: Ground) -> str:
    everybody = judged(run=ground.run)
    reviewed = people_reviewed(run=ground.run, user=ground.user)
    own = everybody.filter(pl.col("employee_id").is_in(list(reviewed)))
    if ground.stores is not None:
        own = own.filter(pl.col("store").is_in(ground.stores))
    raters = raters_seen(ratings=own, beside=everybody)
    asking = [rater for rater in raters if rater.signs]
    if not asking:
        zh, en = f"{len(raters)} 位评分人的评分没有疑点。", f"Nothing to ask of {number_of(len(raters), 'rater')}."
        return pick(zh, en)
    people = _people(rater.rater for rater in asking)
    told = [
        pick(f"{len(raters)} 位评分人中 {len(asking)} 位有疑点：", f"To ask of {len(asking)} of {len(raters)} raters:")
    ]
    for rater in asking:
        signs = joined((of(sign.words) for sign in rater.signs), "；")
        told.append(pick(f"{people[rater.rater]}：{signs}", f"{people[rater.rater]}: {signs}"))
    return "\n".join(told)


def _appeals(ground: Ground) -> str:
    found = appeals_seen(user=ground.user).filter(form__cycle=ground.cycle)
    if ground.stores is not None:
        found = found.filter(form__store__in=ground.stores)
    states = Counter(found.order_by().values_list("state", flat=True))
    if not states:
        return pick("本月没有绩效申诉。", "Nobody appealed in the month.")
    state = Appeal.State
    granted, withdrawn = states[state.AGREED] + states[state.CORRECTED], states[state.WITHDRAWN]
    n, closed = sum(states.values()), states[state.CLOSED]
    left = n - granted - withdrawn - closed
    zh = f"绩效申诉 {n} 条：同意调整 {granted} 条，维持并办结 {closed} 条，撤回 {withdrawn} 条，其余 {left} 条。"
    en = f"{number_of(n, 'appeal')}: {granted} granted, {closed} upheld, {withdrawn} withdrawn, {left} others."
    return pick(zh, en)


def _actions(ground: Ground) -> str:
    month = str(ground.cycle.at.plus(-1))
    last = [kpi for kpi in asked_of(months=[month], stores=ground.stores).values() if kpi.task is not None]
    if not last:
        return pick(f"{month} 没有定下措施。", f"No action was agreed on in {month}.")
    told = [counted(last)]
    for kpi in last:
        at = "" if ground.stores is not None else f"{place_words(kpi.store)} "
        told.append(f"{at}{ground.names.metric(kpi.metric)}{pick('：', ': ')}{action_words(kpi)}")
    return "\n".join(told)


def _people(ids: Iterable[str]) -> Mapping[str, str]:
    """Employee id → name and id; the id alone of who is not on the roster."""
    wanted = set(ids)
    known = {each.employee_id: str(each) for each in Employee.objects.filter(employee_id__in=wanted)}
    return {who: known.get(who, who) for who in wanted}


_DRAFTS: Mapping[Section.Key, Callable[[Ground], str]] = {
    Key.LATE: _late,
    Key.GRADES: _grades,
    Key.KPIS: _kpis,
    Key.QUALITY: _quality,
    Key.APPEALS: _appeals,
    Key.ACTIONS: _actions,
}
