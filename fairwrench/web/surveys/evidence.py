"""Answers as rows of evidence, once a survey is closed: all together, by nobody, in no order that tells anything.

The satisfaction of employees names a department only where so many of it answered that nobody is found in it.
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
    """Tell the outbox what was answered; part of the caller's transaction. How many rows: none where the questionnaire
    feeds no source, or where fewer answered than are shown."""
    asked = asked_in(survey)
    if asked.feeds is None:
        return 0
    answers = list(survey.answers.select_related("about"))
    if asked.feeds == EMPLOYEES:
        rows = list(_of_employees(survey, asked, answers))
    else:
        rows = list(_of_colleagues(survey, asked, answers))
    for row in rows:
        key = tuple(row[name] for name in KEYS[asked.feeds])
        event_append(source=asked.feeds, period=survey.month, key=key, row=row, by=None)
    return len(rows)


def answers_land(*, month: Month, ledger: Ledger) -> list[Batch]:
    """Land what was told of a month, in it or, once that is published, in the open one."""
    period = str(open_month() if is_closed(month=month) else month)
    waiting = EvidenceEvent.objects.filter(source__in=KEYS, batch=None, period=str(month))
    # filed anew before it is claimed, as a claim's month never changes
    waiting.exclude(period=period).update(period=period)
    return events_land(ledger=ledger, period=period)


def _of_employees(survey: Survey, asked: Questionnaire, answers: list[Answer]) -> Iterator[Row]:
    if len(answers) < asked.threshold:
        return
    many = Counter(each.department for each in answers)
    names = department_names(survey.month)
    for each in answers:  # in the order of their keys, which is none
        told = each.department if many[each.department] >= asked.threshold else ""
        yield {
            "store": survey.store,
            "answer_no": f"WJ{token_hex(_NUMBER)}",
            "month": survey.month,
            "department": names.get(told, told),
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
