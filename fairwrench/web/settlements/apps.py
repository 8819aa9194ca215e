"""Settlements: months sealed, settled, approved, published, and everybody's own page of them."""

from __future__ import annotations

from django.apps import AppConfig


class SettlementsConfig(AppConfig):
    """The app of settlements."""

    name = "fairwrench.web.settlements"
    label = "settlements"
    verbose_name = "结算"

    def ready(self) -> None:
        """Tell the evidence desk, schemes and people what only settlements know."""
        from fairwrench.web.evidence import hooks  # noqa: PLC0415  models may be imported only now
        from fairwrench.web.people.hooks import HISTORY, PUBLISHED  # noqa: PLC0415  models may be imported only now
        from fairwrench.web.schemes.hooks import IS_SETTLED  # noqa: PLC0415  models may be imported only now
        from fairwrench.web.settlements import compared_ratings, compared_targets, desk, taking_in  # noqa: PLC0415  models may be imported only now

        hooks.AFTER_LANDING.append(desk.after_landing)
        hooks.OPEN_MONTH.append(desk.open_month)
        hooks.IS_CLOSED.append(desk.is_closed)
        hooks.SCHEME_AT.append(desk.scheme_in_force)
        hooks.CONTRADICTIONS += [compared_ratings.KEPT, compared_targets.KEPT]
        hooks.TAKEN_IN |= {"ratings": taking_in.ratings_take, "targets": taking_in.targets_take}
        IS_SETTLED.append(desk.is_settled)
        PUBLISHED.append(desk.published)
        HISTORY.append(desk.history_of)
