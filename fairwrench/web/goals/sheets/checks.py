"""What a sheet lacks (S1 ❺ 5.1.1): each goal SMART, three to eight in all, weights that add up. Told, never refused:
the regulation says “should”."""

from __future__ import annotations

from collections.abc import Iterator

from fairwrench.settlement.explain.explain import points
from fairwrench.settlement.problem import Problem
from fairwrench.web.goals.models import Goal
from fairwrench.web.goals.sheets.content import Content
from fairwrench.web.goals.sheets.measuring import gone
from fairwrench.web.settlements.targets.target_words import number_typed
from fairwrench.web.ui.words import joined

#: hundredths that weights add up to, and the fewest letters that say what is to be done
WHOLE, SAYS = 10_000, 4


def lacks(content: Content) -> list[Problem]:
    """What a sheet lacks, the goals in their order first."""
    return [*_of_goals(content), *_count(content), *_weights(content)]


def _of_goals(content: Content) -> Iterator[Problem]:
    for at, goal in enumerate(content.goals, 1):
        missing = list(_smart(goal, content))
        if missing:
            zh = f"目标 {at}：缺{'、'.join(each[0] for each in missing)}"
            en = f"Goal {at} lacks {', '.join(each[1] for each in missing)}"
            yield Problem("not_smart", zh, en, "warning", subject=str(at))
        if gone(goal, content.names.scheme):
            zh = f"目标 {at}：现行制度里没有“{goal.subject}”，月末没有实际值，请改用别的衡量方式"
            en = f"Goal {at}: the scheme has no “{goal.subject}”, so there will be no figure; measure it otherwise"
            yield Problem("measure_gone", zh, en, "warning", subject=str(at))


def _smart(goal: Goal, content: Content) -> Iterator[tuple[str, str]]:
    """Specific, measurable, attainable (there is a target to judge that by), relevant, by a day within the month."""
    if len(goal.what) < SAYS:
        yield "具体内容（S）", "what exactly (S)"
    if goal.kind == Goal.Kind.WORDS and not goal.measure:
        yield "衡量方式（M）", "how it is measured (M)"
    if not goal.target:
        yield "目标值（A）", "a target (A)"
    elif goal.kind == Goal.Kind.METRIC and number_typed(goal.target) is None:
        yield "写成数字的目标值（M）", "a target that is a number (M)"
    # what the scheme assesses the position by is relevant by itself
    own = {kpi.key for kpi in content.kpis}
    if goal.department_goal_id is None and goal.duty_id is None and goal.subject not in own:
        yield "与部门目标或岗位职责的关联（R）", "a department goal or duty it serves (R)"
    if goal.due is None:
        yield "完成时间（T）", "by when (T)"


def _count(content: Content) -> Iterator[Problem]:
    bounds = content.names.scheme.cycle.goals
    if bounds is None:
        return
    kpis = {kpi.key for kpi in content.kpis}
    own = [goal for goal in content.goals if goal.subject not in kpis]
    count, (least, most) = len(own) + len(kpis), bounds
    if least <= count <= most:
        return
    zh = f"目标与考核指标共 {count} 项（目标 {len(own)}、指标 {len(kpis)}），制度要求 {least}–{most} 项"
    en = f"{count} in all ({len(own)} goals, {len(kpis)} items of the scheme); there should be {least} to {most}"
    yield Problem("goal_count", zh, en, "warning")


def _weights(content: Content) -> Iterator[Problem]:
    given = [goal.weight for goal in content.goals if goal.weight is not None]
    if not given:
        return
    bare = [str(at) for at, goal in enumerate(content.goals, 1) if goal.weight is None]
    if bare:
        yield Problem("unweighed", f"目标 {joined(bare)} 没有权重", f"no weight: goal {', '.join(bare)}", "warning")
    total = sum(given)
    if total != WHOLE:
        shown = points(total)
        yield Problem("weight_sum", f"权重合计 {shown}，应为 100", f"the weights add to {shown}, not 100", "warning")
