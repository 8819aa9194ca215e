"""Forms as what people comment on, and appeals as what tasks come from: for who may look at them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.appraisals.appeals.selectors import appeals_seen
from fairwrench.web.appraisals.selectors import forms_seen
from fairwrench.web.tasks.origins import Origin, TaskOrigin
from fairwrench.web.ui.requests.parameters import whole_number
from fairwrench.web.work.comments.places import Commented, CommentPlace


def form_commented(user: User, ref: str) -> Commented | None:
    """A form, for who may open it."""
    number = whole_number(ref)
    form = forms_seen(user=user).filter(pk=number).first() if number else None
    if form is None:
        return None
    words = f"{form} 的绩效评估表", f"the appraisal of {form}"
    return Commented(words, reverse("appraisals:form", args=[form.pk]))


def _appeals(user: User, refs: Collection[str]) -> Mapping[str, Origin]:
    numbers = [number for ref in refs if (number := whole_number(ref))]
    found = appeals_seen(user=user).filter(pk__in=numbers)
    return {str(each.pk): Origin(_words(str(each.form)), _url(each.pk)) for each in found}


def _words(form: str) -> tuple[str, str]:
    return f"{form} 的绩效申诉", f"an appeal against {form}"


def _url(appeal_id: int) -> str:
    return reverse("appraisals:appeal", args=[appeal_id])


FORM_COMMENTS = CommentPlace("appraisal", ("绩效评估表", "An appraisal"), form_commented)
FROM_APPEALS = TaskOrigin("appeal", ("绩效申诉", "An appeal"), _appeals)
