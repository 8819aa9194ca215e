"""The inbox: what waits for the reader, and what they were told; and the bell in the head of each page."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.org.days import now_local
from fairwrench.web.work.inbox.notices import LISTED, notice_seen, notices_read, notices_seen
from fairwrench.web.work.inbox.todos import todos_of, waiting_anew, waiting_count


@require_GET
@opened("inbox.view")
def inbox(request: SignedInRequest) -> HttpResponse:
    """What waits for the reader, what is due first; below it what they were told, the latest first."""
    todos, notices = todos_of(user=request.user), list(notices_seen(user=request.user)[:LISTED])
    waiting_anew(user=request.user, todos=len(todos))
    unread = sum(1 for notice in notices if notice.read_at is None)
    now = now_local()
    rows = [{"todo": todo, "late": todo.late(now), "left": todo.left(now)} for todo in todos]
    context = {"rows": rows, "notices": notices, "unread": unread}
    return render(request, "work/inbox.html", context)


@require_GET
@opened("inbox.view")
def bell(request: SignedInRequest) -> HttpResponse:
    """The bell with how much waits; asked for once a page is shown, so that no page waits for it."""
    return render(request, "work/parts/bell.html", {"count": waiting_count(user=request.user)})


@require_POST
@opened("inbox.view")
def open_notice(request: SignedInRequest, notice_id: int) -> HttpResponse:
    """Read a notice, and go where it leads."""
    notice = notice_seen(user=request.user, notice_id=notice_id)
    notices_read(user=request.user, notice=notice)
    return HttpResponseRedirect(notice.url)


@require_POST
@opened("inbox.view")
def read(request: SignedInRequest) -> HttpResponse:
    """Have read all notices."""
    notices_read(user=request.user)
    return redirect("inbox:list")
