"""The small demo group as `fairwrench serve --demo` builds it, in a process of its own.

One store, two published months, the third with half of its files.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.built_once import ROOT

#: what the command does before it serves
PREPARE = """
import django; django.setup()
import os
from pathlib import Path
from fairwrench.samples.sample import make_sample
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.project.serving.prepare import prepare

home = Path(os.environ["FAIRWRENCH_HOME"])
make_sample(home / "data", stores=1, months=3, people=30, orders=150, until=CURRENT)
prepare(home)
"""


def environment(**variables: str) -> dict[str, str]:
    """The variables of this process without those that tell Fairwrench or Django anything, and others besides."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAIRWRENCH_", "DJANGO_"))}
    return kept | variables


def build(home: Path) -> None:
    """Make the group's files, prepare the installation and publish its months, in HOME."""
    told = environment(
        DJANGO_SETTINGS_MODULE="fairwrench.web.project.settings",
        FAIRWRENCH_HOME=str(home),
        FAIRWRENCH_DEMO="1",
        POLARS_MAX_THREADS="1",  # for small files threads cost more than they bring
    )
    done = subprocess.run(
        [sys.executable, "-c", PREPARE], cwd=ROOT, env=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
