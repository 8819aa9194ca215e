"""Notes written and corrected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens, require_page
from fairwrench.web.coaching.models import Note
from fairwrench.web.coaching.notes.selectors import notes_about, team_of
from fairwrench.web.coaching.notes.workflow import NOTES, told_shared
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.inbox.notices import messages_send

Kind, State = Note.Kind, Note.State
#: letters of the topic, of the note, of what was decided
TOPIC, WORDS, DECISIONS = 120, 4000, 2000
#: how far back the day of a note may lie: that it was written later is said beside it
BACK = timedelta(days=3650)


@dataclass(frozen=True)
class Draft:
    """What somebody fills in: about whom, or who was there; `hidden`: a draft of coaching that the person does not
    read; `once` is the one-time key of its form."""

    kind: str
    day: date
    words: str
    about: Employee | None = None
    attendees: Sequence[Employee] = ()
    topic: str = ""
    decisions: str = ""
    hidden: bool = False
    once: str = ""


def note_write(*, draft: Draft, by: User) -> Note:
    """Write a note; refused with everything that is wrong. The same form again gives the note that it wrote."""
    require_page(by, "coaching.view")
    if written := note_of_form(once=draft.once, by=by):
        return written
    if wrong := [*_of_people(draft, by), *_of_words(draft.words, draft.topic, draft.decisions), *_of_day(draft.day)]:
        raise Refused(wrong)
    hidden = draft.hidden and draft.kind == Kind.COACHING
    with transaction.atomic():
        # held until it is written: of two presses one writes
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        if written := note_of_form(once=draft.once, by=by):
            return written
        made = Note.objects.create(
            kind=draft.kind,
            about=draft.about,
            day=draft.day,
            topic=bare_text(draft.topic),
            words=bare_text(draft.words),
            decisions=bare_text(draft.decisions),
            state=State.DRAFT if hidden else State.SHARED,
            was_shared=not hidden,
            once=draft.once,
            by=by,
        )
        made.attendees.set(draft.attendees)
        messages_send(told_shared(made), besides=by)
    return made


def note_of_form(*, once: str, by: User) -> Note | None:
    """The note that a form with this one-time key wrote for its sender, None while there is none."""
    return Note.objects.filter(by=by, once=once).first() if once else None


def note_correct(
    *, note: Note, day: date, words: str, topic: str, decisions: str, reason: str, by: User, seen: int
) -> Note:
    """Correct what a note says; what it said before is kept beside it. Refused where nothing changes."""
    told = {"topic": bare_text(topic), "words": bare_text(words), "decisions": bare_text(decisions)}
    if wrong := [*_of_words(**told), *_of_day(day)]:
        raise Refused(wrong)
    given = {"day": day, **told}
    if all(getattr(note, name) == value for name, value in given.items()):
        raise Refused([Problem("nothing_changed", "内容没有变化", "nothing was changed", path=("words",))])
    return NOTES.held(NOTES.act(record=note, name="correct", by=by, note=reason, seen=seen, **given), **given)


def _of_people(draft: Draft, by: User) -> Iterator[Problem]:
    if draft.kind == Kind.MEETING:
        yield from _of_meeting(draft, by)
        return
    who = draft.about
    if who is None:
        yield Problem("no_person", "请选择是关于谁的", "say whom it is about", path=("who",))
    elif by.employee_id is not None and by.employee_id == who.pk:
        yield Problem("oneself", "不能写关于自己的记录；自己的看法请写在月度总结里", _ONESELF, path=("who",))
    elif who.has_left():
        zh, en = f"{who.name} 已离职，不能再写记录", f"{who.name} has left; no note is written any more"
        yield Problem("has_left", zh, en, path=("who",))
    elif not notes_about(user=by, employee=who, kind=draft.kind):
        zh = f"辅导和一对一只能写自己带的人；{who.name} 现在不由您带"
        en = f"coaching and one-to-ones are about those whom one leads; {who.name} is not led by you now"
        yield Problem("not_led", zh, en, path=("who",))


_ONESELF = "nobody writes a note about themselves; the monthly summary is the place for it"


def _of_meeting(draft: Draft, by: User) -> Iterator[Problem]:
    if not opens(by, "coaching.note"):
        yield Problem("not_led", "例会由带人的上级记录", "meetings are noted by who leads people", path=("attendees",))
    elif not draft.attendees:
        yield Problem("no_attendees", "请勾选参加的人", "say who was there", path=("attendees",))
    elif strange := {each.pk for each in draft.attendees} - set(team_of(user=by).values_list("pk", flat=True)):
        zh, en = f"有 {len(strange)} 人不由您带", f"{len(strange)} of them are not led by you"
        yield Problem("not_led", zh, en, path=("attendees",))


def _of_words(words: str, topic: str, decisions: str) -> Iterator[Problem]:
    if not bare_text(words):
        yield Problem("no_words", "请写内容", "say something", path=("words",))
    if len(words) > WORDS or len(topic) > TOPIC or len(decisions) > DECISIONS:
        zh = f"内容最多 {WORDS} 字，主题 {TOPIC} 字，决定 {DECISIONS} 字"
        en = f"at most {WORDS} letters, the topic {TOPIC}, what was decided {DECISIONS}"
        yield Problem("too_long", zh, en, path=("words",))


def _of_day(day: date) -> Iterator[Problem]:
    if day > today():
        yield Problem("future", "日期不能晚于今天", "the day lies ahead", path=("day",))
    elif day < today() - BACK:
        yield Problem("long_ago", "请核对年份", "check the year", path=("day",))
