"""Tasks: the list, giving one, one task with what may be done with it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.tasks.models import UNSETTLED, Task
from fairwrench.web.tasks.origins import origin_named, origin_shown
from fairwrench.web.tasks.pages.forms import NOTE, HandOnForm, ProgressForm, TaskForm
from fairwrench.web.tasks.pages.tables import Tasks, state_badge
from fairwrench.web.tasks.selectors import WAITS, overdue_of, task_seen, tasks_seen, waiting
from fairwrench.web.tasks.services import task_give, task_hand_on, task_of_form, task_progress
from fairwrench.web.tasks.workflow import TASKS
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick
from fairwrench.web.work.workflow.offers import offers_of

State = Task.State
#: whose tasks are listed
WHOSE = {
    "mine": ("我负责的", "Mine to do"),
    "given": ("我交办的", "Given by me"),
    "others": ("他人的", "Of others"),
    "all": ("全部", "All"),
}
#: states to choose beside those of a task
UNSETTLED_WORDS, OVERDUE_WORDS, EVERY_WORDS = ("未结", "Not settled"), ("已逾期", "Overdue"), ("全部", "All")
#: acts that ask for more than a word
WITH_MORE = ("progress", "hand_on", "reassign")
#: a form without its one-time key: the next press is of a form of ours
AGAIN = Problem("form_again", "请核对后再提交一次", "look at it and send it once more")
GIVEN = ("已交办。", "Given.")
ASKED = ("已发出，对方可以接受或谢绝。", "Sent; they may accept or decline.")


@require_GET
@opened("tasks.view")
def tasks(request: SignedInRequest) -> HttpResponse:
    """One's own tasks, those one gave, those of people one leads or whose HR one is."""
    seen = tasks_seen(user=request.user)
    own = "mine" if request.user.employee_id else "all"
    asked = {
        "waits": choice_of(request.GET, "waits", WAITS),
        "of": choice_of(request.GET, "of", WHOSE, own),
        "state": choice_of(request.GET, "state", [*State.values, "overdue", "all"]),
    }
    found = _narrowed(request, seen, **asked)
    shows(request, harmless=not found.exclude(assignee=request.user.employee_id).exists())
    states = [("overdue", of(OVERDUE_WORDS)), *State.choices, ("all", of(EVERY_WORDS))]
    context = {
        **asked,
        "whose": [(value, of(words)) for value, words in WHOSE.items()],
        "states": [("", of(UNSETTLED_WORDS)), *states],
        "waits_words": of(WAITS[asked["waits"]]) if asked["waits"] else "",
        "any": seen.exists(),
    }
    return table_page(request, Tasks, found, name=both("任务", "Tasks"), template="tasks/list.html", context=context)


def _narrowed(request: SignedInRequest, seen: QuerySet[Task], *, waits: str, of: str, state: str) -> QuerySet[Task]:
    """The tasks that are asked for: those that wait for the reader, else whose they are and how far."""
    if waits:
        return waiting(user=request.user, waits=waits)
    me = request.user.employee_id
    if of == "mine":
        seen = seen.filter(assignee=me) if me else seen.none()
    elif of == "given":
        seen = seen.filter(by=request.user)
    elif of == "others":
        seen = seen.exclude(by=request.user).exclude(assignee=me)
    if state == "overdue":
        return overdue_of(tasks=seen)
    if state == "all":
        return seen
    return seen.filter(state__in=[state] if state else UNSETTLED)


