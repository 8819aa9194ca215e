"""The words for what a settlement holds as codes: items, positions, states, causes, events, in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from fairwrench.report.cells import tones_of
from fairwrench.settlement.doubts.incomplete import Incomplete
from fairwrench.settlement.inputs.eligibility import REASONS
from fairwrench.settlement.pay.pay import MISSING
from fairwrench.settlement.scheme.scheme import Item, Scheme
from fairwrench.settlement.source.source import Source, Text
from fairwrench.settlement.words.metric_words import UNITS
from fairwrench.settlement.words.wording import BASE_KINDS, LEVELS, RATERS, SHORT, cause_text

CATEGORIES = {
    "finance": Text(zh="财务", en="Finance"),
    "customer": Text(zh="客户与市场", en="Customer and market"),
    "key": Text(zh="关键指标", en="Key KPI"),
    "learning": Text(zh="学习成长", en="Learning and growth"),
    "objective": Text(zh="工作目标", en="Objectives"),
    "internal_customer": Text(zh="内部客户", en="Internal customers"),
    "discipline": Text(zh="工作纪律", en="Discipline"),
    "attitude": Text(zh="工作态度", en="Attitude"),
    "bonus": Text(zh="加分", en="Bonus"),
}
STATES = {
    "settled": Text(zh="已核算", en="settled"),
    "incomplete": Text(zh="数据不全", en="incomplete"),
    "excluded": Text(zh="不参加考核", en="not assessed"),
}
LINE_STATES = {
    "counted": Text(zh="计入", en="counts"),
    "dropped": Text(zh="权重不计", en="weight dropped"),
    "held": Text(zh="待补", en="held"),
}
EVENTS = {
    "improvement_plan": Text(zh="绩效改进计划", en="Improvement plan"),
    "severe_warning": Text(zh="严重警告信", en="Severe warning letter"),
    "separation_review": Text(zh="劳动合同解除评审", en="Separation review"),
    "excellent_employee": Text(zh="优秀员工奖", en="Excellent-employee award"),
    "plan_passed": Text(zh="改进计划通过", en="Plan passed"),
    "plan_ended": Text(zh="改进计划届满", en="Plan over"),
}
ROLES = {
    **RATERS,
    "employee": Text(zh="员工本人", en="Employee"),
    "director": Text(zh="总监", en="Director"),
    "hr": Text(zh="人力资源部", en="HR"),
    "department_manager": Text(zh="各部门经理", en="Department managers"),
}
SEVERITIES = {
    "error": Text(zh="错误", en="error"),
    "warning": Text(zh="提醒", en="warning"),
    "note": Text(zh="说明", en="note"),
}
_BY_DECISION = Text(zh="经批准不参加考核", en="left out by a decision")


@dataclass(frozen=True)
class Names:
    """Every method gives the word in `lang`, and the code itself where nobody has a word for it."""

    scheme: Scheme
    sources: Mapping[str, Source]
    lang: str

    def say(self, text: Text | None, otherwise: str = "") -> str:
        """A text in the language."""
        return text.of(self.lang) if text else otherwise

    def pick(self, pair: tuple[str, str]) -> str:
        """One of a pair (Chinese, English)."""
        return pair[self.lang == "en"]

    def items(self) -> Iterator[Item]:
        """Every item of every scorecard; one item stands on several."""
        for card in self.scheme.scorecards.values():
            yield from card.items

    @cached_property
    def _own(self) -> dict[str, str]:
        """Item → the name that a scorecard gives it, the first that gives one."""
        named = [(item.key, self.say(item.name)) for item in self.items() if item.name]
        # Reversed, so that the first scorecard's name for an item stays; one item has one name in all reports.
        return dict(reversed(named))

    def item(self, key: str) -> str:
        """An item of a scorecard: its own name, else its metric's."""
        return self._own.get(key) or self.metric(key)

    def metric(self, key: str) -> str:
        """A metric."""
        return self.say(self.scheme.metrics[key].name) if key in self.scheme.metrics else key

    def position(self, key: str | None) -> str:
        """A position."""
        found = self.scheme.positions.get(key or "")
        return self.say(found.name) if found else key or ""

    def department(self, key: str | None) -> str:
        """A department."""
        found = self.scheme.departments.get(key or "")
        return self.say(found.name) if found else key or ""

    def scorecard(self, key: str | None) -> str:
        """A scorecard."""
        found = self.scheme.scorecards.get(key or "")
        return self.say(found.name, key or "") if found else key or ""

    def source(self, key: str) -> str:
        """A source of evidence."""
        return self.say(self.sources[key].name) if key in self.sources else key

    @cached_property
    def _tones(self) -> dict[str, str]:
        return tones_of(self.scheme.bands.best_first)

    # By rank and not by letter: a scheme may call its best grade whatever it likes.
    def tone(self, grade: str | None) -> str:
        """The tone in which a grade is coloured."""
        return self._tones.get(grade or "", "")

    def grade(self, key: str | None) -> str:
        """A grade's name."""
        return next((self.say(band.name) for grade, band in self.scheme.bands.grades.items() if grade == key), "")

    def level_word(self, word: str) -> str:
        """A level of a rated item."""
        return self.say(self.scheme.level_names.get(word), word)

    def rule(self, key: str) -> str:
        """A rule of standing."""
        found = self.scheme.standing.rules.get(key)
        return self.say(found.name, key) if found else key

    def role(self, key: str) -> str:
        """A role, or the position that stands for it."""
        return self.say(ROLES[key]) if key in ROLES else self.position(key)

    def cause(self, key: str | None, lacks: str | None = None) -> str:
        """Why a line is not simply counted, with what it lacks."""
        return self.say(cause_text(key, lacks or "", self.sources)) if key else ""

    def waiting_for(self, person: Incomplete) -> list[str]:
        """What somebody's month or pay waits for, a sentence each."""
        items = [f"{self.item(wait.item)}{self.colon}{self.cause(wait.cause, wait.lacks)}" for wait in person.items]
        short = [self._of(SHORT, person.short)] if person.short else []
        return [*items, *short, *(self.pick(MISSING[code]) for code in person.unpaid if code in MISSING)]

    def category(self, key: str | None) -> str:
        """A category of items."""
        return self._of(CATEGORIES, key)

    def state(self, key: str | None) -> str:
        """The state of a person's month."""
        return self._of(STATES, key)

    def line_state(self, key: str | None) -> str:
        """The state of one item."""
        return self._of(LINE_STATES, key)

    def event(self, key: str | None) -> str:
        """What a run of grades leads to."""
        return self._of(EVENTS, key)

    def base_kind(self, key: str | None) -> str:
        """What a pay base is drawn from."""
        return self._of(BASE_KINDS, key)

    def level(self, key: str | None) -> str:
        """Whose figure an item reads."""
        return self._of(LEVELS, key)

    def severity(self, key: str) -> str:
        """How much a problem weighs."""
        return self._of(SEVERITIES, key)

    def unit(self, key: str) -> str:
        """A metric's unit where it is worth writing."""
        return self.say(UNITS.get(key))

    def reason(self, key: str | None) -> str:
        """Why somebody is not assessed."""
        return self._of({**REASONS, **SHORT, "decision": _BY_DECISION}, key)

    def missing(self, codes: str | None) -> str:
        """What keeps pay from being worked out; several codes are joined by commas."""
        words = [self.pick(MISSING[code]) if code in MISSING else code for code in (codes or "").split(",") if code]
        return self.comma.join(words)

    @property
    def colon(self) -> str:
        """What leads from a thing to what is said of it."""
        return "：" if self.lang == "zh" else ": "

    @property
    def comma(self) -> str:
        """What stands between the parts of a list."""
        return "；" if self.lang == "zh" else "; "

    def _of(self, words: Mapping[str, Text], key: str | None) -> str:
        return self.say(words.get(key or ""), key or "")
