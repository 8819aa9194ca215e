"""What the parts of a scheme are called, and what the codes that stand in them mean, in both languages."""

from __future__ import annotations

from fairwrench.report.naming import CATEGORIES, EVENTS, ROLES
from fairwrench.settlement.scheme.about import titles_below
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.words.wording import LEVELS
from fairwrench.web.schemes.text.clauses import COUNTED, EFFECTS, POSTPONED, RAISES, SIDES
from fairwrench.web.schemes.text.measuring import BETTER, OVER_TIME, WHEN_MISSING, WHEN_THIN
from fairwrench.web.schemes.text.rewards import POOLS, WITHIN

Pair = tuple[str, str]

#: the chapters of a scheme's page after its head, in this order; each is called as its field is
_BLOCKS = (
    *("articles", "eligibility", "cycle", "departments", "positions", "scorecards", "metrics"),
    *("adoption", "bands", "distribution", "pay", "pools", "standing", "letters"),
)
#: a field → its title; ids of people's own making (positions, items …) are named by `Names` instead
TITLES = titles_below(Scheme)
CHAPTERS: dict[str, Pair] = {
    "head": ("名称与版本", "Name and version"),
    **{block: (TITLES[block].zh, TITLES[block].en) for block in _BLOCKS},
}

_UNITS: dict[str, Pair] = {
    "percent": ("百分比", "percent"),
    "ratio": ("比值", "ratio"),
    "count": ("个数", "count"),
    "money": ("金额", "money"),
    "hours": ("小时", "hours"),
    "days": ("天", "days"),
    "seconds": ("秒", "seconds"),
    "points": ("分", "points"),
    "times": ("次", "times"),
}
_CATEGORIES: dict[str, Pair] = {key: (text.zh, text.en) for key, text in CATEGORIES.items()}

_DEMANDS: dict[str, Pair] = {
    "off": ("不要求", "not asked for"),
    "warn": ("未办时提示", "warns while it lacks"),
    "block": ("未办不得批准", "no approval without it"),
}

#: field → code → its words
CODES: dict[str, dict[str, Pair]] = {
    "acknowledgement": _DEMANDS,
    "discussion": _DEMANDS,
    "publicity": _DEMANDS,
    "better": BETTER,
    "categories": _CATEGORIES,
    "category": _CATEGORIES,
    "counted_in": COUNTED,
    "default": {"house": ("是", "yes")},
    "effect": EFFECTS,
    "event": {**RAISES, **{key: (text.zh, text.en) for key, text in EVENTS.items()}},
    "mode": {"advisory": ("由得分定等级", "the score decides"), "forced": ("按名次定等级", "ranks decide")},
    "no_rows": {"zero": ("计为零", "counts as zero"), "missing": ("视为缺数据", "means missing")},
    "of": {key: (text.zh, text.en) for key, text in LEVELS.items()},
    "over_time": OVER_TIME,
    "pool": POOLS,
    "moves": {"later": ("顺延", "to a later day"), "earlier": ("提前", "to an earlier day")},
    "postpone": POSTPONED,
    "severity": {key: (text.zh, text.en) for key, text in EVENTS.items()},
    "side": SIDES,
    "unit": _UNITS,
    "when_missing": WHEN_MISSING,
    "when_thin": WHEN_THIN,
    "within": WITHIN,
    "by": {"score": ("按得分", "by score"), "grade": ("按等级", "by grade"), "piecewise": ("分段", "by pieces")},
}
#: keys of mappings that are codes too
KEYS: dict[str, Pair] = {
    **{key: (text.zh, text.en) for key, text in ROLES.items()},
    "profit": ("创利部门", "profit departments"),
    "function": ("职能部门", "function departments"),
    "manager": ("部门管理人员", "heads of departments"),
    "probation": ("试用期", "probation"),
    "low_wage": ("工资下限", "low wage"),
    "short_service": ("在职天数", "short service"),
}
