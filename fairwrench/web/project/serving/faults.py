"""The page of a fault of ours, which asks nothing of the database, as that may be what is wrong; and the page of what
was refused where no view expected it, such as a file of a month that is gone."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csrf import requires_csrf_token

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.middleware.language import language_of_visitor
from fairwrench.web.project.serving.log_lines import number_of_request

_log = logging.getLogger(__name__)


@requires_csrf_token
def fault(request: HttpRequest) -> HttpResponse:
    """In the language of who asks, as far as it is known without looking it up."""
    language = getattr(request, "LANGUAGE_CODE", "") or language_of_visitor(request)
    with translation.override(language):
        return HttpResponseServerError(render_to_string("500.html", {"number": number_of_request()}))


class RefusedAsPage:
    """Answers what a view did not expect to be refused with the reasons, as 503, and tells the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handed on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page where it was a refusal; everything else is a fault."""
        if not isinstance(error, Refused):
            return None
        for problem in error.problems:
            _log.error("%s %s: %s", request.path, problem.code, problem.en)
        return render(request, "refused.html", {"problems": error.problems}, status=503)
