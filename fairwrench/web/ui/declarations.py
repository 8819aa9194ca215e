"""What each app declares of itself, collected: its module `declaration` holds `DECLARED`, a tuple of parts.

A part is an object of a class that the room which reads it defines: a permission, an entry of the navigation, a kind of
background work. So no app knows which stand above it, and a new page, table or kind of work touches its own app alone.
"""

from __future__ import annotations

from functools import lru_cache
from sys import modules
from typing import TypeVar

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import autodiscover_modules

P = TypeVar("P")


def declared(kind: type[P]) -> tuple[P, ...]:
    """Every part of a kind, in the order of the apps; none of an app that is switched off (`settings.APPS_OFF`).

    Only an app whose configuration says `optional = True` may be; ImproperlyConfigured for another."""
    return tuple(part for part in _parts() if isinstance(part, kind))


@lru_cache(maxsize=1)
def _parts() -> tuple[object, ...]:
    may_be_off = sorted(app.label for app in apps.get_app_configs() if getattr(app, "optional", False))
    if needed := sorted(settings.APPS_OFF - set(may_be_off)):
        zh = f"FAIRWRENCH_APPS_OFF：没有可以关闭的应用 {'、'.join(needed)}；可以关闭的是 {'、'.join(may_be_off)}"
        en = f"no app that may be switched off is called {', '.join(needed)}; these may: {', '.join(may_be_off)}"
        raise ImproperlyConfigured(f"{zh}\nFAIRWRENCH_APPS_OFF: {en}")
    autodiscover_modules("declaration")
    names = [f"{app.name}.declaration" for app in apps.get_app_configs() if app.label not in settings.APPS_OFF]
    return tuple(part for name in names if name in modules for part in modules[name].DECLARED)
