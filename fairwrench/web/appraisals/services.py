"""What people do with forms: note the interview, sign exactly what they were shown, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.appraisals.content import Content, contents_of
from fairwrench.web.appraisals.models import Appraisal, Document
from fairwrench.web.appraisals.workflow import APPRAISALS, SIGNS
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.signing.documents import document_kept, each_done

#: letters of each part of the interview
LETTERS = 2000


@dataclass(frozen=True)
class Talk:
    """What the next level writes down of their own interview."""

    next_on: date
    next_said: str
    next_agreed: str = ""


@dataclass(frozen=True)
class Serving:
    """How the note of a refusal was handed over 送达, when, and by whom; `how` empty: not yet."""

    how: str = ""
    on: date | None = None
    by: Employee | None = None

    def kept(self) -> Mapping[str, Any]:
        """The same as a signature keeps it."""
        return {"served_how": self.how, "served_on": self.on, "served_by": self.by} if self.how else {}


@dataclass(frozen=True)
class Interview:
    """What a line manager writes down of the interview."""

    held_on: date
    place: str = ""
    went_well: str = ""
    to_improve: str = ""
    agreed: str = ""
    employee_view: str = ""

    def kept(self) -> Mapping[str, Any]:
        """The same as a form keeps it."""
        texts = ("went_well", "to_improve", "agreed", "employee_view")
        told = {name: bare_text(getattr(self, name))[:LETTERS] for name in texts}
        return {"held_on": self.held_on, "place": bare_text(self.place)[:60], **told}


def interview_note(*, form: Appraisal, interview: Interview, seen: int, by: User) -> Appraisal:
    """Write the interview down, whereupon the employee reads and signs the form; again, until they signed.

    Refused for a day ahead or before the month, without a word of what was said, and when somebody acted since.
    """
    if problem := _wrong_day(form, interview.held_on):
        raise Refused([problem])
    content = content_of(form=form)
    return APPRAISALS.act(record=form, name="interview", by=by, seen=seen, figures=content.figures, **interview.kept())


def form_sign(*, form: Appraisal, act: str, digest: str, seen: int, by: User) -> Appraisal:
    """Sign a form as it was shown: `digest` is that of the document on the page.

    Refused when the form says something else by now, or when somebody acted on it since.
    """
    return _signed(content_of(form=form), act, digest, seen, by)


def talk_note(*, form: Appraisal, talk: Talk, seen: int, by: User) -> Appraisal:
    """Write the next-level interview down; again, until the form is filed. Refused for a day ahead or before the month,
    and without a word of what was said."""
    if problem := _wrong_day(form, talk.next_on, "next_on"):
        raise Refused([problem])
    told = {name: bare_text(getattr(talk, name))[:LETTERS] for name in ("next_said", "next_agreed")}
    return APPRAISALS.act(record=form, name="talk", by=by, seen=seen, next_on=talk.next_on, **told)


def refusal_serve(*, form: Appraisal, serving: Serving, seen: int, by: User) -> Appraisal:
    """Note how the note of a refusal was handed over; again, where it was noted wrongly."""
    if not serving.how:
        raise Refused([Problem("not_served", "请选择送达方式", "say how it was handed over", path=("how",))])
    told = _served(serving)
    form = APPRAISALS.act(record=form, name="serve", by=by, seen=seen, **told)
    # what a second tab sent of the same count is another, and is not lost in silence
    if not form.signatures.filter(void_at=None, **told).exists():
        raise Refused([APPRAISALS.moved_on(form)])
    return form


def _served(serving: Serving) -> Mapping[str, Any]:
    """How it was handed over, as it is kept; Refused for a day ahead, or without who did it."""
    problems = []
    if serving.how and (serving.on is None or serving.on > today()):
        problems.append(Problem("future", "送达日期不能晚于今天", "the day of serving lies ahead", path=("on",)))
    if serving.how and serving.by is None:
        problems.append(Problem("no_server", "请填写送达人", "say who handed it over", path=("by",)))
    if problems:
        raise Refused(problems)
    return serving.kept()


def form_decline(
    *,
    form: Appraisal,
    reason: str,
    witness: Employee | None,
    digest: str,
    seen: int,
    by: User,
    serving: Serving | None = None,
) -> Appraisal:
    """Note that the employee does not sign what they were shown, with the reason and a witness, and how the note was
    served where it was already."""
    served = _served(serving or Serving())
    document = _document(content_of(form=form), digest)
    return APPRAISALS.act(
        record=form, name="decline", by=by, note=reason, seen=seen, witness=witness, document=document, **served
    )


def forms_sign(*, shown: Iterable[tuple[Appraisal, int, str]], act: str, by: User) -> tuple[int, list[Problem]]:
    """Sign several forms, each with the count and the digest that the page showed; how many were, and why others were
    not."""
    asked = list(shown)
    contents = {content.appraisal.pk: content for content in contents_of(form for form, _, _ in asked)}
    told = [partial(_signed, contents[form.pk], act, digest, seen, by) for form, seen, digest in asked]
    return each_done(told)


def content_of(*, form: Appraisal) -> Content:
    """What a form says; Refused where its run does not have the person any more."""
    found = contents_of([form])
    if not found:
        zh, en = "本月核算结果里已没有此人", "the month has no result of this person any more"
        raise Refused([Problem("no_result", zh, en)])
    return found[0]


def _signed(content: Content, act: str, digest: str, seen: int, by: User) -> Appraisal:
    assert act in SIGNS
    document = _document(content, digest)
    return APPRAISALS.act(record=content.appraisal, name=act, by=by, seen=seen, document=document)


def _document(content: Content, digest: str) -> Document:
    """The document that was shown, kept."""
    form = content.appraisal
    return document_kept(
        Document, shown=content.document, digest=digest, facts=content.facts, moved_on=APPRAISALS.moved_on(form)
    )


def _wrong_day(form: Appraisal, day: date, field: str = "held_on") -> Problem | None:
    if day > today():
        return Problem("future", "面谈日期不能晚于今天", "the interview lies ahead", path=(field,))
    if day < form.cycle.at.first:
        return Problem("too_early", "面谈日期早于考核月份", "the interview lies before the month", path=(field,))
    return None
