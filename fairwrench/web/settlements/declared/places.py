"""Figures and months as what people comment on, and figures as what tasks come from: for who may look at them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import quote

from django.core.exceptions import BadRequest
from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import OfPerson, OfStore
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.selectors import result_seen, run_shown
from fairwrench.web.tasks.origins import Origin, TaskOrigin
from fairwrench.web.ui.requests.parameters import month_said
from fairwrench.web.work.comments.places import Commented, CommentPlace

#: what stands between the parts of a reference
BETWEEN = "~"


def figure_ref(*, month: str, employee_id: str, item: str = "") -> str:
    """The reference of a person's month, or of one item of it."""
    return BETWEEN.join(filter(None, (month, employee_id, item)))


def store_ref(*, month: str, store: str) -> str:
    """The reference of a month in a store."""
    return BETWEEN.join((month, store))


def figure_seen(user: User, ref: str) -> Commented | None:
    """The explanation of somebody's month or item, for who may open it."""
    month, _, rest = ref.partition(BETWEEN)
    employee_id, _, item = rest.partition(BETWEEN)
    cycle = _cycle(month)
    if cycle is None or not may(user, "results.view_person", about=OfPerson(employee_id)):
        return None
    run = run_shown(cycle=cycle, user=user, employee_id=employee_id)
    result = result_seen(run=run, employee_id=employee_id, user=user) if run else None
    if result is None:
        return None
    name = "settlements:item" if item else "settlements:explanation"
    url = reverse(name, args=[month, employee_id, *([item] if item else [])])
    return Commented((f"{result.name} {month} 的计算依据", f"how {month} of {result.name} came about"), url)


def store_seen(user: User, ref: str) -> Commented | None:
    """The page of a month in a store, for who may open it."""
    month, _, store = ref.partition(BETWEEN)
    if _cycle(month) is None or not may(user, "results.view_stores", about=OfStore(store)):
        return None
    url = f"{reverse('settlements:store', args=[store])}?month={quote(month)}"
    return Commented((f"{store} {month}", f"{store} {month}"), url)


def _figures(user: User, refs: Collection[str]) -> Mapping[str, Origin]:
    seen = {ref: figure_seen(user, ref) for ref in refs}
    return {ref: Origin(figure.words, figure.url) for ref, figure in seen.items() if figure}


def _cycle(month: str) -> Cycle | None:
    try:
        return Cycle.objects.select_related("run").filter(month=str(month_said(month))).first()
    except BadRequest:
        return None


FIGURES = CommentPlace("figure", ("计算依据", "An explanation"), figure_seen)
STORES = CommentPlace("store", ("门店的考核月", "A month of a store"), store_seen)
FROM_FIGURES = TaskOrigin("figure", ("考核指标", "A figure"), _figures)
