"""Every address of the application, filled in with things of both stores, and what its answers say."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, quote_plus
from uuid import UUID
from zipfile import ZipFile

from django.test import Client
from pypdf import PdfReader

from fairwrench.web.access.models import Delegation, Grant
from fairwrench.web.access.roles import Page, pages
from fairwrench.web.analysis.models import Analysis, MissedKpi
from fairwrench.web.appraisals.models import Appeal, Appraisal, Signature
from fairwrench.web.coaching.models import Note
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.models import EvidenceEvent, Exemption, Landing, MissingOrder
from fairwrench.web.goals.models import DepartmentGoal, GoalSheet, GoalSignature
from fairwrench.web.org.models import Duty, Unit
from fairwrench.web.settlements.models import Correction, Result
from fairwrench.web.surveys.models import Survey
from fairwrench.web.tasks.models import Task
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.voice.models import Suggestion
from fairwrench.web.work.models import Bot, Delivery, Job, Notice
from tests.web.one_store.two_stores import EAST, OCTOBER, SEPTEMBER, SIGNS, STORES, WEST, Group, person

#: what a workbook is sent as
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ARGUMENT = re.compile(r"<(?:\w+:)?(?P<name>\w+)>")
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|csrftoken=\w+|"X-CSRFToken": "\w+"')
#: pages of libraries that show nobody but the reader, and what somebody opens for themselves by a secret
OWN = re.compile(
    r"^(account_|mfa_|socialaccount_|usersessions_|dingtalk_|feishu_|weixin_|openid_connect_|set_language|health|metrics"
    r"|settings:invitation)"
)

#: address → further query strings under which it is asked, besides the bare one and its workbook
ASKED: dict[str, list[str]] = {
    "settlements:stores": [f"?month={SEPTEMBER}", "?sort=-total_pay", f"?q={WEST[:2]}"],
    "settlements:store": [f"?month={SEPTEMBER}"],
    "settlements:team": [f"?month={SEPTEMBER}", "?sort=-total_pay", "?state=incomplete"],
    "settlements:pay": ["?pay=open"],
    "settlements:pays": ["?paid=ahead"],
    "settings:users": ["?state=invited"],
    "home:home": ["?only=decide"],
    "settlements:daily": [f"?store={WEST}", f"?store={EAST}"],
    "settlements:rows": [
        f"?step={step}&place=0{more}"
        for step in ("value.labour", "item.conduct", "pay.commission", "pay.salary_part")
        for more in ("", "&glance=1")
    ],
    "settlements:decided": ["?step=item.conduct&place=0"],
    "settlements:targets": [f"?store={store}&all=1" for store in (*STORES, "*")],
    "people:list": [f"?store={WEST}&status=all", "?status=all&sort=-employee"],
    "people:find": [f"?among={among}&q={word}" for among in ("here", "seen", "uninvited") for word in ("X", "车间")],
    "evidence:desk": [f"?month={OCTOBER}&store={WEST}", f"?month={SEPTEMBER}"],
    "evidence:batches": [f"?month={SEPTEMBER}", "?source=payroll"],
    "evidence:uploads": ["?state=read", "?state=unreadable"],
    "evidence:exemption_new": [
        *(f"?month={OCTOBER}&source={source}" for source in ("repair_orders", "payroll", "ratings")),
        *(f"?month={OCTOBER}&source=repair_orders&key={store}|{SIGNS[store][0]}-{OCTOBER}-1" for store in STORES),
    ],
    "evidence:missing_orders": ["?state=asked", f"?q={SIGNS[WEST][1]}"],
    "teams:list": [f"?month={month}{more}" for month in (SEPTEMBER, OCTOBER) for more in ("", "&state=waiting")],
    "teams:own": [f"?month={OCTOBER}"],
    "teams:set": [f"?store={store}&team={SIGNS[store][1]}一组" for store in STORES],
    "settlements:day": [f"?day={OCTOBER}-11"],
    "settlements:correction_new": [
        f"?who={person(store, 'technician')}&concerns={SEPTEMBER}{more}"
        for store in STORES
        for more in ("", "&kind=appeal_score&value=130")
    ],
    "evidence:header": ["?source=repair_orders"],
    "appraisals:list": [f"?month={OCTOBER}", "?waits=interview", "?state=manager&export=xlsx", f"?q={WEST[:2]}"],
    "appraisals:calibration": [f"?store={WEST}", f"?store={WEST}&who={person(WEST, 'technician')}", f"?store={EAST}"],
    "appraisals:appeals": ["?waits=1", f"?q={SIGNS[WEST][1]}", "?export=xlsx"],
    "appraisals:sheets": [f"?month={OCTOBER}", "?state=manager"],
    "appraisals:papers": [f"?q={SIGNS[WEST][1]}"],
    "appraisals:summary": [f"?store={WEST}", f"?store={EAST}&as=pdf"],
    "appraisals:archive": ["?state=any", f"?state=any&store={WEST}", f"?state=any&q={SIGNS[WEST][1]}"],
    "goals:list": [f"?month={OCTOBER.plus(1)}", "?waits=hr", "?state=hr&export=xlsx", f"?q={WEST[:2]}"],
    "goals:many": [f"?month={OCTOBER.plus(1)}", "?state=hr"],
    "goals:team": [f"?month={OCTOBER.plus(1)}{more}" for more in ("", *(f"&store={store}" for store in STORES))],
    "people:roster_preview": ["?missing=remove"],
    "coaching:list": [f"?month={OCTOBER}", "?kind=coaching", f"?q={SIGNS[WEST][1]}"],
    "coaching:summaries": [f"?month={month}" for month in (SEPTEMBER, OCTOBER)],
    "coaching:new": [f"?who={person(WEST, 'technician')}"],
    "tasks:list": ["?of=all&state=all", "?of=others", "?waits=confirm", f"?of=all&q={SIGNS[WEST][1]}"],
    "analysis:list": [f"?q={WEST[:2]}", "?sort=store"],
    "analysis:missed": [f"?month={OCTOBER}{more}" for more in ("", *(f"&store={store}" for store in (*STORES, "*")))],
    "tasks:new": [f"?who={person(WEST, 'technician')}"],
}


def samples(group: Group) -> dict[str, list[dict[str, Any]]]:
    """Argument, or arguments that belong together → values of both stores."""
    people = [person(store, position) for store in STORES for position in ("technician", "chief")]
    uploads = [upload for store in STORES for upload in (group.uploads[store][0], *group.uploads[store][2:])]
    return {
        "employee_id": [{"employee_id": who} for who in people],
        "month": [{"month": month} for month in (SEPTEMBER, OCTOBER)],
        "month,employee_id": [{"month": SEPTEMBER, "employee_id": who} for who in people],
        "month,employee_id,event_id": [
            {"month": event.period, "employee_id": who, "event_id": event.pk}
            for event in EvidenceEvent.objects.filter(source="ratings")
            for who in people
        ],
        "month,employee_id,item": [
            {"month": SEPTEMBER, "employee_id": who, "item": item} for who in people for item in ("labour", "conduct")
        ],
        "employee_id,month": [{"month": month, "employee_id": people[2]} for month in (SEPTEMBER, OCTOBER)],
        "code": [{"code": code} for code in ("technician", "chief")],
        "act": [{"act": "settle"}],
        "user_id": [{"user_id": group.users[who].pk} for who in (people[0], people[2], f"hr@{WEST}")],
        "unit_id": [{"unit_id": pk} for pk in Unit.objects.filter(name__in=STORES).values_list("pk", flat=True)],
        "duty_id": [{"duty_id": pk} for pk in Duty.objects.values_list("pk", flat=True)],
        "delegation_id": [{"delegation_id": pk} for pk in Delegation.objects.values_list("pk", flat=True)],
        "grant_id": [{"grant_id": Grant.objects.first().pk}],  # type: ignore[union-attr]  # there are many
        "session_id": [{"session_id": 1}],
        "upload_id": [{"upload_id": upload.pk} for upload in uploads],
        "upload_id,digest": [
            {"upload_id": upload.pk, "digest": digest}
            for upload in uploads
            for digest in {*upload.sheets.values_list("digest", flat=True), *(o["digest"] for o in upload.others)}
        ],
        "source,number": [
            {"source": landing.source, "number": landing.number}
            for landing in Landing.objects.filter(source__in=("repair_orders", "payroll", "surveys"))
        ],
        "source": [{"source": "repair_orders"}, {"source": "payroll"}],
        "exemption_id": [{"exemption_id": pk} for pk in Exemption.objects.values_list("pk", flat=True)],
        "missing_order_id": [{"missing_order_id": pk} for pk in MissingOrder.objects.values_list("pk", flat=True)],
        "month,correction_id": [
            {"month": month, "correction_id": pk}
            for month, pk in Correction.objects.values_list("cycle__month", "pk").order_by("pk")
        ],
        "task_id": [{"task_id": pk} for pk in Task.objects.values_list("pk", flat=True)],
        "task_id,act": [{"task_id": pk, "act": "finish"} for pk in Task.objects.values_list("pk", flat=True)],
        "place,ref": [{"place": "task", "ref": pk} for pk in Task.objects.values_list("pk", flat=True)],
        "note_id": [{"note_id": pk} for pk in Note.objects.values_list("pk", flat=True)],
        "note_id,act": [{"note_id": pk, "act": "share"} for pk in Note.objects.values_list("pk", flat=True)],
        "suggestion_id": [{"suggestion_id": pk} for pk in Suggestion.objects.values_list("pk", flat=True)],
        "suggestion_id,act": [
            {"suggestion_id": pk, "act": "close"} for pk in Suggestion.objects.values_list("pk", flat=True)
        ],
        "questionnaire": [{"questionnaire": name} for name in ("review_360", "employee_satisfaction")],
        "survey_id": [{"survey_id": pk} for pk in Survey.objects.values_list("pk", flat=True)],
        "survey_id,act": [{"survey_id": pk, "act": "share"} for pk in Survey.objects.values_list("pk", flat=True)],
        "survey_id,employee_id": [
            {"survey_id": pk, "employee_id": person(store, "technician")}
            for pk, store in Survey.objects.values_list("pk", "store")
        ],
        "ticket_id": [{"ticket_id": pk} for pk in Ticket.objects.values_list("pk", flat=True)],
        "form_id": [{"form_id": pk} for pk in Appraisal.objects.values_list("pk", flat=True)],
        "form_id,signature_id": [
            {"form_id": form, "signature_id": pk}
            for form, pk in Signature.objects.values_list("appraisal", "pk").order_by("pk")
        ],
        "kpi_id": [{"kpi_id": pk} for pk in MissedKpi.objects.values_list("pk", flat=True)],
        "kpi_id,act": [{"kpi_id": pk, "act": "return"} for pk in MissedKpi.objects.values_list("pk", flat=True)],
        "analysis_id": [{"analysis_id": pk} for pk in Analysis.objects.values_list("pk", flat=True)],
        "analysis_id,act": [{"analysis_id": pk, "act": "send"} for pk in Analysis.objects.values_list("pk", flat=True)],
        "analysis_id,key,act": [
            {"analysis_id": pk, "key": "kpis", "act": "edit"} for pk in Analysis.objects.values_list("pk", flat=True)
        ],
        "appeal_id": [{"appeal_id": pk} for pk in Appeal.objects.values_list("pk", flat=True)],
        "sheet_id": [{"sheet_id": pk} for pk in GoalSheet.objects.values_list("pk", flat=True)],
        "sheet_id,signature_id": [
            {"sheet_id": sheet, "signature_id": pk}
            for sheet, pk in GoalSignature.objects.values_list("sheet", "pk").order_by("pk")
        ],
        "department_goal_id": [
            {"department_goal_id": pk} for pk in DepartmentGoal.objects.values_list("pk", flat=True)
        ],
        "position": [{"position": code} for code in ("technician", "chief")],
        "version_id": [{"version_id": 1}],
        "version_id,employee_id": [{"version_id": 1, "employee_id": person(store, "technician")} for store in STORES],
        "key": [{"key": "own"}],
        "notice_id": [{"notice_id": pk} for pk in (*Notice.objects.values_list("pk", flat=True), 0)],
        "bot_id": [{"bot_id": pk} for pk in (*Bot.objects.values_list("pk", flat=True), 0)],
        "delivery_id": [{"delivery_id": pk} for pk in (*Delivery.objects.values_list("pk", flat=True), 0)],
        "job_id": [{"job_id": pk} for pk in (*_jobs(), UUID(int=0))],
    }


def _jobs() -> list[UUID]:
    """The last job of each kind for each who began it, and those that failed."""
    last = {(job.kind, job.by_id, job.state): job.pk for job in Job.objects.order_by("made_at")}
    return list(last.values())


def addresses(group: Group) -> Iterator[tuple[Page, str]]:
    """Each address with each combination of samples; KeyError for an argument that nobody thought of."""
    known = samples(group)
    for page in pages():
        if OWN.match(page.name):
            continue
        names = [match["name"] for match in _ARGUMENT.finditer(page.address)]
        if "name" in names:  # a store, or a kind of file
            values = STORES if page.name == "settlements:store" else ("repair_orders",)
            chosen = [[{"name": value} for value in values]]
        elif ",".join(names) in known:
            chosen = [known[",".join(names)]]
        else:
            chosen = [known[name] for name in names]
        for parts in product(*chosen):
            arguments = {name: value for part in parts for name, value in part.items()}
            filled = _ARGUMENT.sub(lambda match, told=arguments: str(told[match["name"]]), page.address)
            yield from ((page, f"{filled}{query}") for query in ("", *ASKED.get(page.name, ())))


def answers(client: Client, group: Group) -> Iterator[tuple[str, int, str]]:
    """Address, status and text of what somebody is answered everywhere; of tables also the workbook."""
    for _, address in addresses(group):
        answer = asked(client, address)
        text = text_of(answer)
        yield address, answer.status_code, without_echo(text, address)
        if answer.status_code == 200 and "export=xlsx" in text:
            more = f"{address}{'&' if '?' in address else '?'}export=xlsx"
            workbook = asked(client, more)
            assert workbook.headers["Content-Type"] == XLSX, more
            yield more, workbook.status_code, text_of(workbook)


def asked(client: Client, address: str) -> Any:
    """The answer to an address with its query."""
    path, _, query = address.partition("?")
    return client.get(path, dict(parse_qsl(query)))


def without_echo(text: str, address: str) -> str:
    """A page without where it is and what was sought, which it says again, and without its token."""
    path, _, query = address.partition("?")
    values = [value for _, value in parse_qsl(query)]
    for said in sorted((path, *values, *map(quote_plus, values)), key=len, reverse=True):
        text = text.replace(said, "")
    return _TOKEN.sub("", text)


def text_of(answer: Any) -> str:
    """What an answer says, and how it is called: a page or file as it is, of a workbook every part of it, of a
    PDF its words."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.headers.get("Content-Type") == XLSX or content.startswith(b"PK\x03\x04"):
        with ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(part) for part in book.namelist())
    if answer.headers.get("Content-Type") == "application/pdf":
        # a name that a narrow column breaks in two is still a name that was read
        pages = (page.extract_text().replace("\n", "") for page in PdfReader(io.BytesIO(content)).pages)
        content = "\n".join(pages).encode()
    headers = " ".join(str(value) for value in answer.headers.values())
    return content.decode("utf-8", errors="replace") + headers


def money(fen: int | None) -> set[str]:
    """How an amount may be written: on a page, in a workbook, in a file; empty for what says nothing."""
    if fen is None or abs(fen) < 10_000:
        return set()
    yuan = f"{fen / 100:.2f}"
    return {f"{fen / 100:,.2f}", yuan, f">{yuan.rstrip('0').rstrip('.')}<"}


def pay_of(store: str, *names: str) -> set[str]:
    """Amounts of everybody's results in a store."""
    rows = Result.objects.filter(store=store).values_list(*names)
    return {text for row in rows for fen in row for text in money(fen)}


def sums_of(*stores: str) -> set[str]:
    """Sums of pay over stores, of each run in force, however they are written."""
    sums = (*pay_sums(*stores), *pay_sums(*stores, what="total"))
    return {text for fen in sums for text in money(fen)}


def pay_sums(*stores: str, what: str = "performance_pay") -> list[int]:
    """The sum of pay over stores, of each run in force, in fen."""
    runs = [cycle.run for cycle in Cycle.objects.select_related("run") if cycle.run]
    return [sum(getattr(sums, what) for sums in run.sums.filter(store__in=stores)) for run in runs]
