"""Answers as rows of evidence, once a survey is closed: all together, by nobody, in no order that tells anything.

Of the satisfaction of employees exactly those answers become rows that the page of results adds up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from secrets import token_hex

from fairwrench.catalog.questionnaire import Level, Questionnaire
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.evidence.events.events import event_append, events_land
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.evidence.selectors import is_closed, open_month, scheme_at
from fairwrench.web.surveys.models import Answer, Survey
from fairwrench.web.surveys.questionnaires import asked_in

Row = dict[str, str]
EMPLOYEES, COLLEAGUES = "employee_survey", "internal_feedback"
#: the columns that are each source's key, which rows of files have, too
KEYS = {EMPLOYEES: ("store", "answer_no"), COLLEAGUES: ("employee_id", "month", "asked_department")}
#: bytes of the number of an answer, which says nothing of when it came
_NUMBER = 6


def answers_tell(*, survey: Survey) -> int:
    """Tell the outbox what was answered; part of the caller's transaction, which saves the survey. How many rows: none
    where the questionnaire feeds no source, or where fewer answered than are shown."""
    asked = asked_in(survey)
    if asked.feeds is None:
        return 0
    answers = list(survey.answers.select_related("about"))
    if asked.feeds == EMPLOYEES:
        rows = list(_of_employees(survey, asked, answers))
    else:
        rows = list(_of_colleagues(survey, asked, answers))
    survey.told = [[row[name] for name in KEYS[asked.feeds]] for row in rows]
    for row, key in zip(rows, survey.told, strict=True):
        event_append(source=asked.feeds, period=survey.month, key=key, row=row, by=None)
    return len(rows)


def answers_take_back(*, survey: Survey) -> int:
    """Tell the outbox that what became of a survey's answers counts no longer; how many rows."""
    feeds = asked_in(survey).feeds
    for key in survey.told if feeds else ():
        event_append(source=str(feeds), period=survey.month, key=key, row=None, by=None)
    count, survey.told = len(survey.told), []
    return count


def answers_land(*, month: Month, ledger: Ledger) -> list[Batch]:
    """Land what was told of a month, in it or, once that is published, in the open one."""
    period = str(open_month() if is_closed(month=month) else month)
    waiting = EvidenceEvent.objects.filter(source__in=KEYS, batch=None, period=str(month))
    # filed anew before it is claimed, as a claim's month never changes
    waiting.exclude(period=period).update(period=period)
    return events_land(ledger=ledger, period=period)


def _of_employees(survey: Survey, asked: Questionnaire, answers: list[Answer]) -> Iterator[Row]:
    """Of exactly the answers that the page of results adds up: those of departments of which enough answered, and those
    of all others together, without a department, where these are enough. A row of fewer would tell whose it is, and so
    would the difference between a figure that counts it and a page that does not."""
    many = Counter(each.department for each in answers)
    few = sum(count for count in many.values() if count < asked.threshold)
    names = department_names(survey.month)
    for each in answers:  # in the order of their keys, which is none
        shown = many[each.department] >= asked.threshold
        if not shown and few < asked.threshold:
            continue
        yield {
            "store": survey.store,
            "answer_no": f"WJ{token_hex(_NUMBER)}",
            "month": survey.month,
            "department": names.get(each.department, each.department) if shown else "",
            **_score(asked.scale[each.values[asked.overall]]),
        }


def _of_colleagues(survey: Survey, asked: Questionnaire, answers: list[Answer]) -> Iterator[Row]:
    names = department_names(survey.month)
    for each in answers:
        if each.about is not None:
            yield {
                "employee_id": each.about.employee_id,
                "month": survey.month,
                "asked_department": names.get(each.department, each.department),
                **_score(asked.scale[each.values[asked.overall]]),
                "comment": " ".join(each.values[name] for name in asked.in_words if name in each.values),
            }


def _score(level: Level) -> Row:
    return {"satisfied": "true" if level.satisfied else "false", "score": f"{level.points}"}


def department_names(month: str) -> Mapping[str, str]:
    """The scheme's id of a department → its Chinese name, as files have it."""
    parts = scheme_at(month=Month.parse(month)).departments
    return {code: part.name.zh for code, part in parts.items() if part.name}
