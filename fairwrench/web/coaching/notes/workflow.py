"""The way of a note as a table: shared with the person, corrected with both versions kept, taken back."""

from __future__ import annotations

from functools import partial

from django.urls import reverse

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.coaching.models import Note
from fairwrench.web.coaching.notes.selectors import reads_drafts
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.models import Step
from fairwrench.web.work.workflow.workflow import Act, Doing, Workflow, with_note

State = Note.State


def _not_written_by(note: Note, user: User) -> Problem | None:
    if note.by_id == user.pk:
        return None
    return Problem("not_yours", "由写的人办理", "that is for who wrote it")


def _share(note: Note, _doing: Doing) -> None:
    note.was_shared = True


def _correct(note: Note, doing: Doing) -> None:
    before = {name: getattr(note, name) for name in ("day", "topic", "words", "decisions")}
    note.versions.create(**before, shared=note.was_shared, by=doing.by)
    for name, value in doing.given.items():
        setattr(note, name, value)


def _moved_on(note: Note) -> Problem:
    label = State(note.state).label
    zh, en = (
        f"这条记录刚刚有变动，现在是“{label}”，请刷新",
        f"the note was changed; it is “{label}” now. Reload the page",
    )
    return Problem("moved_on", zh, en)


def steps_seen(*, user: User, note: Note) -> list[Step]:
    """What was done with a note, the first first; what was done with it as a draft is told to who read the draft."""
    steps = NOTES.history([note])[note.pk]
    return steps if reads_drafts(user=user, note=note) else [step for step in steps if step.after != State.DRAFT]


def readers(note: Note) -> list[User | None]:
    """The accounts of those whom a note is about, or who were there."""
    people = User.objects.filter(employee__in=[note.about_id] if note.about_id else note.attendees.values("pk"))
    return [*people]


def told_shared(note: Note) -> list[Message]:
    """What the person is told of a note about them, and the attendees of a meeting."""
    if not note.was_shared:
        return []
    by = str(note.by or "")
    words = f"{by} 写了一条关于您的记录（{note.day}）", f"{by} wrote a note of {note.day} about you"
    if note.kind == Note.Kind.MEETING:
        words = f"{by} 记录了 {note.day} 的例会", f"{by} wrote down a meeting of {note.day}"
    return [Message(readers(note), words, reverse("coaching:note", args=[note.pk]))]


def _tell(zh: str, en: str, note: Note, doing: Doing) -> list[Message]:
    if not note.was_shared:
        return []
    why = (f"：{doing.note}", f": {doing.note}") if doing.note else ("", "")
    words = f"{note.day} 的记录{zh}{why[0]}", f"a note of {note.day} {en}{why[1]}"
    return [Message(readers(note), words, reverse("coaching:note", args=[note.pk]))]


WHY = with_note(Problem("no_reason", "请写明原因", "say why"))
ASKS_WHY: Words = ("请写明原因", "Say why")
_own = partial(Act[Note], denied=_not_written_by, denied_says=("除写的人以外的人", "anybody but who wrote it"))
NOTES: Workflow[Note] = Workflow(
    name="note",
    words=("过程记录", "A note of the month"),
    model=Note,
    states=State,
    acts=(
        _own(
            name="share",
            words=("公开给本人", "share with the person"),
            froms=(State.DRAFT,),
            to=State.SHARED,
            effect=_share,
            tells=lambda note, _doing: told_shared(note),
            button=("公开给本人（评分时也显示）", "Share it with the person; raters see it, too"),
        ),
        _own(
            name="correct",
            words=("更正，原文保留", "correct; what it said is kept"),
            froms=(State.DRAFT, State.SHARED),
            to="",
            effect=_correct,
            tells=partial(_tell, "已更正", "was corrected"),
        ),
        _own(
            name="take_back",
            words=("撤回", "take back"),
            froms=(State.DRAFT, State.SHARED),
            to=State.TAKEN_BACK,
            guards=(WHY,),
            tells=partial(_tell, "已撤回", "was taken back"),
            button=("撤回这条记录", "Take it back"),
            asks=ASKS_WHY,
            icon="x",
            quiet=True,
        ),
    ),
    not_now=_moved_on,
    moved_on=_moved_on,
)
