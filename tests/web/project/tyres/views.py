"""Tyres stored for customers."""

from django.http import HttpRequest, HttpResponse

from fairwrench.web.access.policy import opened


@opened("tyres.view")
def tyres(request: HttpRequest, employee_id: str = "") -> HttpResponse:
    """The one page."""
    return HttpResponse(f"轮胎 {employee_id}")
