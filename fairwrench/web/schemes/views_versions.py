"""Versions on their way: handed in and checked, adopted from a month on, withdrawn, taken away."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.people.policy import allowed
from fairwrench.web.schemes import selectors, services
from fairwrench.web.schemes.forms import AdoptForm, UploadForm
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.ui.words import of, pick

SAMPLE = """\
base: dealership
scheme: our_rules
version: "2027.1"
name: {zh: 本集团绩效制度, en: Rules of our group}
item_defaults:
  rework_rate: {target: 0.02}
"""


@allowed("schemes.change")
def upload(request: HttpRequest) -> HttpResponse:
    """Hand a document in; everything that is wrong with it is shown, and then nothing is kept."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "schemes/upload.html", {"form": form, "sample": SAMPLE})
    given = form.cleaned_data["file"]
    content = given.read(services.MOST_BYTES + 1)
    try:
        version = services.version_add(
            content=content, name=given.name, by=request.user, note=form.cleaned_data["note"]
        )
    except Refused as refused:
        name = services.kept_name(given.name)
        context = {"form": form, "sample": SAMPLE, "found": _parted(refused.problems), "name": name}
        return render(request, "schemes/upload.html", context, status=422)
    told = pick("{} 检查通过，已存为草案", "{} was checked and is kept as a draft").format(version)
    messages.success(request, told)
    return redirect("schemes:adopt", version_id=version.pk)


@allowed("schemes.change")
def adopt(request: HttpRequest, version_id: int) -> HttpResponse:
    """What the check of a draft found, and from which month on it shall hold."""
    version = selectors.version_seen(user=request.user, version_id=version_id)
    months = selectors.months_free()
    form = AdoptForm(request.POST or None, months=months, initial={"begins": str(selectors.this_month().plus(1))})
    if request.method == "POST" and (_again(request, version) or form.is_valid()):
        return _adopted(request, version)
    editions = selectors.editions_seen(user=request.user)
    edition = selectors.edition_of(editions=editions, key=str(version.pk))
    against = selectors.edition_now(editions=editions).key
    context = {"form": form, "version": version, "edition": edition, "against": against}
    context["found"] = _parted(Problem(**{**told, "path": tuple(told["path"])}) for told in version.problems)
    try:
        context["strangers"] = selectors.people_without_position(scheme=edition.scheme)
    except Refused as refused:
        context["broken"] = refused.problems
    return render(request, "schemes/adopt.html", context)


def _parted(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """What has to be acted on, and what is only worth knowing."""
    known = list(problems)
    notes = [problem for problem in known if problem.severity == "note"]
    return {"serious": [problem for problem in known if problem.severity != "note"], "notes": notes}


def _again(request: HttpRequest, version: SchemeVersion) -> bool:
    """Whether somebody pressed after the version was adopted for the same month."""
    return bool(version.begins) and request.POST.get("begins") == version.begins


def _adopted(request: HttpRequest, version: SchemeVersion) -> HttpResponse:
    begins = Month.parse(request.POST["begins"])
    try:
        done = services.version_adopt(
            version=version, begins=begins, by=request.user, note=request.POST.get("note", "")
        )
    except Refused as refused:
        return _told(request, refused, "schemes:adopt", version.pk)
    messages.success(request, pick("{} 自 {} 起适用", "{} holds from {} on").format(done, done.begins))
    return redirect("schemes:list")


def _told(request: HttpRequest, refused: Refused, to: str, *arguments: object) -> HttpResponse:
    for problem in refused.problems:
        messages.error(request, of(problem))
    return redirect(to, *arguments)


@allowed("schemes.change")
@require_POST
def withdraw(request: HttpRequest, version_id: int) -> HttpResponse:
    """Take a version back that was not used."""
    version = selectors.version_seen(user=request.user, version_id=version_id)
    try:
        services.version_withdraw(version=version, by=request.user)
    except Refused as refused:
        return _told(request, refused, "schemes:list")
    messages.success(request, pick("{} 已撤回", "{} was withdrawn").format(version))
    return redirect("schemes:list")


@allowed("schemes.change")
@require_GET
def document(request: HttpRequest, version_id: int) -> HttpResponse | FileResponse:
    """The document as it was handed in."""
    version = selectors.version_seen(user=request.user, version_id=version_id)
    try:
        content = selectors.version_path(version=version).open("rb")
    except OSError:
        messages.error(request, pick("文件已不在服务器上", "The file is not on the server any more"))
        return redirect("schemes:list")
    return FileResponse(content, as_attachment=True, filename=version.file, content_type="application/yaml")
