"""How much may be sent at once: looked at before a body is read, counted while it is read, told in plain words.

The web server hands on what its clients send without a limit of its own, so it is set here, for every address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.views.defaults import bad_request

from fairwrench.web.ui.files.scratch import scratch
from fairwrench.web.ui.requests.parameters import whole_number
from fairwrench.web.ui.words import pick

#: bytes of one form with all its files
LIMIT = 1 << 30
#: of somebody who is not signed in: they have nothing to send but a name, a password and a code
LIMIT_OF_STRANGERS = 1 << 20
_PIECE = 1 << 16


class TooLarge(RequestDataTooBig):
    """More was sent than is taken at once, whatever the request said of its length."""


class CountedUpload(TemporaryFileUploadHandler):
    """Every file lies on the disk, and all files of a form together hold no more bytes than are allowed."""

    taken = 0

    def new_file(self, *given: Any, **options: Any) -> None:
        """Make room for a file, in a folder of our own: what a killed process leaves there is found and removed."""
        scratch()
        super().new_file(*given, **options)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece; TooLarge as soon as there are too many, with this file gone as Django lets those before go."""
        # over all files of the form: each alone could be small
        self.taken += len(raw_data)
        if self.taken > limit_of(self.request):
            self.file.close()
            raise TooLarge
        super().receive_data_chunk(raw_data, start)


class BoundedBodies:
    """Refuses what says that it is too large, and what does not say how large it is, before any of it is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say why not; 411 for a body sent in chunks, of which Django would see nothing."""
        told = request.META.get("CONTENT_LENGTH")
        if not told and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            return _refused(request, 411)
        length = whole_number(told or "0", digits=18)
        if length is None:
            raise BadRequest("Content-Length")
        if length > limit_of(request):
            _read_away(request)
            return _refused(request, 413)
        return self.get_response(request)


def limit_of(request: HttpRequest | None) -> int:
    """How many bytes somebody may send at once."""
    return LIMIT if request and request.user.is_authenticated else LIMIT_OF_STRANGERS


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a request that was not understood (`handler400`), or that grew too large while it was read."""
    if not isinstance(exception, TooLarge):
        return bad_request(request, exception)
    _read_away(request)
    return _refused(request, 413)


def _refused(request: HttpRequest, status: int) -> HttpResponse:
    """Why, and what to do; a form sent in the background finds it on its page, which is loaded anew."""
    most = limit_of(request) >> 20
    if "HX-Request" in request.headers:
        zh, en = f"一次最多上传 {most} MB，请分批上传。", f"At most {most} MB at a time; hand them in in parts."
        messages.error(request, pick(zh, en))
        return HttpResponse(status=status, headers={"HX-Refresh": "true"})
    return render(request, "413.html", {"most": most, "unmeasured": status == 411}, status=status)


def _read_away(request: HttpRequest) -> None:
    """Read on without keeping anything, as far again as is allowed: a browser looks at no answer while it sends."""
    left = LIMIT
    try:
        while left > 0 and (piece := request.read(_PIECE)):
            left -= len(piece)
    except UnreadablePostError:
        return
