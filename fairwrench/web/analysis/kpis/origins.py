"""Missed KPIs as what tasks come from, for who may look at them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.analysis.kpis.workflow import ORIGIN
from fairwrench.web.analysis.models import MissedKpi
from fairwrench.web.analysis.selectors import kpis_seen
from fairwrench.web.settlements.selectors import names_of
from fairwrench.web.tasks.origins import Origin, TaskOrigin
from fairwrench.web.ui.requests.parameters import whole_number


def _kpis(user: User, refs: Collection[str]) -> Mapping[str, Origin]:
    numbers = [number for ref in refs if (number := whole_number(ref))]
    return {str(kpi.pk): _origin(kpi) for kpi in kpis_seen(user=user).filter(pk__in=numbers)}


def _origin(kpi: MissedKpi) -> Origin:
    url, run = reverse("analysis:kpi", args=[kpi.pk]), kpi.cycle.run
    called = names_of(run=run).metric(kpi.metric) if run else kpi.metric
    told = f"{kpi.store} {kpi.cycle.month} {called}"
    return Origin((f"未达标指标：{told}", f"missed KPI: {told}"), url)


FROM_KPIS = TaskOrigin(ORIGIN, ("未达标指标", "A missed KPI"), _kpis)
