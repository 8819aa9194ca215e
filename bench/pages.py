"""`make bench-pages`: how long the server takes for a page, and how many queries, with 6 000 people and 12 months.

The pages are asked for by Django's test client in this process, with the settings of an installation: middleware,
permissions, templates and database are those that people meet; the network and the web server are left out. The
database is the PostgreSQL that FAIRWRENCH_DATABASE_URL names (`python -m tests.web.postgres` starts one).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import django

from bench.__main__ import machine
from fairwrench.web.project.serving.loaded import hold_loaded

FOLDER = Path(__file__).parent.parent / "build" / "bench"


def main() -> int:
    """Build, measure, print the table; the clock makes nothing fail."""
    asked = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    asked.add_argument("--stores", type=int, default=100, help="of about 60 people each")
    asked.add_argument("--months", type=int, default=12)
    asked.add_argument("--times", type=int, default=60, help="requests of each page")
    asked.add_argument("--explain", metavar="PAGE", help="print the queries of one page, slowest first")
    words = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="fairwrench-pages-") as home:
        os.environ |= {"FAIRWRENCH_HOME": home, "FAIRWRENCH_HOSTS": "testserver", "FAIRWRENCH_DEMO": "1"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "fairwrench.web.project.settings"
        django.setup()
        from bench import pages_asked, pages_group  # noqa: PLC0415  models may be imported only once Django is set up

        began = time.perf_counter()
        pages_group.build(pages_group.Group(stores=words.stores, months=words.months))
        hold_loaded()  # as the web server does
        print(f"built in {time.perf_counter() - began:.0f} s: {pages_asked.told()}")
        print(machine())
        print(f"{'page':<34}{'first':>8}{'views':>8}{'p50':>8}{'p95':>8}{'busy':>8}{'bar':>6}  queries   size")
        lines = [
            pages_asked.measured(page, words.times)
            for page in pages_asked.pages()
            if words.explain in (None, page.name)
        ]
        if words.explain:
            pages_asked.explain(next(page for page in pages_asked.pages() if page.name == words.explain))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "pages.json").write_text(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
