"""What comes before serving, in a process of its own that ends: what it has loaded for the demo is not kept as long as
pages are served."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from fairwrench.web.project.serving.serve import SETTINGS


def manage(*arguments: str) -> None:
    """Run one of Django's management commands in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    execute_from_command_line(["fairwrench", *arguments])


def prepare(demo: Path | None) -> None:
    """Bring the database and the static files up to date; build the demo where it is asked for."""
    manage("migrate", "--no-input", "--verbosity", "0")
    manage("collectstatic", "--no-input", "--verbosity", "0")
    if demo:
        manage("build_demo", str(demo))
    # last: it prints a link only while nobody can sign in, and in the demo somebody can by now
    manage("prepare_office")


def main() -> None:
    """Prepare; what the environment says wrongly is told in a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    try:
        django.setup()
        prepare(Path(sys.argv[1]) if sys.argv[1:] else None)
    except ImproperlyConfigured as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