@opened("tasks.give")
def task_new(request: SignedInRequest) -> HttpResponse:
    """Give a task, or ask somebody; what is refused is told beside what was filled in."""
    if request.method != "POST":
        asked = {"origin": text_of(request.GET, "origin", 20), "ref": text_of(request.GET, "ref", 160)}
        told = {name: text_of(request.GET, name, 120) for name in ("who", "title")}
        return _form(request, TaskForm(initial={**told, **asked, "once": uuid4().hex}, user=request.user))
    if (given := task_of_form(once=request.POST.get("once", "")[:32], by=request.user)) is not None:
        messages.info(request, pick("这项任务已经交办了，没有重复。", "It was given already, and once only."))
        return redirect("tasks:task", given.pk)
    form = TaskForm(request.POST, user=request.user)
    if not form.is_valid():
        return _form(request, form)
    try:
        made = task_give(draft=form.draft(), by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            form.add_error(str(problem.path[0]), of(problem))
        return _form(request, form)
    messages.success(request, of(ASKED if made.state == State.ASKED else GIVEN))
    return redirect("tasks:task", made.pk)


def _form(request: SignedInRequest, form: TaskForm) -> HttpResponse:
    problems = []
    if "once" in form.errors:
        form.data = {**form.data, "once": uuid4().hex}
        problems = [AGAIN]
    comes = origin_named(
        kind=str(form["origin"].value() or ""), ref=str(form["ref"].value() or "")[:160], user=request.user
    )
    context = {"form": form, "problems": problems, "origin": comes}
    return render(request, "tasks/new.html", context, status=422 if form.is_bound else 200)


@require_GET
@opened("tasks.view")
def task(request: SignedInRequest, task_id: int) -> HttpResponse:
    """One task: what, by when, how far, what one may do with it."""
    return _page(request, task_seen(user=request.user, task_id=task_id))


def _page(request: SignedInRequest, found: Task, handed: HandOnForm | None = None) -> HttpResponse:
    shows(request, about=found.assignee.employee_id)
    names = [act.name for act in TASKS.offered(record=found, user=request.user)]
    offers = offers_of(
        TASKS, found, request.user, url=lambda act: reverse("tasks:act", args=[found.pk, act]), about=str(found)
    )
    context: dict[str, Any] = {
        "task": found,
        "badge": state_badge(found),
        "origin": origin_shown(task=found, user=request.user),
        "steps": TASKS.stepper(found),
        "history": TASKS.history([found])[found.pk],
        "offers": [offer for offer in offers if offer.name not in WITH_MORE],
        "progress": ProgressForm.of(found) if "progress" in names else None,
        "hand_on": (handed or HandOnForm(user=request.user)) if "hand_on" in names else None,
    }
    return render(request, "tasks/task.html", context, status=422 if handed else 200)


@require_POST
@opened("tasks.view")
def progress(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Say how far one's task is."""
    found, form = task_seen(user=request.user, task_id=task_id), ProgressForm(request.POST)
    seen = number_of(request.POST, "version", -1)
    if not form.is_valid():
        return redirect("tasks:task", found.pk)
    told = {"percent": form.cleaned_data["progress"], "note": form.cleaned_data["note"]}
    return answered(
        request,
        lambda: task_progress(task=found, by=request.user, seen=seen, **told),
        pick("进度已更新。", "Noted."),
        "tasks:task",
        found.pk,
    )


@require_POST
@opened("tasks.view")
def hand_on(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Hand a task on to somebody else."""
    found, form = task_seen(user=request.user, task_id=task_id), HandOnForm(request.POST, user=request.user)
    seen = number_of(request.POST, "version", -1)
    if not form.is_valid():
        return _page(request, found, form)
    told = {"to": form.cleaned_data["to"], "reason": form.cleaned_data["reason"]}

    def do() -> None:
        task_hand_on(task=found, by=request.user, seen=seen, **told)

    # who hands it on may see it no more, as neither it nor its people are theirs
    return answered(request, do, pick("已转交。", "Handed on."), "tasks:list")


@require_POST
@opened("tasks.view")
def act(request: SignedInRequest, task_id: int, act: str) -> HttpResponse:
    """Accept, decline, finish, confirm, return or withdraw."""
    found = task_seen(user=request.user, task_id=task_id)
    if act not in TASKS.by_name or act in WITH_MORE or TASKS.named(act).in_background:
        raise Http404
    seen, note = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
    return answered(
        request,
        lambda: TASKS.act(record=found, name=act, by=request.user, note=note, seen=seen),
        pick("已办理。", "Done."),
        "tasks:task",
        task_id,
    )
