"""Where a file contradicts the pages: both words side by side, and which of the two counts."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import may, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.evidence.selectors import upload_seen
from fairwrench.web.evidence.uploads.contradictions import FILE, PAGE, contradictions
from fairwrench.web.settlements.contradictions import choices_make
from fairwrench.web.settlements.services import told
from fairwrench.web.ui.requests.parameters import text_of
from fairwrench.web.ui.words import lang, pick

#: letters of a reason
LETTERS = 400
#: how the fields begin in which one chooses
FIELD = "choice:"


@opened("evidence.choose")
def choices(request: SignedInRequest, upload_id: int) -> HttpResponse:
    """The contradictions of a file that a user decides about, each with its two words."""
    upload = upload_seen(user=request.user, upload_id=upload_id)
    if request.method == "POST":
        sent = {name: text_of(request.POST, name, LETTERS) for name in request.POST if name.startswith(FIELD)}
        chosen = {name.removeprefix(FIELD): said for name, said in sent.items()}
        if not {*chosen.values()} <= {FILE, PAGE}:
            raise BadRequest("choice")
        try:
            made = choices_make(
                upload=upload, chosen=chosen, reason=text_of(request.POST, "reason", LETTERS), by=request.user
            )
        except Refused as refused:
            messages.error(request, told(refused.problems, lang()))
            return redirect("settlements:choices", upload_id)
        messages.success(request, pick(f"已决定 {made} 项，可以导入文件了", f"{made} decided; the file can be landed"))
        return redirect("evidence:upload", upload_id)
    found = [(each, may(request.user, each.takes, about=each.whose)) for each in contradictions(upload=upload)]
    context = {"upload": upload, "found": found, "decides": any(theirs for _, theirs in found)}
    return render(request, "settlements/choices.html", context)
