"""What a form says: the figures of its run and the interview, as data, as a digest, and as the bytes that one signs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.template.loader import render_to_string

from fairwrench.report.naming import Names
from fairwrench.settlement.exact import point_units
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.goals.results.shown import GoalResult, results_of
from fairwrench.web.settlements.figures.presenting import Shown, lines_shown
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.ratings.self_ratings import SelfRating, self_ratings
from fairwrench.web.settlements.runs.person import Line
from fairwrench.web.settlements.selectors import names_of
from fairwrench.web.settlements.workspace import store_of_run
from fairwrench.web.work.signing.documents import told_digest

#: what of a result and of a line the form shows; pay is no part of it
OF_RESULT = ("employee_id", "name", "store", "department", "position", "scorecard", "manager_id", "score", "grade")
OF_LINE = ("item", "category", "kind", "weight", "target", "n", "d", "points", "state", "cause", "lacks")
#: the words of the interview by the next level
OF_TALK = ("next_on", "next_said", "next_agreed", "next_not_held")
#: the words of the interview
OF_INTERVIEW = ("held_on", "place", "went_well", "to_improve", "agreed", "employee_view")


@dataclass(frozen=True)
class Content:
    """One form with the figures behind it; `lines` in the order of the card."""

    appraisal: Appraisal
    result: Result
    lines: Sequence[Line]
    names: Names
    #: the goals that held in the month with how they came out; none where nobody wrote any
    goals: Sequence[GoalResult] = ()
    #: what the person said of themselves on rated items, by item; none where the scheme does not ask
    own: Mapping[str, SelfRating] = field(default_factory=dict)

    @property
    def figures(self) -> str:
        """Digest of its figures: the same for the same figures, whatever run they come from."""
        told = [
            [getattr(self.result, name) for name in OF_RESULT],
            [[line[name] for name in OF_LINE] for line in self.lines],
        ]
        return told_digest(told)

    @property
    def facts(self) -> str:
        """Digest of what the form says, whatever the language."""
        return _facts(self.appraisal, self.goals, self.own)

    @property
    def document(self) -> bytes:
        """The form as it is read, printed and signed, in the language of the page."""
        context = {
            "form": self.appraisal,
            "result": self.result,
            "lines": [(line, self.own.get(line.key)) for line in self._shown],
            "goals": self.goals,
            "position": self.names.position(self.result.position),
            "department": self.names.department(self.result.department),
            "grade": self.names.grade(self.result.grade),
            "scheme": self.names.say(self.names.scheme.name),
            "scheme_version": self.names.scheme.version,
            "seal": self.appraisal.run.seal[:16],
        }
        return render_to_string("appraisals/document.html", context).encode()

    @property
    def _shown(self) -> list[Shown]:
        """The lines in words; what raters gave is said by its level."""
        shown = lines_shown(self.lines, self.result, self.names)
        return [replace(each, value=each.value or self._level(each)) for each in shown]

    def _level(self, line: Shown) -> str:
        """The level whose points an item has; empty where raters gave different ones, or none."""
        card = self.names.scheme.scorecards.get(self.result.scorecard)
        item = next((each for each in card.items if each.key == line.key), None) if card else None
        if item is None or line.points is None:
            return ""
        given = (word for word, points in (item.levels or {}).items() if point_units(points) == line.points)
        return next((self.names.level_word(word) for word in given), "")


def facts_of(appraisal: Appraisal) -> str:
    """Digest of what a form says, whatever the language: its figures, its interview, who stands on it as managers, how
    the goals of the month came out."""
    who, month = appraisal.employee.employee_id, appraisal.cycle.at
    goals = results_of(month=month, people=[who], run=appraisal.run).get(who, ())
    own = self_ratings(month=month, names=names_of(run=appraisal.run), people=[who])
    return _facts(appraisal, goals, {item: said for (_, item), said in own.items()})


def _facts(appraisal: Appraisal, goals: Sequence[GoalResult], own: Mapping[str, SelfRating]) -> str:
    told = [getattr(appraisal, name) for name in OF_INTERVIEW]
    # nothing for none, so that what was signed before there were goals keeps its digest
    results = [[goal.told for goal in goals]] if goals else []
    selves = [[[item, own[item].words, own[item].example] for item in sorted(own)]] if own else []
    talk = [str(getattr(appraisal, name) or "") for name in OF_TALK]
    talks = [talk] if any(talk) else []
    managers = (appraisal.line_manager_id, appraisal.next_level_id)
    return told_digest([appraisal.figures, *managers, *told, *results, *selves, *talks])


def contents_of(appraisals: Iterable[Appraisal]) -> list[Content]:
    """What some forms say, read a run and store at a time; without those whose person the run does not have."""
    by_run: dict[int, list[Appraisal]] = defaultdict(list)
    runs: dict[int, Run] = {}
    for appraisal in appraisals:
        by_run[appraisal.run_id].append(appraisal)
        runs[appraisal.run_id] = appraisal.run
    found: dict[int, Content] = {}
    for key, forms in by_run.items():
        run, names = runs[key], names_of(run=runs[key])
        people = {form.employee.employee_id: form for form in forms}
        results = {each.employee_id: each for each in run.results.filter(employee_id__in=list(people))}
        lines = _lines(run, results)
        goals = results_of(month=forms[0].cycle.at, people=list(results), run=run)
        own: dict[str, dict[str, SelfRating]] = defaultdict(dict)
        for (who, item), said in self_ratings(month=forms[0].cycle.at, names=names, people=list(results)).items():
            own[who][item] = said
        for who, result in results.items():
            about = (people[who], result, lines[who], names, goals.get(who, ()), own.get(who, {}))
            found[people[who].pk] = Content(*about)
    return [found[form.pk] for forms in by_run.values() for form in forms if form.pk in found]


def _lines(run: Run, results: Mapping[str, Result]) -> Mapping[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for store in {result.store for result in results.values()}:
        here = [who for who, result in results.items() if result.store == store]
        for line in store_of_run(run=run).part("lines", store, here).iter_rows(named=True):
            found[line["employee_id"]].append(line)
    return found
