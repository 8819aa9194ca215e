"""The pages that `make bench-pages` asks for, who asks, and what each took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Result

#: the bars: milliseconds that 95 of 100 requests stay under, and queries
SECOND_BAR, MINE, QUERIES = 100, 50, 12


@dataclass(frozen=True)
class Page:
    """A page: who asks for which addresses, one after the other, and the bar in milliseconds."""

    name: str
    people: Sequence[str]
    paths: Sequence[str]
    bar: int = SECOND_BAR


@dataclass(frozen=True)
class Line:
    """What a page took: milliseconds of the very first request; the 95th percentile of first views, each by somebody or
    of somebody else; the median and the 95th percentile by the clock, the median of this process's processor time
    (without the database's); queries; bytes."""

    name: str
    first: float
    views: float
    p50: float
    p95: float
    busy: float
    queries: int
    size: int
    bar: int

    @property
    def met(self) -> bool:
        """Whether the page keeps to its bars."""
        return max(self.p95, self.views) <= self.bar and self.queries <= QUERIES


def told() -> str:
    """How large the group is, and on which database."""
    counts = f"{Employee.objects.count():,} people, {Cycle.objects.count()} months, {Result.objects.count():,} results"
    return f"{counts} on {connection.vendor}"


def pages() -> list[Page]:
    """The pages that are measured, each asked for by whom it is for."""
    now, last = Cycle.objects.order_by("-month").values_list("month", flat=True)[:2]
    paid = Result.objects.filter(run__cycle__month=last, heads_score__isnull=False, employee_id__contains="-")
    some = [each.employee_id for each in paid.order_by("employee_id")[:: max(1, paid.count() // 40)]]
    technician = Employee.objects.get(user__username="technician").employee_id
    store = Result.objects.filter(run__cycle__month=last).order_by("-store").values_list("store", flat=True)[0]
    known = set(User.objects.coming_in().filter(username__in=some).values_list("username", flat=True))
    return [
        Page("Mine", [name for name in some if name in known], ["/mine/"], MINE),
        Page("Mine, a published month", [name for name in some if name in known], [f"/mine/{last}/"], MINE),
        Page("a person, by HR", ["hr"], [f"/results/{each}/" for each in some]),
        Page("the team, by its manager", ["manager"], ["/team/"]),
        Page("today, by its manager", ["manager"], ["/today/"]),
        Page("stores", ["hr", "gm"], ["/stores/"]),
        Page("a store", ["gm"], [f"/stores/{store}/"]),
        Page("months", ["hr"], ["/months/"]),
        Page("the console of the open month", ["hr"], [f"/months/{now}/"]),
        Page("the console of a published month", ["gm"], [f"/months/{last}/"]),
        Page("the pay table", ["hr"], [f"/months/{last}/pay/"]),
        Page("the pay table, found by a name", ["hr"], [f"/months/{last}/pay/?q={technician}"]),
        Page("an explanation", ["technician"], [f"/why/{last}/{technician}/"]),
        Page("the people", ["hr"], ["/people/", "/people/?page=100"]),
        Page("the evidence desk", ["hr"], ["/evidence/"]),
    ]


def measured(page: Page, times: int) -> Line:
    """Ask for a page many times; every answer has to be the page itself."""
    clients = {name: Client() for name in page.people}
    for name, client in clients.items():
        client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")

    def ask(name: str, path: str) -> tuple[float, float, int]:
        began, busy = time.perf_counter(), time.process_time()
        answer = clients[name].get(path)
        took, busy = time.perf_counter() - began, time.process_time() - busy
        if answer.status_code != 200:
            raise RuntimeError(f"{name} {path}: {answer.status_code}")
        return 1000 * took, 1000 * busy, len(answer.content)

    first, _, size = ask(page.people[0], page.paths[0])
    asked = list(islice(zip(cycle(page.people), cycle(page.paths), strict=False), max(times, len(page.people))))
    # each person and address once; what is noted once in a while (that a session is in use) is part of these alone
    views = sorted(ask(name, path)[0] for name, path in dict.fromkeys(asked))
    runs = [ask(name, path) for name, path in asked]
    took, busy = sorted(run[0] for run in runs), sorted(run[1] for run in runs)[len(runs) // 2]
    with CaptureQueriesContext(connection) as queries:
        ask(page.people[-1], page.paths[-1])
    p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
    seen = views[int(len(views) * 0.95)]
    rounded = (round(took, 1) for took in (first, seen, p50, p95, busy))
    line = Line(page.name, *rounded, len(queries), size, page.bar)
    figures = f"{first:>8.0f}{seen:>8.1f}{p50:>8.1f}{p95:>8.1f}{busy:>8.1f}"
    figures += f"{page.bar:>6}{line.queries:>9}{size / 1024:>6.0f} K"
    print(f"{line.name:<34}{figures}{'' if line.met else '   missed'}", flush=True)
    return line


def explain(page: Page) -> None:
    """The queries of a page, the slowest first, with what the database says of the slowest."""
    client = Client()
    client.force_login(User.objects.get(username=page.people[0]), backend="django.contrib.auth.backends.ModelBackend")
    client.get(page.paths[0])
    with CaptureQueriesContext(connection) as asked:
        client.get(page.paths[0])
    slowest = sorted(asked.captured_queries, key=lambda query: -float(query["time"]))
    for query in slowest:
        print(query["time"], query["sql"][:400])
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN ANALYZE " + slowest[0]["sql"])
        print(*(row[0] for row in cursor.fetchall()), sep="\n")
