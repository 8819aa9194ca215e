"""Accounts: who has one, which roles they hold, inviting, closing, opening."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.credentials.devices import browser_mark
from fairwrench.web.access.credentials.second_step import second_step_take_away
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import allowed, may, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.access.users.forms import AccountForm, GrantForm, InviteForm, OutsiderForm, ViewAsForm
from fairwrench.web.access.users.granting import role_grant, role_revoke, user_close, user_open
from fairwrench.web.access.users.invitations import (
    invitation_mail,
    invitation_make,
    invitation_url,
    user_of_employee,
    user_of_outsider,
    was_in_use,
)
from fairwrench.web.access.users.selectors import users_invited, users_list
from fairwrench.web.access.users.tables import Users, state_of
from fairwrench.web.ui.requests.parameters import choice_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import of, pick

#: begins the names of the fields about somebody off the roster, and is itself the name of their button
OUTSIDE = "outsider"
#: narrows the list to accounts whose people were invited and have not come in yet
INVITED = "invited"


def _told(request: SignedInRequest, refused: Refused) -> None:
    for problem in refused.problems:
        messages.error(request, of(problem))


@opened("people.manage_users")
def users(request: SignedInRequest) -> HttpResponse:
    """Every account that the user manages."""
    state = choice_of(request.GET, "state", [INVITED])
    found = users_invited(user=request.user) if state else users_list(user=request.user)
    role = choice_of(request.GET, "role", Grant.Role.values)
    if role:
        found = found.filter(grants__role=role).distinct()
    context = {"roles": Grant.Role.choices, "role": role, "state": state}
    return table_page(
        request, Users, found, template="access/users.html", name=pick("账号", "Accounts"), context=context
    )


@allowed("people.manage_users", about="user_id")
def user(request: SignedInRequest, user_id: int) -> HttpResponse:
    """One account with its roles, and what may be done with it."""
    found = get_object_or_404(users_list(user=request.user), pk=user_id)
    context = {"account": found, "state": state_of(found), "grant_form": GrantForm(), "view_form": ViewAsForm()}
    context |= {
        "may_grant": may(request.user, "people.grant", about=GROUP),
        "may_view_as": may(request.user, "people.view_as", about=GROUP),
    }
    return render(request, "access/user.html", context)


@opened("people.manage_users")
@never_cache
def invite(request: SignedInRequest) -> HttpResponse:
    """Choose an employee, or name somebody off the roster; the link that lets them in is shown once."""
    # only who grants roles lets somebody in who is on no roster, as they see nothing but by a role
    outside = OUTSIDE in request.POST and may(request.user, "people.grant", about=GROUP)
    form = InviteForm(
        None if outside else request.POST or None, user=request.user, initial={"employee": request.GET.get("employee")}
    )
    outsider = OutsiderForm(request.POST if outside else None, prefix=OUTSIDE)
    if outside and outsider.is_valid():
        return _invited(request, user_of_outsider(by=request.user, **outsider.cleaned_data))
    if not outside and form.is_valid():
        found = form.cleaned_data
        return _invited(request, user_of_employee(employee=found["employee"], by=request.user, email=found["email"]))
    context = {
        "form": form,
        "outsider": outsider if may(request.user, "people.grant", about=GROUP) else None,
        "which": OUTSIDE,
    }
    return render(request, "access/invite.html", context)


@allowed("people.grant", about=GROUP)
def account(request: SignedInRequest, user_id: int) -> HttpResponse:
    """What somebody off the roster is called, their address, and who on the roster an account belongs to."""
    found = get_object_or_404(User.objects.select_related("employee"), pk=user_id)
    form = AccountForm(request.POST or None, user=request.user, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, pick("账号资料已保存。", "Saved."))
        return redirect("settings:user", user_id)
    # read anew: checking the form has written what was typed into `found`
    return render(request, "access/account_form.html", {"form": form, "account": User.objects.get(pk=user_id)})


@allowed("people.manage_users", about="user_id")
@never_cache
@require_POST
def invite_again(request: SignedInRequest, user_id: int) -> HttpResponse:
    """A new link for an account; those made before end."""
    return _invited(request, get_object_or_404(users_list(user=request.user), pk=user_id))


def _invited(request: SignedInRequest, user: User) -> HttpResponse:
    """The link, shown once; of an account that was in use it goes to the person by mail instead, where there is one."""
    again = was_in_use(user)
    try:
        secret = invitation_make(user=user, by=request.user, browser=browser_mark(request))
    except Refused as refused:
        _told(request, refused)
        return redirect("settings:user", user.pk)
    # a first link is shown to be handed over; one for an account in use goes past who made it if it can
    mailed = invitation_mail(secret=secret) if again else ""
    link = "" if mailed else invitation_url(secret=secret)
    context = {"link": link, "account": user, "mailed": mailed, "again": again}
    return render(request, "access/invited.html", context)


@allowed("people.grant", about=GROUP)
@require_POST
def grant(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Give an account a role."""
    found, form = get_object_or_404(User, pk=user_id), GrantForm(request.POST)
    if form.is_valid():
        role_grant(user=found, role=form.cleaned_data["role"], unit=form.cleaned_data["unit"])
        messages.success(request, pick("角色已授予。", "The role is granted."))
    for problem in (problem for problems in form.errors.values() for problem in problems):
        messages.error(request, str(problem))
    return redirect("settings:user", user_id)


@allowed("people.grant", about=GROUP)
@require_POST
def revoke(request: SignedInRequest, grant_id: int) -> HttpResponse:
    """Take a role back."""
    found = get_object_or_404(Grant, pk=grant_id)
    try:
        role_revoke(grant=found)
        messages.success(request, pick("角色已收回。", "The role is taken back."))
    except Refused as refused:
        _told(request, refused)
    return redirect("settings:user", found.user_id)


@allowed("people.manage_users", about="user_id")
@require_POST
def close(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Close an account."""
    try:
        user_close(user=get_object_or_404(User, pk=user_id), by=request.user)
        messages.success(request, pick("账号已停用。", "The account is closed."))
    except Refused as refused:
        _told(request, refused)
    return redirect("settings:user", user_id)


@allowed("people.grant", about=GROUP)
@require_POST
def take_step(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Take the second step away from somebody who lost it."""
    try:
        second_step_take_away(user=get_object_or_404(User, pk=user_id), by=request.user)
        messages.success(
            request, pick("两步验证已取消，本人登录后可重新设置。", "Taken away; they can set it up anew.")
        )
    except Refused as refused:
        _told(request, refused)
    return redirect("settings:user", user_id)


@allowed("people.manage_users", about="user_id")
@require_POST
def reopen(request: SignedInRequest, user_id: int) -> HttpResponse:
    """Open a closed account."""
    try:
        user_open(user=get_object_or_404(User, pk=user_id))
        messages.success(request, pick("账号已启用。", "The account is open again."))
    except Refused as refused:
        _told(request, refused)
    return redirect("settings:user", user_id)
