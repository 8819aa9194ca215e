"""The page of a fault of ours: it asks nothing of the database, which may be what is wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csrf import requires_csrf_token

from fairwrench.web.access.middleware.language import language_of_visitor
from fairwrench.web.project.serving.log_lines import number_of_request


@requires_csrf_token
def fault(request: HttpRequest) -> HttpResponse:
    """In the language of who asks, as far as it is known without looking it up."""
    language = getattr(request, "LANGUAGE_CODE", "") or language_of_visitor(request)
    with translation.override(language):
        return HttpResponseServerError(render_to_string("500.html", {"number": number_of_request()}))
