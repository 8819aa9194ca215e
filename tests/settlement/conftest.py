"""Parts of a scheme with the figures of S1 ❺ 5.5, 5.7 and 5.8, written here by hand and apart from the catalog."""

import pytest

from fairwrench.settlement.scheme.cycle import Cycle
from fairwrench.settlement.scheme.scheme import Bands, Distribution, Standing


def both(words: str) -> dict[str, str]:
    """A text that reads the same in both languages; the wording is not what these tests are about."""
    return {"zh": words, "en": words}


BANDS = {
    "maximum": "130",
    "grades": {
        "A": {"name": {"zh": "杰出", "en": "outstanding"}, "from": "120", "share": "5"},
        "B": {"name": {"zh": "优秀", "en": "excellent"}, "from": "105", "share": "20"},
        "C": {"name": {"zh": "良好", "en": "good"}, "from": "90", "share": "60"},
        "D": {"name": {"zh": "待改进", "en": "to improve"}, "above": "70", "share": "10"},
        "E": {"name": {"zh": "不胜任", "en": "not up to it"}, "share": "5"},
    },
}

CYCLE = {
    "time_zone": "Asia/Shanghai",
    "country": "CN",
    "due_time": "17:30",
    "postpone": "weekends",
    "steps": {
        "planning": {"name": both("planning"), "responsible": "line_manager", "day": 5, "month": 0},
        "discipline": {"name": both("discipline"), "responsible": "administration_manager", "day": 2},
        "learning": {"name": both("learning"), "responsible": "hr_specialist", "day": 3},
        "key": {"name": both("key"), "responsible": "department_manager", "day": 4},
        "satisfaction": {"name": both("satisfaction"), "responsible": "customer_service_manager", "day": 5},
        "finance": {"name": both("finance"), "responsible": "finance_manager", "day": 7},
    },
    "lateness": {
        "amount": "500",
        "counted_in": "working_days",
        "effect": "money",
        "reference": "S1 ❺ 5.7",
        "warning": both("fines by company rule are unlawful in some provinces"),
    },
    "year_months": 6,
}

STANDING = {
    "counters": {"a": ["A"], "d": ["D", "E"], "e": ["E"]},
    "rules": {
        "plan": {"counter": "d", "at": 2, "event": "improvement_plan", "by": "line_manager", "months": 2},
        "warning": {"counter": "d", "at": 4, "event": "severe_warning", "by": "hr", "letter": "by_the_company"},
        "review": {"counter": "d", "at": 5, "event": "separation_review", "by": "hr"},
        "e_warning": {
            **{"counter": "e", "at": 2, "event": "severe_warning", "by": "line_manager", "months": 1},
            "letter": "after_oral_warning",
        },
        "e_review": {"counter": "e", "at": 3, "event": "separation_review", "by": "hr", "reference": "S1 ❺ 5.8"},
        "award": {"counter": "a", "at": 3, "event": "excellent_employee", "by": "hr", "once_a_year": True},
    },
    "year": {
        "raise": {"grades": ["A", "B"], "event": "raise_candidate"},
        "after_them": {"grades": ["C"], "event": "raise_considered_next", "preferred": True},
    },
}


@pytest.fixture(scope="session")
def bands() -> Bands:
    """The five grades of 5.5."""
    return Bands.model_validate(BANDS)


@pytest.fixture(scope="session")
def cycle() -> Cycle:
    """The calendar of 5.1 and 5.7."""
    return Cycle.model_validate(CYCLE)


@pytest.fixture(scope="session")
def standing() -> Standing:
    """The consequences of 5.8."""
    return Standing.model_validate(STANDING)


@pytest.fixture(scope="session")
def advisory() -> Distribution:
    """The score decides; a store that is off explains itself."""
    return Distribution(mode="advisory", pool="store")


@pytest.fixture(scope="session")
def forced() -> Distribution:
    """Ranks within the store decide."""
    return Distribution(mode="forced", pool="store")
