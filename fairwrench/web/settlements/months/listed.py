"""The people of a month behind a count: those in a state, with a grade, whose items wait for a cause, rated since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from fairwrench.report.naming import STATES, Names
from fairwrench.settlement.doubts.incomplete import Incomplete, Waiting
from fairwrench.settlement.words.wording import CAUSES
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.ui.requests.parameters import choice_of, text_of
from fairwrench.web.ui.words import of, pick

#: causes for which an item is `held`, in the order in which they are offered
HELD = (
    "not_handed_in",
    "all_rejected",
    "other_month",
    "column_missing",
    "no_row",
    "not_shared",
    "impossible",
    "no_target",
    "unrated",
    "needs_example",
    "unknown_level",
    "level_and_points",
)
#: letters of a store's name
STORE = 80


@dataclass(frozen=True)
class Wanted:
    """Which people of a month a list is to name; what is empty narrows nothing. `rated`: rated since the run; `pay`:
    whose score is known and whose pay is open."""

    state: str = ""
    grade: str = ""
    cause: str = ""
    store: str = ""
    rated: str = ""
    pay: str = ""

    @classmethod
    def of(cls, sent: QueryDict, grades: Sequence[str]) -> Wanted:
        """What a query string asks for of a month with these grades; BadRequest for what no page offers."""
        return cls(
            choice_of(sent, "state", STATES),
            choice_of(sent, "grade", grades),
            choice_of(sent, "cause", HELD),
            text_of(sent, "store", STORE),
            choice_of(sent, "rated", ("since",)),
            choice_of(sent, "pay", ("open",)),
        )

    def people(self, *, run: Run, extent: Extent) -> QuerySet[Result]:
        """The results of a run that are wanted, of those that `extent` lets see."""
        found = extent.results(run)
        # while the month runs nobody has a grade, only one that they head for
        grade = "heads_grade" if run.kind == Run.Kind.LIVE else "grade"
        plain = {"state": self.state, grade: self.grade, "store": self.store}
        found = found.filter(**{name: value for name, value in plain.items() if value})
        if self.cause:
            # with its commas, so that no cause is found within a longer word
            found = found.filter(held__contains=f",{self.cause},")
        if self.pay:
            found = found.filter(state="settled", total_pay=None)
        if self.rated:
            since = extent.ratings(run).filter(rated_at__gt=run.made_at)
            found = found.filter(employee_id__in=since.order_by().values("employee__employee_id"))
        return found


def listed_url(month: str, **wanted: str) -> str:
    """Where the people of a month are listed, narrowed to some (`Wanted`)."""
    return f"{reverse('settlements:listed', args=[month])}?{urlencode(wanted)}"


def lists_of(*, month: str) -> Mapping[str, str]:
    """State → where its people are listed, and the words for such an address."""
    return {state: listed_url(month, state=state) for state in STATES} | {"words": pick("看名单", "Who they are")}


def choices(grades: Sequence[str]) -> Mapping[str, list[tuple[str, str]]]:
    """What the list may be narrowed to, code and words."""
    return {
        "states": [(code, of(words)) for code, words in STATES.items()],
        "causes": [(code, of(CAUSES[code])) for code in HELD],
        "grades": [(grade, grade) for grade in grades],
    }


def waits_of(result: Result, names: Names) -> str:
    """What somebody's month or pay waits for, or why they are not assessed, in words."""
    if result.state == "excluded":
        return names.reason(result.reason)
    return names.comma.join(names.waiting_for(incomplete_of(result)))


def incomplete_of(result: Result) -> Incomplete:
    """A result as the terminal and the report list who is incomplete (`settlement.doubts.incomplete`)."""
    waiting = result.state == "incomplete"
    items = tuple(Waiting(item, cause, lacks) for item, cause, lacks in result.waits) if waiting else ()
    unpaid = tuple(code for code in result.missing.split(",") if code not in ("", "score"))
    short = result.reason if waiting and not items else ""
    return Incomplete(result.employee_id, result.name, result.store, items, short, unpaid)


def told_of(wanted: Wanted) -> str:
    """What a list holds, in words, for its heading and the name of its workbook."""
    told = [of(STATES[wanted.state])] if wanted.state else []
    told += [pick(f"等级 {wanted.grade}", f"grade {wanted.grade}")] if wanted.grade else []
    told += [of(CAUSES[wanted.cause])] if wanted.cause else []
    told += [wanted.store] if wanted.store else []
    told += [pick("核算后又有评分", "rated since it was settled")] if wanted.rated else []
    told += [pick("工资未定", "pay open")] if wanted.pay else []
    return " · ".join(told)
