"""The suggestion box: written, followed by its code, received and answered."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick
from fairwrench.web.voice.forms import AddForm, CodeForm, PublicForm, ReplyForm, SuggestionForm
from fairwrench.web.voice.models import Suggestion
from fairwrench.web.voice.selectors import published, suggestion_read, suggestions_read
from fairwrench.web.voice.services import suggestion_add, suggestion_found, suggestion_write
from fairwrench.web.voice.tables import Suggestions, state_badge, store_words
from fairwrench.web.voice.workflow import SUGGESTIONS
from fairwrench.web.work.workflow.offers import offers_of

State = Suggestion.State
#: the forms of acts that take more than a word
FORMS: dict[str, type[forms.Form]] = {"answer": ReplyForm, "publish": PublicForm}
#: letters of what is said to an act
NOTE = 400
#: published answers on the page
LISTED = 30


@never_cache
@opened("voice.open")
def box(request: SignedInRequest) -> HttpResponse:
    """Write without a name, come back by a code, read what was answered for everybody.

    What is written is answered with the code at once: a redirect would need it in the session, which has a name.
    """
    if request.method != "POST":
        return _box(request)
    form = SuggestionForm(request.POST, user=request.user)
    if not form.is_valid():
        return _box(request, form)
    try:
        code = suggestion_write(**form.cleaned_data, by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            form.add_error(str(problem.path[0]) if problem.path else None, of(problem))
        return _box(request, form)
    return render(request, "voice/written.html", {"code": code})


def _box(request: SignedInRequest, form: SuggestionForm | None = None, code: CodeForm | None = None) -> HttpResponse:
    writes = opens(request.user, "voice.write")
    context = {
        "form": (form or SuggestionForm(user=request.user)) if writes else None,
        "code": code or CodeForm(),
        "published": [(each, store_words(each.store)) for each in published(user=request.user)[:LISTED]],
        "reads": opens(request.user, "voice.read"),
    }
    # 200 for a wrong form, too: the server's log tells who sent what was refused
    return render(request, "voice/box.html", context)


@never_cache
@opened("voice.open")
def by_code(request: SignedInRequest) -> HttpResponse:
    """What became of a suggestion, for who has its code; and what its writer adds. Whoever is led here without a code
    (a new language, a new session) comes to the box."""
    if request.method != "POST":
        return redirect("voice:box")
    form = CodeForm(request.POST)
    found = suggestion_found(code=form.cleaned_data["code"]) if form.is_valid() else None
    if found is None:
        form.add_error("code", pick("没有这个查询码，请核对", "there is no such code; look at it again"))
        return _box(request, code=form)
    more = AddForm(request.POST if "words" in request.POST else None)
    added = False
    if more.is_bound and more.is_valid():
        try:
            suggestion_add(suggestion=found, words=more.cleaned_data["words"])
            more, added = AddForm(), True
        except Refused as refused:
            more.add_error(None, [of(problem) for problem in refused.problems])
    context = {**_shown(found, all_of_it=True), "typed": form.cleaned_data["code"], "form": more, "added": added}
    return render(request, "voice/exchange.html", context)


def _shown(found: Suggestion, *, all_of_it: bool) -> dict[str, Any]:
    """A suggestion with what was said to it; what its writer added lately is not for readers yet."""
    replies = found.replies.select_related("by__employee")
    return {
        "suggestion": found,
        "store": store_words(found.store),
        "badge": state_badge(found),
        "replies": list(replies if all_of_it else replies.filter(opened=True)),
    }


@require_GET
@opened("voice.read")
def received(request: SignedInRequest) -> HttpResponse:
    """What was written to the user's role."""
    found = suggestions_read(user=request.user)
    asked = {
        "state": choice_of(request.GET, "state", State.values),
        "topic": choice_of(request.GET, "topic", Suggestion.Topic.values),
    }
    there = found.exists()
    found = found.filter(**{name: value for name, value in asked.items() if value})
    states = [choice for choice in State.choices if choice[0] != State.WAITING]
    context = {**asked, "states": states, "topics": Suggestion.Topic.choices, "any": there}
    return table_page(
        request, Suggestions, found, name=both("意见箱", "Suggestions"), template="voice/list.html", context=context
    )


@require_GET
@opened("voice.read")
def suggestion(request: SignedInRequest, suggestion_id: int) -> HttpResponse:
    """One suggestion: what was said to it, and the forms to answer."""
    return _page(request, suggestion_read(user=request.user, suggestion_id=suggestion_id))


def _page(request: SignedInRequest, found: Suggestion, typed: forms.Form | None = None) -> HttpResponse:
    """`typed`: a form that could not be kept, drawn again with what stands in it."""
    offers = offers_of(SUGGESTIONS, found, request.user, url=lambda act: reverse("voice:act", args=[found.pk, act]))
    names = [offer.name for offer in offers]
    public = PublicForm(initial={"public_question": found.public_question, "public_answer": found.public_answer})
    context = {
        **_shown(found, all_of_it=False),
        "version": found.version,
        "history": SUGGESTIONS.history([found])[found.pk],
        "offers": [offer for offer in offers if offer.name not in FORMS],
        "reply": (typed if isinstance(typed, ReplyForm) else ReplyForm()) if "answer" in names else None,
        "public": (typed if isinstance(typed, PublicForm) else public) if "publish" in names else None,
    }
    return render(request, "voice/suggestion.html", context, status=422 if typed else 200)


@require_POST
@opened("voice.read")
def act(request: SignedInRequest, suggestion_id: int, act: str) -> HttpResponse:
    """Answer, publish, close; what is refused keeps what was typed."""
    found = suggestion_read(user=request.user, suggestion_id=suggestion_id)
    if act not in SUGGESTIONS.by_name:
        raise Http404
    seen, why = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
    do = partial(SUGGESTIONS.act, record=found, name=act, by=request.user, note=why, seen=seen)
    if act not in FORMS:
        return answered(request, do, pick("已办理。", "Done."), "voice:suggestion", found.pk)
    form = FORMS[act](request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        do(**form.cleaned_data)
    except Refused as refused:
        form.add_error(None, [of(problem) for problem in refused.problems])
        return _page(request, suggestion_read(user=request.user, suggestion_id=found.pk), form)
    messages.success(request, pick("已办理。", "Done."))
    return redirect("voice:suggestion", found.pk)
