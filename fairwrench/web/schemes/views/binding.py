"""Before a version holds: shown to everybody, discussed, acknowledged."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import allowed, may, opened, opens
from fairwrench.web.access.predicates import HR
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import GROUP, ONESELF
from fairwrench.web.org.models import Employee
from fairwrench.web.schemes import selectors
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.schemes.binding import acknowledgements as signing
from fairwrench.web.schemes.binding.forms import DiscussForm, PublishForm
from fairwrench.web.schemes.binding.requirements import adoption_of
from fairwrench.web.schemes.binding.tables import Acknowledgements
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.ui.requests.parameters import number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import of, pick
from fairwrench.web.work.channels.urging import urge

#: letters of why a signature on paper is taken out
REASON = 200


@allowed("schemes.change", about=GROUP)
@require_POST
def publish(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Show a proposal to everybody from today up to a day."""
    version = selectors.version_seen(user=request.user, version_id=version_id)
    form = PublishForm(request.POST, days=adoption_of(version).publicity_days)
    told = pick("已开始公示，员工可以阅读并签收", "It is published: people can read and acknowledge it")
    return _acted(request, version, form, "publish", told)


@allowed("schemes.change", about=GROUP)
@require_POST
def discuss(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Put a discussion on record."""
    version = selectors.version_seen(user=request.user, version_id=version_id)
    return _acted(request, version, DiscussForm(request.POST), "discuss", pick("讨论记录已保存", "It is on record"))


def _acted(request: SignedInRequest, version: SchemeVersion, form: Any, act: str, told: str) -> HttpResponse:
    """To the version, with what was done or why nothing was."""
    if form.is_valid():
        given = {name: str(value) for name, value in form.cleaned_data.items()}
        note, seen = given.pop("opinions", ""), number_of(request.POST, "revision", -1)
        try:
            VERSIONS.act(record=version, name=act, by=request.user, note=note, seen=seen, **given)
            messages.success(request, told)
        except Refused as refused:
            _say(request, refused)
    else:
        for field, errors in form.errors.items():
            messages.error(request, f"{form.fields[field].label}{pick('：', ': ')}{errors[0]}")
    return redirect("schemes:version", version_id=version.pk)


@allowed("schemes.acknowledge", about=ONESELF)
@require_POST
def acknowledge(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Say that one has read a version."""
    edition = selectors.edition_seen(user=request.user, key=str(version_id))
    assert edition.version is not None  # only versions have a number
    try:
        signing.acknowledge(version=edition.version, by=request.user)
        messages.success(request, pick("已签收 {}", "You have acknowledged {}").format(edition.title))
    except Refused as refused:
        _say(request, refused)
    return redirect("schemes:read", key=edition.key)


@require_GET
@opened("schemes.view_acknowledgements")
def acknowledgements(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Who has acknowledged a version, of those whom the reader may see."""
    edition = selectors.edition_seen(user=request.user, key=str(version_id))
    rows, count = signing.rows_seen(version=_shown(edition), user=request.user)
    name = pick(f"{edition.title} 签收名单", f"{edition.title} acknowledged")
    context = {"edition": edition, "waiting": count.waiting, "people": count.people}
    context["may_remind"] = may(request.user, "schemes.change", about=GROUP)
    options: dict[str, Any] = {
        "version": version_id,
        "stores": Scope.of(request.user).stores(HR),
        "own": request.user.employee_id,
    }
    options["offers"] = signing.offers_seen(version=_shown(edition), user=request.user)
    noting = opens(request.user, "schemes.note_acknowledgement")
    context["may_undo"] = noting and _shown(edition).acknowledgements.filter(on_paper=True).exists()
    return table_page(
        request, Acknowledgements, rows, name=name, template="schemes/acknowledgements.html", context=context, **options
    )


def _shown(edition: selectors.Edition) -> SchemeVersion:
    assert edition.version is not None  # only versions have a number
    return edition.version


@allowed("schemes.note_acknowledgement", about="employee_id")
@require_POST
def on_paper(request: SignedInRequest, version_id: int, employee_id: str) -> HttpResponse:
    """Note a signature on paper."""
    edition = selectors.edition_seen(user=request.user, key=str(version_id))
    employee = get_object_or_404(Employee, employee_id=employee_id)
    try:
        signing.acknowledge_on_paper(version=_shown(edition), employee=employee, by=request.user)
        messages.success(request, pick("已登记 {} 的纸质签收", "The signature of {} is noted").format(employee))
    except Refused as refused:
        _say(request, refused)
    return redirect("schemes:acknowledgements", version_id=version_id)


@allowed("schemes.note_acknowledgement", about="employee_id")
@require_POST
def paper_undone(request: SignedInRequest, version_id: int, employee_id: str) -> HttpResponse:
    """Take a signature on paper out again."""
    edition = selectors.edition_seen(user=request.user, key=str(version_id))
    employee = get_object_or_404(Employee, employee_id=employee_id)
    reason = text_of(request.POST, "reason", REASON)
    try:
        signing.paper_undo(version=_shown(edition), employee=employee, reason=reason, by=request.user)
        messages.success(request, pick("已撤销 {} 的纸质签收登记", "The note on {} is taken back").format(employee))
    except Refused as refused:
        _say(request, refused)
    return redirect("schemes:acknowledgements", version_id=version_id)


@allowed("schemes.acknowledge", about=ONESELF)
@require_POST
def paper_objected(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Say that one has not signed on paper."""
    edition = selectors.edition_seen(user=request.user, key=str(version_id))
    reason = text_of(request.POST, "reason", REASON)
    try:
        signing.paper_object(version=_shown(edition), reason=reason, by=request.user)
        messages.success(request, pick("登记已撤销，登记人已收到通知", "It counts no longer; whoever noted it is told"))
    except Refused as refused:
        _say(request, refused)
    return redirect("schemes:read", key=edition.key)


@allowed("schemes.change", about=GROUP)
@require_POST
def remind(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Remind everybody who has an account and has not acknowledged it."""
    version = selectors.version_seen(user=request.user, version_id=version_id)
    try:
        users = signing.waiting_users(version=version, by=request.user)
    except Refused as refused:
        _say(request, refused)
        return redirect("schemes:version", version_id=version_id)
    reminded = urge(to=users, urging=signing.urging_of(version), by=request.user)
    told = pick(
        "已提醒 {} 人；一小时内催办过的不再提醒，没有账号的人请线下签收",
        "{} were reminded, nobody twice within the hour; who has no account signs on paper",
    )
    messages.success(request, told.format(reminded))
    return redirect("schemes:acknowledgements", version_id=version_id)


def _say(request: SignedInRequest, refused: Refused) -> None:
    for problem in refused.problems:
        messages.error(request, of(problem))
