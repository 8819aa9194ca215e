"""Numbers and texts that somebody made up, in every parameter of every address: refused, never a fault of ours.

Each key is tried with some of the odd texts, as somebody of each role in turn; `FORGED=all` tries every text with each.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.access.roles import Page, pages
from fairwrench.web.analysis.models import MissedKpi
from fairwrench.web.analysis.reports.services import analysis_draft
from fairwrench.web.appraisals.models import Appeal
from fairwrench.web.appraisals.selectors import forms
from fairwrench.web.appraisals.services import content_of, form_sign
from fairwrench.web.coaching.models import Note, Summary
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.models import EvidenceEvent, Exemption, Landing, MissingOrder, Sheet, Upload
from fairwrench.web.goals.models import DepartmentGoal, GoalSheet
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.org.roster.kept import roster_keep
from fairwrench.web.people.views.roster import WAITING
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.settlements.models import Correction, Result
from fairwrench.web.settlements.runs.person import card_lines
from fairwrench.web.surveys.opening.services import Draft, survey_open
from fairwrench.web.tasks.models import Task
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.voice.models import Suggestion
from fairwrench.web.work.models import Job
from fairwrench.web.work.signing.documents import digest_of
from tests.web.settlements.forged import (
    COOKIES,
    HEADERS,
    LONG_FORM,
    LONGEST,
    ODD,
    OF_TABLES,
    Forms,
    Keys,
    encoded,
    literal_keys,
    noting,
    posted,
    quoted,
    sent_by,
    some_of,
)
from tests.web.settlements.test_pages import LAST, own

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
#: who of the demo plays which role of the table
PLAYED = {
    "colleague": "advisor",
    "oneself": "technician",
    "line_manager": "manager",
    "next_level": "director",
    "hr": "hr",
    "data_provider": "provider",
    "workshop_supervisor": "manager",
    "general_manager": "gm",
    "auditor": "auditor",
    "administrator": "admin",
    "service_manager": "service",
    "dispatcher": "dispatcher",
    "customer_service": "care",
    "finance": "finance",
    "gm_assistant": "assistant",
}
#: of several who may open a page, who is shown most of it
ORDER = (
    *("hr", "admin", "gm", "manager", "provider", "director", "auditor", "technician", "advisor"),
    *("service", "finance", "care", "dispatcher", "assistant"),
)
#: keys that are read only by who is not signed in, on pages that lead everybody else on, or of boxes that stand there
#: only once something was refused
STRANGERS = {"login", "again"}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals need not be told one by one."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def things(group: Path, db: None) -> dict[str, list[str]]:
    """One thing of each kind that addresses name, by the name of the address's part."""
    me, manager = own("technician"), User.objects.get(username="manager")
    technician = Employee.objects.get(employee_id=me)
    assert manager.employee is not None
    day = timezone.localdate()
    delegation = Delegation.objects.create(
        away=manager.employee, stand_in=technician, begin=day, end=day, state="waiting"
    )
    landing = Landing.objects.order_by("pk")[0]
    upload = Upload.objects.create(
        sha256="0" * 64, name="a.csv", size=1, month=str(CURRENT), state="read", by=User.objects.get(username="hr")
    )
    Sheet.objects.create(upload=upload, place=0, source=landing.source, digest="0" * 32, stores=["*"], labels=["a"])
    result = Result.objects.filter(employee_id=me, run__cycle__month=LAST)[0]
    job = Job.objects.create(kind="verify", key="x", state="failed", by=User.objects.get(username="hr"))
    session = UserSession.objects.create(
        user=User.objects.get(username="technician"), ip="127.0.0.1", session_key="x" * 32, user_agent="x"
    )
    item = card_lines(result=result)[0]["item"]
    exemption = Exemption.objects.create(
        month=str(CURRENT), source=landing.source, key="x", store=landing.stores[0], metric=item,
        reason="x", asked_by=User.objects.get(username="manager"),
    )  # fmt: skip
    missing = MissingOrder.objects.create(
        employee=technician, store=landing.stores[0], order_no="x", day=day, done="x",
        asked_by=User.objects.get(username="technician"),
    )  # fmt: skip
    event = EvidenceEvent.objects.create(source="ratings", key="[]", period=str(CURRENT), revision=1, row={})
    ticket = Ticket.objects.create(
        employee=technician, store=landing.stores[0], day=day, kind="reward", article="commendation",
        article_zh="通报表扬", article_en="Commendation", words="x", by=manager,
    )  # fmt: skip
    suggestion = Suggestion.objects.create(
        code="0" * 64, store=landing.stores[0], to="hr", topic="pay", words="x", opens_on=day, state="new"
    )
    draft = Draft("review_360", landing.stores[0], Month.of(day), day, [technician])
    survey = survey_open(draft=draft, by=User.objects.get(username="hr"))
    task = Task.objects.create(title="x", assignee=technician, by=manager, due=day)
    note = Note.objects.create(kind="praise", about=technician, day=day, words="x", was_shared=True, by=manager)
    Summary.objects.get_or_create(
        employee=technician, month=LAST, defaults={"done": "x", "plan": "x", "handed_in_at": timezone.now()}
    )
    form = forms().get(employee=technician)
    document = digest_of(content_of(form=form).document)
    signed = form_sign(
        form=form, act="sign", digest=document, seen=form.version, by=User.objects.get(username="technician")
    )
    appeal = Appeal.objects.create(form=form, reason="x")
    correction = Correction.objects.create(
        cycle=Cycle.objects.get(month=str(CURRENT)), employee=Employee.objects.get(employee_id=me), concerns=LAST,
        kind="deduction", value=100, reason="x", by=User.objects.get(username="hr"),
    )  # fmt: skip
    cycle = Cycle.objects.select_related("run").get(month=LAST)
    analysis = analysis_draft(cycle=cycle, store="*", by=User.objects.get(username="hr"))
    kpi = MissedKpi.objects.create(cycle=cycle, store=landing.stores[0], metric=item, owner=technician)
    return {
        "analysis_id": [str(analysis.pk)],
        "kpi_id": [str(kpi.pk)],
        "correction_id": [str(correction.pk)],
        "unit_id": [str(Unit.objects.exclude(kind="group").latest("pk").pk)],
        "user_id": [str(User.objects.get(username="technician").pk)],
        "employee_id": [me],
        "month": [LAST, str(CURRENT)],
        "item": [item],
        "code": ["technician"],
        "source": [landing.source],
        "number": [str(landing.number)],
        "name": [Unit.objects.filter(kind="store")[0].name, "repair_orders"],
        "digest": ["0" * 32],
        "key": ["own", str(SchemeVersion.objects.latest("pk").pk)],
        "version_id": [str(SchemeVersion.objects.latest("pk").pk)],
        "upload_id": [str(upload.pk)],
        "exemption_id": [str(exemption.pk)],
        "missing_order_id": [str(missing.pk)],
        "event_id": [str(event.pk)],
        "ticket_id": [str(ticket.pk)],
        "suggestion_id": [str(suggestion.pk)],
        "survey_id": [str(survey.pk)],
        "questionnaire": ["review_360"],
        "task_id": [str(task.pk)],
        "note_id": [str(note.pk)],
        "place": ["task"],
        "ref": [str(task.pk)],
        "form_id": [str(form.pk)],
        "appeal_id": [str(appeal.pk)],
        "signature_id": [str(signed.signatures.get().pk)],
        "sheet_id": [str(GoalSheet.objects.get(employee=technician, month=str(CURRENT)).pk)],
        "department_goal_id": [str(DepartmentGoal.objects.latest("pk").pk)],
        "position": ["technician"],
        "duty_id": [str(Duty.objects.latest("pk").pk)],
        "grant_id": [str(Grant.objects.latest("pk").pk)],
        "delegation_id": [str(delegation.pk)],
        "session_id": [str(session.pk)],
        "job_id": [str(job.pk)],
        "notice_id": ["1"],
        "bot_id": ["1"],
        "delivery_id": ["1"],
        "act": ["approve", "settle"],
        "secret": ["x" * 43],
        "provider_id": ["none"],
        "pk": ["1"],
    }


