"""Schemes: the regulation to read, its versions, and which one is in force."""

from __future__ import annotations

from django.apps import AppConfig


class SchemesConfig(AppConfig):
    """The app of schemes."""

    name = "fairwrench.web.schemes"
    label = "schemes"
    verbose_name = "制度"

    def ready(self) -> None:
        """Tell people which schemes there are: positions are those of these."""
        from fairwrench.web.people import hooks  # noqa: PLC0415  models may be imported only now
        from fairwrench.web.schemes import selectors  # noqa: PLC0415  models may be imported only now

        hooks.SCHEMES.append(selectors.scheme_periods)
