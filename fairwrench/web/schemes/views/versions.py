"""Versions handed in and checked; their documents to take away."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import allowed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.schemes import selectors, services
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.forms import UploadForm
from fairwrench.web.schemes.views.approval import parted
from fairwrench.web.ui.words import pick

SAMPLE = """\
base: dealership
scheme: our_rules
version: "2027.1"
name: {zh: 本集团绩效制度, en: Rules of our group}
item_defaults:
  rework_rate: {target: 0.02}
"""


@allowed("schemes.change", about=GROUP)
def upload(request: SignedInRequest) -> HttpResponse:
    """Hand a document in; everything that is wrong with it is shown, and then nothing is kept."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "schemes/upload.html", {"form": form, "sample": SAMPLE})
    given = form.cleaned_data["file"]
    # one byte more than is taken, so that the service sees that it is too much without reading all of it
    content = given.read(services.MOST_BYTES + 1)
    try:
        version = services.version_add(
            content=content, name=given.name, by=request.user, note=form.cleaned_data["note"]
        )
    except Refused as refused:
        name = services.kept_name(given.name)
        context = {"form": form, "sample": SAMPLE, "found": parted(refused.problems), "name": name}
        return render(request, "schemes/upload.html", context, status=422)
    told = pick("{} 检查通过，已存为草案", "{} was checked and is kept as a draft").format(version)
    messages.success(request, told)
    return redirect("schemes:version", version_id=version.pk)


@allowed("schemes.change", about=GROUP)
@require_GET
def document(request: SignedInRequest, version_id: int) -> HttpResponse | FileResponse:
    """The document as it was handed in."""
    version = selectors.version_seen(user=request.user, version_id=version_id)
    try:
        content = version_path(version=version).open("rb")
    except OSError:
        messages.error(request, pick("文件已不在服务器上", "The file is not on the server any more"))
        return redirect("schemes:list")
    return FileResponse(content, as_attachment=True, filename=version.file, content_type="application/yaml")
