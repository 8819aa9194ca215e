"""An app that only tests install: a page, what it takes, who is told of it, what waits; and it can be switched off."""

from django.apps import AppConfig


class TyresConfig(AppConfig):
    """The app of stored tyres."""

    name = "tests.web.project.tyres"
    label = "tyres"
    optional = True
