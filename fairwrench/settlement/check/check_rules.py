"""Cycle, grades, distribution, standing, letters: order without gaps, words that name something (S1 ❺ 5.5–5.8)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from fairwrench.settlement.check.problems import Path, ProblemList
from fairwrench.settlement.scheme.cycle import Lateness
from fairwrench.settlement.scheme.scheme import AWARD, PLAN, GradeBand, Scheme

#: who may answer for a step, a measure or a signature beside the scheme's positions
ROLES = ("employee", "line_manager", "department_manager", "next_level", "director", "hr", "general_manager")
#: what letters may name; the one who writes the letter fills them
PLACEHOLDERS = (
    *("name", "employee_id", "store", "department", "position", "reasons", "months", "by_date", "contact", "date"),
    "manager",
)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_rules(scheme: Scheme, found: ProblemList) -> None:
    """Everything from the calendar to the letters."""
    _check_cycle(scheme, found)
    _check_bands(scheme, found)
    _check_distribution(scheme, found)
    _check_standing(scheme, found)
    _check_letters(scheme, found)


def _check_cycle(scheme: Scheme, found: ProblemList) -> None:
    cycle = scheme.cycle
    responsible = [*scheme.positions, *ROLES]
    for name, step in cycle.steps.items():
        path: Path = ("cycle", "steps", name, "responsible")
        found.known(("岗位或角色", "position or role"), step.responsible, responsible, path)
    # Planning lies in the assessed month and cannot overtake the others.
    ordered = [(name, step) for name, step in cycle.steps.items() if step.month == 1]
    for (before, earlier), (name, step) in pairwise(ordered):
        if step.day < earlier.day:
            zh = f"期限（{step.day}日）早于前一步 {before}（{earlier.day}日），将随之顺延"
            en = f"due on day {step.day}, before the step ahead ({before}, day {earlier.day}); it will move after it"
            found.warn("step_order", ("cycle", "steps", name, "day"), zh, en)
    provided = {category for step in cycle.steps.values() for category in step.categories}
    used = {item.category for card in scheme.scorecards.values() for item in card.items if item.category}
    for category in sorted(used - provided) if cycle.steps else ():
        zh, en = f"类别 {category} 没有任何一步负责提交", f"no step hands in the figures of category {category}"
        found.warn("category_without_step", ("cycle", "steps"), zh, en)
    if cycle.goals is not None and not 0 < cycle.goals[0] <= cycle.goals[1]:
        found.add(
            "goals", ("cycle", "goals"), "应为“最少、最多”两个数", "two numbers are expected, the fewest and the most"
        )
    if (late := cycle.lateness) is not None:
        _check_fines(late, found)
    if (talk := cycle.next_level_interview) is not None:
        _check_talk(talk.grades, scheme, found)


def _check_talk(grades: Iterable[str], scheme: Scheme, found: ProblemList) -> None:
    """A grade that is none asks for no interview. Told and not refused: a scheme that stands upon one with other grades
    has it from there."""
    path: Path = ("cycle", "next_level_interview", "grades")
    for place, grade in enumerate(grades):
        if grade not in scheme.bands.grades:
            zh, en = (
                f"隔级面谈的等级 {grade} 不在等级表中，不会要求面谈",
                f"grade {grade} is none of this scheme, so nobody is asked",
            )
            found.warn("talk_grade", (*path, place), zh, en)


def _check_fines(late: Lateness, found: ProblemList) -> None:
    """Fines of points have a figure of points; fines of money are a legal risk (S1 ❺ 5.7)."""
    path: Path = ("cycle", "lateness")
    effects = {late.effect, *late.instead.choices, *(each.effect for each in late.by_store.values())}
    if "points" in effects and late.instead.points is None:
        zh = "可以扣分，但没有规定每天扣几分；请在 instead 的 points 填写"
        en = "fines may be points, but there is no figure of points a day; write it as `points` of `instead`"
        found.add("no_points_a_day", (*path, "instead", "points"), zh, en)
    if "money" in effects:
        warning = late.warning
        zh = warning.zh if warning else "用人单位自行罚款在部分省市没有法律依据"
        en = warning.en if warning else "fines by company rule are unlawful in some provinces"
        found.warn("fines", path, zh, en)


def _check_bands(scheme: Scheme, found: ProblemList) -> None:
    """From best to worst, each band but the last with one lower bound, each below the one before (S1 ❺ 5.5)."""
    path: Path = ("bands", "grades")
    grades = list(scheme.bands.grades.items())
    names = [name for name, _ in grades]
    if not names:
        found.add("grade_order", path, "没有等级", "there is no grade")
    for place, (name, band) in enumerate(grades):
        _check_bound(band, (*path, name), last=place == len(grades) - 1, found=found)
    bounds = [(name, _bound(band)) for name, band in grades]
    for (upper, high), (name, low) in pairwise(bounds):
        if high is not None and low is not None and low >= high:
            zh, en = (
                f"下限 {low} 不低于 {upper} 的下限 {high}，两段重叠",
                f"begins at {low}, not below {upper} at {high}",
            )
            found.add("bands_overlap", (*path, name), zh, en)
    top = bounds[0][1] if bounds else None
    if top is not None and top > scheme.bands.maximum:
        zh, en = f"下限高于满分 {scheme.bands.maximum}", f"begins above the maximum of {scheme.bands.maximum}"
        found.add("band_above_maximum", (*path, names[0]), zh, en)
    total = sum((band.share for _, band in grades), Decimal(0))
    if total != 100:
        found.add("band_shares", path, f"比例合计为 {total}%，应为 100%", f"the shares add to {total} %, not to 100 %")


def _check_bound(band: GradeBand, path: Path, *, last: bool, found: ProblemList) -> None:
    given = (band.from_ is not None) + (band.above is not None)
    # The lowest grade takes whatever is left: with a bound of its own there would be scores without a grade.
    if last and given:
        zh, en = (
            "最低等级不写下限，否则更低的分数没有等级",
            "the lowest grade has no bound, or lower scores get no grade",
        )
        found.add("band_gap", path, zh, en)
    if not last and given != 1:
        zh, en = "应有且只有一个下限：from（含）或 above（不含）", "one lower bound: `from` (inclusive) or `above`"
        found.add("band_bound", path, zh, en)


def _bound(band: GradeBand) -> Decimal | None:
    return band.from_ if band.from_ is not None else band.above


def _check_distribution(scheme: Scheme, found: ProblemList) -> None:
    order, grades = scheme.distribution.remainder_order, scheme.bands.grades
    if sorted(order) != sorted(grades):
        zh, en = "余数顺序应把每个等级各列一次", "the order of remainders names each grade once"
        found.add("remainder_order", ("distribution", "remainder_order"), zh, en)


def _check_standing(scheme: Scheme, found: ProblemList) -> None:
    standing = scheme.standing
    # An award goes beside a measure and takes no measure's place.
    reached: Counter[tuple[str, int]] = Counter(
        (rule.counter, rule.at) for rule in standing.rules.values() if rule.event != AWARD
    )
    for name, rule in standing.rules.items():
        path: Path = ("standing", "rules", name)
        found.known(("计数器", "counter"), rule.counter, standing.counters, (*path, "counter"))
        found.known(("岗位或角色", "position or role"), rule.by, [*scheme.positions, *ROLES], (*path, "by"))
        found.known(("信函", "letter"), rule.letter, scheme.letters, (*path, "letter"))
        if rule.event == "severe_warning" and rule.letter is None:
            found.warn("no_letter", path, "警告信没有指定文本", "the warning letter has no wording")
        if rule.event == PLAN and not rule.months:
            found.add("plan_length", path, "改进计划没有月数", "the improvement plan has no number of months")
        if rule.event not in (*standing.severity, AWARD):
            zh, en = f"轻重次序中没有 {rule.event}", f"{rule.event} has no place in the order of severity"
            found.add("severity", path, zh, en)
        if reached[rule.counter, rule.at] > 1:
            zh, en = (
                "同一计数同一次数有几条规则，只取最重的一条",
                "several rules at one count; only the most severe is taken",
            )
            found.warn("rules_collide", path, zh, en)
    for counter, grades in standing.counters.items():
        _known_grades(grades, scheme, ("standing", "counters", counter), found)
    for name, year in standing.year.items():
        _known_grades(year.grades, scheme, ("standing", "year", name, "grades"), found)
    _check_tickets(scheme, found)
    years = Counter(grade for rule in standing.year.values() for grade in rule.grades)
    for grade in sorted(grade for grade, uses in years.items() if uses > 1):
        zh, en = f"年度等级 {grade} 有几条规则", f"the year grade {grade} has more than one rule"
        found.warn("year_rules_collide", ("standing", "year"), zh, en)


def _check_tickets(scheme: Scheme, found: ProblemList) -> None:
    # points are the company's own measure; money by company rule is what courts of some provinces refuse
    if any(
        article.kind == "penalty" and article.most_amount
        for article in scheme.standing.tickets.ticket_articles.values()
    ):
        zh, en = "用人单位自行罚款在部分省市没有法律依据", "fines by company rule are unlawful in some provinces"
        found.warn("fines", ("standing", "tickets", "ticket_articles"), zh, en)


def _known_grades(grades: Iterable[str], scheme: Scheme, path: Path, found: ProblemList) -> None:
    for place, grade in enumerate(grades):
        found.known(("等级", "grade"), grade, scheme.bands.grades, (*path, place))


def _check_letters(scheme: Scheme, found: ProblemList) -> None:
    for name, letter in scheme.letters.items():
        path: Path = ("letters", name)
        for lang, text in (("zh", letter.body.zh), ("en", letter.body.en)):
            words = _PLACEHOLDER.findall(text)
            for word in words:
                found.known(("占位符", "placeholder"), word, PLACEHOLDERS, (*path, "body", lang))
            for needed in ("name", "reasons", "by_date"):
                if needed not in words:
                    zh, en = f"正文没有 {{{needed}}}", f"the wording lacks {{{needed}}}"
                    found.warn("letter_without", (*path, "body", lang), zh, en)
        for place, who in enumerate(letter.signed_by):
            found.known(
                ("岗位或角色", "position or role"), who, [*scheme.positions, *ROLES], (*path, "signed_by", place)
            )