@pytest.fixture
def clients(group: Path, db: None) -> dict[str, Client]:
    """A browser of each role."""
    found = {}
    for username in set(PLAYED.values()):
        found[username] = Client(raise_request_exception=False)
        found[username].force_login(
            User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
        )
    session = found["hr"].session  # a roster waits to be decided on, or its form would not be asked for
    roster = SimpleUploadedFile("花名册.csv", "工号,姓名\nE1,无岗位\n".encode())
    session[WAITING] = {"kept": roster_keep(upload=roster), "called": roster.name}
    session.save()
    return found


def filled(page: Page, told: dict[str, str]) -> str:
    """The page's address with the parts that it has."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: quoted(told[part[1]]), page.address)


def names_in(page: Page) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", page.address)


def players(page: Page) -> list[str]:
    """Who of the demo may open a page; who sees most of it comes first."""
    who = {PLAYED[role] for role in page.roles}
    return [each for each in ORDER if each in who]


def read_off(first: dict[str, str], clients: dict[str, Client]) -> dict[str, Keys]:
    """What each page reads, by its name: noted while it is asked, and from the forms that lead to it."""
    found = {page.name: Keys() for page in pages()}
    for page in pages():
        with noting() as keys:
            answer = sent_by(clients[players(page)[0]], "GET", filled(page, first))
        found[page.name].query |= keys
        if "html" in answer.get("Content-Type", ""):
            _from_forms(found, filled(page, first), answer.content.decode())
    for page in pages():
        with noting() as keys:
            posted(clients[players(page)[0]], filled(page, first), found[page.name].sent)
        for key in keys:
            found[page.name].sent.setdefault(key, [""])
    return found


def _from_forms(found: dict[str, Keys], address: str, text: str) -> None:
    for action, method, fields in Forms(text).found:
        try:
            name = resolve(urlsplit(action or address).path).view_name
        except Resolver404:
            continue
        if method == "get":
            found[name].query |= set(fields)
        else:
            found[name].sent = {**fields, **found[name].sent}


def one_of_a_kind(keys: Any) -> list[str]:
    """Keys that differ in more than a number: of the lines of a table, the first."""
    return list({re.sub(r"\d+", "0", key): key for key in sorted(keys, reverse=True)}.values())


Asked = tuple[str, str, dict[str, list[str]]]


def requests_of(page: Page, keys: Keys, first: dict[str, str], turn: Iterator[int]) -> Iterator[Asked]:
    """Requests with an odd thing each: method, address, what is sent."""
    address = filled(page, first)
    for name in names_in(page):
        for at, odd in enumerate(each for each in some_of(next(turn)) if each and len(each) < LONGEST):
            yield ("GET", "POST")[at % 2], filled(page, {**first, name: odd}), {}
    for key in sorted(keys.query):
        for odd in (each for each in some_of(next(turn), one=key in OF_TABLES) if len(each) < LONGEST):
            yield "GET", f"{address}?{encoded({key: [odd]})}", {}
    kinds = one_of_a_kind(keys.sent)
    for key in kinds:
        for odd in some_of(next(turn), one=len(kinds) > LONG_FORM):
            yield "POST", address, {**keys.sent, key: [odd]}
    yield "POST", address, {key: ["1", "²", ""] for key in keys.sent}
    for odd in some_of(next(turn)):
        yield "POST", address, {key: [odd] for key in (*keys.sent, "unheard-of")}


def wrong(answer: Any) -> str:
    """What is wrong with an answer; empty for nothing."""
    if answer.status_code < 500 or answer.status_code == 503:
        return ""
    return repr(answer.exc_info[1])[:200] if answer.exc_info else str(answer.status_code)


def test_nothing_made_up_is_a_fault_of_ours(things: dict[str, list[str]], clients: dict[str, Client]) -> None:
    """Fails when a made-up number or text, in an address, a query or a form, breaks a page off."""
    first = {name: values[0] for name, values in things.items()}
    found, told, turn = read_off(first, clients), set(), count()
    assert literal_keys() - set().union(*({*keys.query, *keys.sent} for keys in found.values())) <= STRANGERS
    for page in pages():
        who = players(page)
        for method, address, sent in requests_of(page, found[page.name], first, turn):
            client = clients[who[next(turn) % len(who)]]
            answer = posted(client, address, sent) if method == "POST" else sent_by(client, method, address)
            if said := wrong(answer):
                odd = {key: value for key, value in sent.items() if len(sent) < 2 or set(value) & set(ODD)}
                told.add(f"{page.name} {method} {address[-80:]} {str(odd)[:200]}: {said}")
    assert told == set()


def test_nor_is_a_made_up_header_or_cookie(clients: dict[str, Client]) -> None:
    """Fails when what a browser says of itself, or a cookie that somebody wrote, breaks a page off."""
    told, turn = set(), count()
    paths = ("/people/find/?among=here", "/accounts/login/", "/settings/")
    for odd in (each for each in ODD if len(each) < LONGEST and each.isascii() and "\n" not in each):
        for name in (*HEADERS, *COOKIES):
            client, path = Client(raise_request_exception=False), paths[next(turn) % len(paths)]
            if name in HEADERS:
                client.cookies = clients["hr"].cookies.copy()
            else:
                client.cookies[name] = odd
            if said := wrong(client.get(path, headers={name: odd} if name in HEADERS else {})):
                told.add(f"{name} {odd!r} {path}: {said}")
    assert told == set()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/evidence/?month=2026-13", 400),
        ("/evidence/?month=0000-01", 400),
        ("/evidence/?month=²", 400),
        ("/evidence/uploads/?state=odd", 400),
        ("/people/?status=odd", 400),
        ("/why/{LAST}/{me}/rows/?step=x&place=²", 400),
        ("/why/2026-13/{me}/", 404),
        ("/months/²/", 404),
        ("/team/?month=2026-13", 404),
        (f"/evidence/uploads/{'9' * 40}/", 404),
    ],
)
def test_what_is_made_up_is_refused_and_not_taken_for_something_else(
    clients: dict[str, Client], path: str, status: int
) -> None:
    """Fails when a month that is none shows another one, or a number that is none is taken for the first."""
    who = "manager" if path.startswith("/team") else "hr"
    assert clients[who].get(path.format(LAST=LAST, me=own("technician"))).status_code == status


@pytest.mark.parametrize("sent", [{"version": "²"}, {"version": "٣"}, {"version": "1e3"}, {"version": "-1"}])
def test_a_made_up_version_decides_nothing(clients: dict[str, Client], things: Any, sent: dict[str, str]) -> None:
    """Fails when `str.isdigit` lets a text through that is no number, or a forged version passes for the one seen."""
    assert clients["hr"].post(f"/months/{LAST}/approve/", sent).status_code == 400
    assert clients["hr"].post(f"/evidence/uploads/{things['upload_id'][0]}/land/", sent).status_code == 400


@pytest.mark.parametrize("ready", ["x:1", "1:x", "1:²", ":", "1", "9" * 40 + ":1"])
def test_a_made_up_choice_of_files_lands_nothing(clients: dict[str, Client], ready: str) -> None:
    """Fails when the button that lands several files breaks off at one that somebody made up."""
    assert clients["hr"].post("/evidence/land/", {"ready": ready}).status_code == 400
