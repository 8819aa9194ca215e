"""One's own settings, coming in by invitation, looking as somebody else, and the audit log."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fairwrench.web.access.credentials.devices import browser_mark, device_remember
from fairwrench.web.access.credentials.notices import LISTED, account_notices
from fairwrench.web.access.credentials.throttling import address_of
from fairwrench.web.access.log.access_log import logged_pages
from fairwrench.web.access.log.log_record import log_records
from fairwrench.web.access.log.records import record
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import allowed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP, ONESELF
from fairwrench.web.access.users.forms import PasswordForm, ProfileForm, ViewAsForm
from fairwrench.web.access.users.granting import session_end as end_session
from fairwrench.web.access.users.impersonation import VIEWED, viewing_begin
from fairwrench.web.access.users.invitations import invitation_open, invitation_opens, invitation_use
from fairwrench.web.access.users.selectors import log_list, views_list
from fairwrench.web.access.users.tables import Log, Views
from fairwrench.web.ui.requests.parameters import choice_of, day_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import of, pick


@allowed("people.view_self", about=ONESELF)
def profile(request: SignedInRequest) -> HttpResponse:
    """Language, look, address; and the ways to password, second step, devices and connected accounts."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, pick("设置已保存。", "Saved."))
        return redirect("settings:profile")
    notices = account_notices(user=request.user, within=LISTED)
    context = {"form": form, "providers": bool(settings.SOCIALACCOUNT_PROVIDERS), "notices": notices}
    return render(request, "access/profile.html", context)


@allowed("people.view_self", about=ONESELF)
@require_POST
def session_end(request: SignedInRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    # only among one's own: the number of another's session finds nothing
    end_session(session=get_object_or_404(UserSession, pk=session_id, user=request.user), request=request)
    return redirect("usersessions_list")


@login_not_required
@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Set a password by an invitation link, then sign in with it."""
    found = invitation_open(secret=secret)
    if found is None:
        return render(request, "access/invitation_over.html", status=410)
    reader = request.user if isinstance(request.user, User) else None
    # 403 and no form: whoever made the link cannot set the password in the browser they made it in
    if not invitation_opens(invitation=found, reader=reader, browser=browser_mark(request)):
        return render(request, "access/invitation_elsewhere.html", {"account": found.user}, status=403)
    form = PasswordForm(request.POST or None, user=found.user)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["first"]
        if invitation_use(secret=secret, password=password, address=address_of(request)) is None:
            return render(request, "access/invitation_over.html", status=410)
        messages.success(request, pick("密码已设置，请登录。", "The password is set; sign in with it."))
        answer = redirect("account_login")
        device_remember(request, answer, found.user)  # guesses by others do not keep them out
        return answer
    return render(request, "access/invitation.html", {"form": form, "account": found.user})


@allowed("people.view_as", about=GROUP)
@require_POST
def view_as(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Begin to look at pages as somebody else sees them."""
    found, form = get_object_or_404(User, pk=user_id, is_active=True), ViewAsForm(request.POST)
    if not form.is_valid():
        messages.error(request, pick("请填写查看的原因。", "Say why you look."))
        return redirect("settings:user", user_id)
    record(by=request.user, about=found, what="view_as_begun", detail=form.cleaned_data["reason"])
    viewing_begin(request, found)
    return redirect(settings.LOGIN_REDIRECT_URL)


@allowed("people.view_self", about=ONESELF)
@require_POST
def view_as_end(request: SignedInRequest) -> HttpResponse:
    """Stop looking as somebody else."""
    viewed = request.session.pop(VIEWED, None)
    if viewed is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    found = get_object_or_404(User, pk=viewed)
    record(by=request.real_user, about=found, what="view_as_ended")
    return redirect("settings:user", viewed)


@allowed("people.audit", about=GROUP)
def log(request: SignedInRequest) -> HttpResponse:
    """Who did and changed what."""
    kind, since = choice_of(request.GET, "kind", log_records()), day_of(request.GET, "since")
    found = log_list().filter(content_type__model=kind) if kind else log_list()
    found = found.filter(timestamp__date__gte=since) if since else found
    kinds = [(name, of(each.words)) for name, each in log_records().items()]
    context = {"kinds": kinds, "kind": kind, "since": since.isoformat() if since else "", "here": "log"}
    name = pick("操作记录", "Audit log")
    return table_page(request, Log, found, template="access/log.html", name=name, context=context, reader=request.user)


@allowed("people.audit", about=GROUP)
def seen(request: SignedInRequest) -> HttpResponse:
    """Who looked at others' results, pay and evidence."""
    kind, since = choice_of(request.GET, "kind", logged_pages()), day_of(request.GET, "since")
    found = views_list().filter(page=kind) if kind else views_list()
    found = found.filter(at__date__gte=since) if since else found
    kinds = [(key, of(page.words)) for key, page in logged_pages().items()]
    context = {"kinds": kinds, "kind": kind, "since": since.isoformat() if since else "", "here": "seen"}
    name = pick("查看记录", "Who saw what")
    return table_page(request, Views, found, template="access/log.html", name=name, context=context)
