"""The application as the web server loads it."""

from __future__ import annotations

import os
import subprocess
import sys

ASK = """
import gc, sys
import duckdb
duckdb.connect().sql("select 1")
import fairwrench.web.project.wsgi
frozen = gc.get_freeze_count()
print(frozen > 10 * len(gc.get_objects()), "fairwrench.web.settlements.views.stores" in sys.modules)
"""


def test_what_is_loaded_is_left_out_of_collections(tmp_path):
    """Fails when full collections would go over the whole application again while people wait for a page, or the
    first who comes would wait for its modules."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("FAIRWRENCH_", "DJANGO_"))}
    env["FAIRWRENCH_HOME"] = str(tmp_path)
    told = subprocess.run([sys.executable, "-c", ASK], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "True"], told.stderr
    assert "leak" not in told.stderr, "what is held is let go in the end"
