"""The chapters of a scheme that are rules rather than tables of figures: who, when, grades, pay, standing, letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairwrench.report.naming import Names
from fairwrench.settlement.pay.pay_base import base_of
from fairwrench.settlement.scheme.cycle import FineEffect, Lateness, Step
from fairwrench.settlement.scheme.part import Part
from fairwrench.settlement.scheme.scheme import PayBase
from fairwrench.web.schemes.text.cards import reference_of
from fairwrench.web.schemes.text.curves import percent, plain

Pair = tuple[str, str]
SIDES = {"profit": ("创利", "Profit"), "function": ("职能", "Function")}
POSTPONED = {
    "weekends": ("遇周六、周日顺延到下一个周一", "a Saturday or Sunday moves to Monday"),
    "workdays": (
        "遇法定节假日和周末顺延到下一个工作日，调休上班日照常",
        "days off move to the next working day; make-up days count as working",
    ),
}
COUNTED = {"working_days": ("工作日", "working day"), "calendar_days": ("日历日", "calendar day")}
EFFECTS = {"money": ("考核扣款", "yuan off"), "points": ("扣分", "points off"), "record": ("仅记录", "kept on record")}
RAISES = {
    "raise_candidate": ("列入调薪名单", "stands on the raise list"),
    "raise_considered_next": ("列入下次调薪考虑", "is considered for the next raise"),
}


@dataclass(frozen=True)
class Clause:
    """One rule to read, with its article; `text` may have several paragraphs."""

    anchor: str
    title: str
    text: tuple[str, ...]
    reference: str = ""
    house: bool = False
    note: str = ""


def clause(anchor: str, title: str, text: list[str], part: Part, names: Names) -> Clause:
    """A clause with the article and note of the part it tells."""
    note = names.say(part.note)
    return Clause(anchor, title, tuple(text), reference_of(part), part.default == "house", note)


def articles(names: Names) -> list[Clause]:
    """What is to be read and not computed."""
    return [
        clause(f"article-{key}", names.say(article.title), names.say(article.text).splitlines(), article, names)
        for key, article in names.scheme.articles.items()
    ]


def adoption(names: Names) -> list[Clause]:
    """What is done before a version holds; nothing where nothing is asked for."""
    asked = names.scheme.adoption
    days = asked.publicity_days
    steps: list[tuple[str, Pair]] = [
        (asked.publicity, (f"公示 {days} 天", f"published for {days} days")),
        (asked.discussion, ("与工会或职工代表讨论", "discussed with the union or employees' representatives")),
        (asked.acknowledgement, ("员工签收", "acknowledged by everybody in service")),
    ]
    text = [names.pick(words) + names.pick(_DEMANDED[demand]) for demand, words in steps if demand != "off"]
    title = names.pick(("制度生效前的手续", "Before a version holds"))
    return [clause("adoption", title, text, asked, names)] if text else []


def eligibility(names: Names) -> list[Clause]:
    """Who is left out of a month."""
    rules = names.scheme.eligibility
    told: list[tuple[str, Pair]] = []
    if rules.probation_excludes:
        told.append(
            (
                "probation",
                ("试用期占当月天数较多的，当月不参加考核", "Probation that covers the larger part of the month"),
            )
        )
    if rules.wage_below is not None:
        wage = plain(rules.wage_below)
        told.append(("low_wage", (f"全额工资低于 {wage} 元的，不参加考核", f"A full salary under {wage} yuan")))
    if rules.min_days_in_service:
        days = rules.min_days_in_service
        told.append(
            (
                "short_service",
                (f"当月在职不满 {days} 个日历日的，不参加考核", f"Fewer than {days} calendar days in service"),
            )
        )
    found = []
    for key, pair in told:
        reference = rules.references.get(key, "")
        house = reference == "house"
        found.append(Clause(f"eligibility-{key}", names.pick(pair), (), "" if house else reference, house))
    return found


#: what a step that was not taken does to the approval
_DEMANDED: dict[str, Pair] = {
    "warn": ("（未办时提示）", " (a lack is told)"),
    "block": ("（未办不得批准）", " (no approval without it)"),
}


@dataclass(frozen=True)
class Due:
    """A step of the cycle."""

    name: str
    responsible: str
    when: str
    categories: str
    reference: str
    house: bool


def steps(names: Names) -> list[Due]:
    """The deadlines of a month, in their order."""
    # sorting is stable: within a month the steps keep the order of the document
    return [_due(step, names) for step in sorted(names.scheme.cycle.steps.values(), key=lambda step: step.month)]


def _due(step: Step, names: Names) -> Due:
    time = names.scheme.cycle.due_time
    zh = f"{'次月' if step.month else '当月'} {step.day} 日 {time}"
    en = f"day {step.day} of the {'month after' if step.month else 'month itself'}, {time}"
    told = names.comma.join(map(names.category, step.categories))
    when = names.pick((zh, en))
    return Due(
        names.say(step.name), names.role(step.responsible), when, told, reference_of(step), step.default == "house"
    )


def cycle(names: Names) -> list[Clause]:
    """What holds for all deadlines, for being late, for summaries, for the year and for the number of goals."""
    rules = names.scheme.cycle
    head = [names.pick(POSTPONED[rules.postpone])]
    head.append(names.pick((f"时间以 {rules.time_zone} 为准", f"Times are those of {rules.time_zone}")))
    found = [clause("cycle-deadlines", names.pick(("期限", "Deadlines")), head, rules, names)]
    if late := rules.lateness:
        amount = plain(late.a_day(late.effect))
        zh = f"每迟交一个{COUNTED[late.counted_in][0]}：{EFFECTS[late.effect][0]} {amount}，经人力资源部确认后生效"
        en = f"Each {COUNTED[late.counted_in][1]} late: {amount}, {EFFECTS[late.effect][1]}, once HR has confirmed it"
        told = [names.pick((zh, en)), *_otherwise(late, names), *([names.say(late.warning)] if late.warning else [])]
        found.append(clause("cycle-lateness", names.pick(("迟交", "Being late")), told, late, names))
    if by := rules.summary:
        of = ("当月", "of that month") if by.month == 0 else ("次月", "of the month after")
        zh = f"每人在{of[0]} {by.day} 日 {rules.due_time} 前提交月度总结与下月计划，遇休息日顺延；迟交不扣款"
        en = f"Everybody hands in a summary and a plan by day {by.day} {of[1]}, {rules.due_time}, later over days off;"
        told = [names.pick((zh, f"{en} being late brings no fine"))]
        found.append(clause("cycle-summary", names.pick(("月度总结", "Monthly summary")), told, by, names))
    if talk := rules.next_level_interview:
        grades = names.comma.join(talk.grades)
        zh = f"等级为 {grades} 的，隔级上级签字前与本人面谈并记录；没有隔级上级的由人力资源部面谈"
        en = f"Graded {grades}, the next-level manager talks to the person before signing; HR where there is none"
        words = names.pick(("隔级面谈", "Next-level interview"))
        found.append(clause("cycle-next-level-interview", words, [names.pick((zh, en))], talk, names))
    months = rules.year_months
    year = names.pick(
        (f"全年至少有 {months} 个月参加考核，才评定年度等级", f"A year grade needs {months} assessed months")
    )
    found.append(Clause("cycle-year", names.pick(("年度", "The year")), (year,)))
    if rules.goals:
        low, high = rules.goals
        goals = names.pick((f"每张考核表宜有 {low} 至 {high} 项", f"A scorecard has {low} to {high} items"))
        found.append(Clause("cycle-goals", names.pick(("项目数", "Number of items")), (goals,)))
    return found


def _otherwise(late: Lateness, names: Names) -> list[str]:
    """What HR may choose instead when a fine is confirmed, and the stores where it is something else."""
    told = []
    if late.instead.choices:
        chosen = names.comma.join(_effect_words(late, each, names) for each in late.instead.choices)
        told.append(names.pick((f"确认时可改为：{chosen}", f"when it is confirmed HR may choose instead: {chosen}")))
    for store, each in late.by_store.items():
        words = _effect_words(late, each.effect, names)
        told.append(names.pick((f"{store}（{each.province}）：{words}", f"{store} ({each.province}): {words}")))
    return told


def _effect_words(late: Lateness, effect: FineEffect, names: Names) -> str:
    amount = "" if effect == "record" else plain(late.a_day(effect))
    return names.pick((f"{EFFECTS[effect][0]} {amount}".strip(), f"{amount} {EFFECTS[effect][1]}".strip()))


def base_words(base: PayBase, names: Names) -> str:
    """What performance pay is drawn from."""
    if base.kind == "commission":
        return names.pick(("当月提成工资总额", "the month's commission"))
    if base.kind == "none" or base.share is None:
        return names.pick(("无绩效工资", "no performance pay"))
    return names.pick((f"全额工资的 {percent(base.share)}", f"{percent(base.share)} of full salary"))


@dataclass(frozen=True)
class Post:
    """A position with what it is paid from and assessed by."""

    key: str
    name: str
    department: str
    side: str
    manager: bool
    base: str
    card: str
    card_name: str
    note: str
    reference: str
    house: bool


def positions(names: Names) -> list[Post]:
    """Every position, by department."""
    scheme = names.scheme
    order = list(scheme.departments)
    found = []
    for key, post in sorted(scheme.positions.items(), key=lambda pair: order.index(pair[1].department)):
        base = base_of(post, scheme.pay)
        found.append(
            Post(
                key=key,
                name=names.say(post.name),
                department=names.department(post.department),
                side=names.pick(SIDES[post.side]),
                manager=post.manager,
                base=base_words(base[0], names) if base else "",
                card=post.scorecard or "",
                card_name=names.scorecard(post.scorecard),
                note=names.say(post.note),
                reference=reference_of(post),
                house=post.default == "house",
            )
        )
    return found


def standing(names: Names) -> list[Clause]:
    """What runs of grades lead to, and what a year grade does."""
    rules = names.scheme.standing
    head = names.pick(("累计与措施", "Counting and measures"))
    order = names.pick((" ＞ ", " > ")).join(map(names.event, rules.severity))
    text = [
        names.pick(
            (f"同一个月只采取最重的一项：{order}", f"Of several due in a month the most severe is taken: {order}")
        )
    ]
    found = [clause("standing-rules", head, text, rules, names)]
    for key, rule in rules.rules.items():
        grades = names.pick((" 或 ", " or ")).join(rules.counters.get(rule.counter, ()))
        zh = f"连续 {rule.at} 个月为 {grades}：{names.event(rule.event)}，由{names.role(rule.by)}办理"
        en = f"{rule.at} months in a row at {grades}: {names.event(rule.event)}, by {names.role(rule.by)}"
        told = [names.pick((zh, en))]
        if rule.months:
            told.append(names.pick((f"为期 {rule.months} 个月", f"For {rule.months} months")))
        if rule.letter and rule.letter in names.scheme.letters:
            told.append(names.pick(("信函：", "Letter: ")) + letter_name(rule.letter, names))
        if rule.once_a_year:
            told.append(names.pick(("每年至多一次", "At most once a year")))
        found.append(clause(f"standing-{key}", names.say(rule.name, key), told, rule, names))
    for key, year in rules.year.items():
        grades = names.pick(("、", ", ")).join(year.grades)
        zh, en = f"年度等级为 {grades}：{RAISES[year.event][0]}", f"A year grade of {grades}: {RAISES[year.event][1]}"
        if year.preferred:
            zh, en = f"{zh}，调岗、晋升时优先", f"{en}, preferred in transfer and promotion"
        found.append(clause(f"standing-year-{key}", names.say(year.name, key), [names.pick((zh, en))], year, names))
    return [*found, *_tickets(names)]


def _tickets(names: Names) -> Iterator[Clause]:
    """By which articles somebody is rewarded or penalised on the spot, and how long a penalty waits for an answer."""
    tickets = names.scheme.standing.tickets
    if not tickets.ticket_articles:
        return
    days = tickets.answer_days
    zh = f"奖励经人力资源核实后计入；处罚先等本人确认，满 {days} 天未确认、未申诉的，人力资源核实后计入"
    en = f"A reward counts once HR has checked it; a penalty waits up to {days} days for the person's answer first"
    told = [names.pick((zh, en))]
    for key, article in tickets.ticket_articles.items():
        kind = names.pick(("奖励", "Reward") if article.kind == "reward" else ("处罚", "Penalty"))
        points, money = f"{article.most_points.normalize():f}", f"{article.most_amount.normalize():f}"
        most = [names.pick((f"{points} 分", f"{points} points"))] if article.most_points else []
        most += [names.pick((f"{money} 元", f"{money} yuan"))] if article.most_amount else []
        bound = names.pick(("，最多 ", ", at most ")) + names.pick(("、", ", ")).join(most) if most else ""
        told.append(f"{kind}{names.pick(('：', ': '))}{names.say(article.name, key)}{bound}")
    yield clause("standing-tickets", names.pick(("奖惩单", "Rewards and penalties")), told, tickets, names)


def letter_name(key: str, names: Names) -> str:
    """What a letter is called."""
    letter = names.scheme.letters[key]
    return names.say(letter.name or letter.title)


#: what stands in a letter where a person's own words are put in, see `report.papers.letters`
PUT_IN = {
    "name": ("姓名", "name"),
    "employee_id": ("工号", "employee id"),
    "store": ("门店", "store"),
    "department": ("部门", "department"),
    "position": ("岗位", "position"),
    "manager": ("直接上级", "line manager"),
    "months": ("涉及月份", "months"),
    "reasons": ("不足之处", "shortfalls"),
    "date": ("日期", "date"),
    "by_date": ("改进期限", "day to improve by"),
    "contact": ("联系人", "contact"),
}


def _filled_in(line: str, names: Names) -> str:
    """A line of a letter, with words in the place of what is put in."""
    for key, pair in PUT_IN.items():
        # not `format`: a letter's own braces are none of ours
        line = line.replace(f"{{{key}}}", names.pick(("〔{}〕", "[{}]")).format(names.pick(pair)))
    return line


def letters(names: Names) -> list[Clause]:
    """The wording of the letters, as they are filled in."""
    found = []
    for key, letter in names.scheme.letters.items():
        signed = names.pick(("、", ", ")).join(map(names.role, letter.signed_by))
        text = [_filled_in(line, names) for line in names.say(letter.body).splitlines() if line.strip()]
        text.append(names.pick((f"签字：{signed}", f"Signed by: {signed}")))
        if letter.days_to_improve:
            days = letter.days_to_improve
            text.append(names.pick((f"改进期限：{days} 天", f"Days to improve: {days}")))
        found.append(clause(f"letter-{key}", letter_name(key, names), text, letter, names))
    return found
