"""The home: where everybody comes in, with the figures of their role and what waits for them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.org.days import now_local
from fairwrench.web.ui.requests.parameters import choice_of
from fairwrench.web.work.home.kept import home_of
from fairwrench.web.work.home.own_figures import DECIDE


@require_GET
def start(request: SignedInRequest) -> HttpResponse:
    """The address without a path: everybody's home."""
    return redirect("home:home")


@require_GET
@opened("home.view")
def home(request: SignedInRequest) -> HttpResponse:
    """Figures of the role, each leading to its list; below them what waits, what is due first. `only` narrows it."""
    found, only = home_of(user=request.user), choice_of(request.GET, "only", [DECIDE])
    now = now_local()
    rows = [
        {"todo": todo, "late": todo.late(now), "left": todo.left(now)}
        for todo in found.todos
        if todo.decides or not only
    ]
    context = {"sections": found.sections, "rows": rows, "only": only, "coming": found.coming}
    return render(request, "work/home.html", {**context, "all": len(found.todos)})
