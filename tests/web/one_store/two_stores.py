"""A group of two stores whose every name, id, amount, file and note tells which of them it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.test.utils import override_settings
from django.utils import timezone

from fairwrench.catalog.loader import load_scheme
from fairwrench.closing.folder.folder import gather
from fairwrench.ledger.roster.roster import read_roster
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import Grant, User
from fairwrench.web.analysis.kpis.services import Answer, kpi_answer
from fairwrench.web.analysis.models import MissedKpi
from fairwrench.web.analysis.reports.content import Content as Shown
from fairwrench.web.analysis.reports.services import analysis_approve, analysis_draft, section_edit
from fairwrench.web.analysis.reports.workflow import ANALYSES
from fairwrench.web.appraisals.appeals.services import appeal_ask
from fairwrench.web.appraisals.selectors import forms
from fairwrench.web.appraisals.services import Interview, content_of, form_sign, interview_note
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence import tasks
from fairwrench.web.evidence.exemptions.exemptions import exemptions_ask
from fairwrench.web.evidence.kept_on_pages import AfterLanding
from fairwrench.web.evidence.missing_orders.missing_orders import missing_order_ask
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.reading.reading import read_file
from fairwrench.web.evidence.selectors import ledger, scheme_at, sources
from fairwrench.web.evidence.uploads.landings import landings_record
from fairwrench.web.evidence.uploads.mapping_services import mapping_save
from fairwrench.web.evidence.uploads.services import upload_add, upload_land
from fairwrench.web.goals.models import DepartmentGoal
from fairwrench.web.goals.selectors import sheets
from fairwrench.web.goals.sheets.content import content_of as goals_of
from fairwrench.web.goals.sheets.services import Draft, GoalDraft, sheet_sign, sheet_start
from fairwrench.web.org import schemes_in_use
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.people.delegation import delegation_ask
from fairwrench.web.people.roster_services import roster_apply
from fairwrench.web.settlements.feeds import correction_tell, rating_tell, target_retell
from fairwrench.web.settlements.models import Correction, Rating, Target
from fairwrench.web.settlements.months.workflow import MONTHS
from fairwrench.web.settlements.services import cycle_act, cycle_open, month_settle, month_work_out, run_verify
from fairwrench.web.tasks.services import Draft as TaskDraft
from fairwrench.web.tasks.services import task_give
from fairwrench.web.tasks.workflow import TASKS
from fairwrench.web.teams.models import TeamSet
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.ui import declarations
from fairwrench.web.work.comments.services import comment_add
from fairwrench.web.work.models import Job
from fairwrench.web.work.signing.documents import digest_of
from tests.closing.quiet import Quiet
from tests.report.small_group import SCHEME
from tests.web.one_store.names import EAST, OCTOBER, ORDERS, PAID, SEPTEMBER, SIGNS, STORES, WEST, name, person
from tests.web.one_store.voices import notes_and_summaries, suggestions, surveys

#: roles that are held in one store by people off the roster
ROLES = (
    *("hr", "general_manager", "auditor", "data_provider", "workshop_supervisor", "administrator"),
    *("gm_assistant", "service_manager", "dispatcher", "customer_service", "finance"),
)


def roster_lines() -> list[str]:
    """The roster as a file."""
    lines = ["工号,姓名,门店,部门,岗位,直接上级,状态,入职日期,全额工资"]
    for at, store in enumerate(STORES):
        for position, (words, salary, _) in PAID.items():
            above = "" if position == "chief" else person(store, "chief")
            told = (person(store, position), name(store, position), store, "售后", words, above, "在职", "2020-01-01")
            lines.append(",".join((*told, str(salary[at]))))
    return lines


def orders(store: str, month: Month, first: int = 1, lines: int = 2) -> bytes:
    """Repair orders of a store: each of its technician and advisor, worth something that no other store's is."""
    worth, sign = (417 if store == EAST else 733), SIGNS[store][0]
    rows = [
        f"{sign}-{month}-{n},{month}-{n + 10} 08:00,{month}-{n + 10} 12:00,{month}-{n + 10} 11:00,"
        f"{person(store, 'advisor')},{person(store, 'technician')},维修,{worth + n}.00"
        for n in range(first, first + lines)
    ]
    return "\n".join([ORDERS, *rows]).encode() + b"\n"


def write_data(folder: Path) -> Path:
    """The group's own files of both months: whatever is not handed in by the stores."""
    folder.mkdir(parents=True)
    (folder / "roster.csv").write_text("\n".join(roster_lines()), encoding="utf-8")
    for month in (SEPTEMBER, OCTOBER):
        place = folder / str(month)
        place.mkdir()
        pay, aims, rated = ["工号,月份,提成工资总额"], ["对象,指标,月份,目标值"], []
        for at, store in enumerate(STORES):
            for position in ("advisor", "technician"):
                who = person(store, position)
                pay.append(f"{who},{month},{PAID[position][2][at]}")
                rated.append(f"{who},工作态度,{person(store, 'chief')},{month},良好,{SIGNS[store][1]}事例")
            aims.append(f"{person(store, 'technician')},labour,{month},1000")
        (place / "薪资数据.csv").write_text("\n".join(pay), encoding="utf-8")
        (place / "目标值.csv").write_text("\n".join(aims), encoding="utf-8")
        head = "被评人工号,考核项,评分人,考核月份,等级,事例"
        (place / "评分.csv").write_text("\n".join([head, *rated]), encoding="utf-8")
        for store in STORES:
            (place / f"{store}_维修工单.csv").write_bytes(orders(store, month))
            sign, who = SIGNS[store][0], person(store, "advisor")
            answers = [f"{sign}-S{n},{who},{month}-1{n},{month}-1{n},是,是" for n in (1, 2)]
            head = "回访编号,服务顾问,应回访日期,回访日期,是否接通,是否满意"
            (place / f"{store}_回访.csv").write_text("\n".join([head, *answers]), encoding="utf-8")
    return folder


@dataclass
class Group:
    """The built group: who holds which role where, by `role` and `role@store`, and what each store handed in."""

    users: dict[str, User] = field(default_factory=dict)
    uploads: dict[str, list[Upload]] = field(default_factory=dict)

    def numbers(self) -> dict[str, dict[str, Any]]:
        """What tells `read` the group when its rows stand in a database again."""
        uploads = {store: [str(upload.pk) for upload in handed_in] for store, handed_in in self.uploads.items()}
        return {"users": {who: user.pk for who, user in self.users.items()}, "uploads": uploads}

    @staticmethod
    def read(numbers: dict[str, dict[str, Any]]) -> Group:
        """The group by the numbers of its users and uploads."""
        uploads = {store: [Upload.objects.get(pk=pk) for pk in pks] for store, pks in numbers["uploads"].items()}
        return Group({who: User.objects.get(pk=pk) for who, pk in numbers["users"].items()}, uploads)


@contextmanager
def lives_in(home: Path) -> Iterator[None]:
    """The settings under which the group is used. Landings work nothing out of themselves, files are read here and not
    in a process of their own, and the scheme is read once: none of that is what is looked at."""
    others = tuple(part for part in declarations._parts() if not isinstance(part, AfterLanding))
    folders = {part: home / part.lower() for part in ("LEDGER", "SETTLEMENTS", "UPLOADS")}
    with (
        override_settings(**folders, HOME=home, SCHEME=str(SCHEME)),
        patch.object(declarations, "_parts", lambda: others),
        patch.object(tasks, "read_file_bounded", read_file),
        patch.object(schemes_in_use, "load_scheme", lru_cache(load_scheme)),
    ):
        yield


def build(home: Path) -> Group:
    """September published, October settled and worked out, with something of every kind in each store."""
    data, group = write_data(home / "data"), Group()
    scheme = scheme_at(month=OCTOBER)
    roster, problems = read_roster(data / "roster.csv", scheme)
    assert not [problem for problem in problems if problem.severity == "error"]
    roster_apply(roster=roster, by=None)
    _people(group)
    gather(data, scheme, sources(), OCTOBER).land(ledger(), sources(), Quiet(), by="系统")
    landings_record(ledger=ledger())
    hr = group.users["hr"]
    for store in STORES:
        _hand_in(group, store)
    for month in (SEPTEMBER, OCTOBER):
        cycle = cycle_open(month=month)
        _corrections(group, cycle)
        if month == OCTOBER:
            month_work_out(cycle=cycle, by=hr)
        month_settle(cycle=cycle, by=hr, note="试算")
        _done(cycle)
    for act, role in (("approve_hr", "hr"), ("approve", "general_manager"), ("publish", "hr")):
        cycle = Cycle.objects.get(month=str(SEPTEMBER))
        cycle_act(cycle=cycle, act=act, seen=cycle.version, by=group.users[role])
    october = Cycle.objects.select_related("run").get(month=str(OCTOBER))
    _corrections_asked(group, october)
    _tickets(group)
    _tasks(group)
    notes_and_summaries(group.users)
    suggestions(group.users)
    surveys(group.users)
    _team_shares(group)
    _interviews(group)
    _goals(group)
    _analyses(group, october)
    for _, sign in SIGNS.values():
        MONTHS.write(record=october, act="send_back", by=hr, note=f"{sign}备注", run=october.run_id)
    assert october.run is not None
    _checked(run_verify(run=october.run, by=hr))
    _failed_job()
    _fines(group, october)
    return group


def _fines(group: Group, cycle: Cycle) -> None:
    """In each store the technician and the advisor handed in late, and the technician's fine was kept on record."""
    assert cycle.run is not None
    details = {"amount": "500.00", "days": "1", "steps": "", "effect": "money"}
    for store in STORES:
        for position in ("technician", "advisor"):
            told = {"zh": "迟交", "en": "late", "severity": "note", "subject": person(store, position)}
            cycle.run.problems.append({**told, "code": "fine_proposed", "details": details, "stores": [store]})
        who, chief = Employee.objects.get(employee_id=person(store, "technician")), group.users[person(store, "chief")]
        decided = {
            "state": Correction.State.APPROVED,
            "decided_by": chief,
            "by": chief,
            "decided_at": cycle.run.made_at,
        }
        told = {"concerns": cycle.month, "kind": "fine_record", "reason": f"{SIGNS[store][1]}迟交说明"}
        Correction.objects.create(cycle=cycle, employee=who, **decided, **told)
    cycle.run.save(update_fields=["problems"])


def _people(group: Group) -> None:
    """An account for everybody, roles held for the whole group and in each store, duties, stand-ins."""
    for employee in Employee.objects.all():
        group.users[employee.employee_id] = User.objects.create_user(employee.employee_id.lower(), employee=employee)
    for role in ROLES:
        group.users[role] = _holder(role, None)
        for store in STORES if role != "administrator" else ():
            group.users[f"{role}@{store}"] = _holder(role, store)
    for store in STORES:
        unit, chief = Unit.objects.get(name=store), Employee.objects.get(employee_id=person(store, "chief"))
        provider = Employee.objects.get(employee_id=person(store, "advisor"))
        for source in ("repair_orders", "surveys"):
            Duty.objects.create(kind=Duty.Kind.PROVIDE, subject=source, unit=unit, employee=provider)
        Grant.objects.create(user=group.users[provider.employee_id], role=Grant.Role.PROVIDER, unit=unit)
        days = {"begin": today(), "end": today() + timedelta(9)}
        away = Employee.objects.get(employee_id=person(store, "technician"))
        delegation_ask(away=away, stand_in=chief, reason=f"{SIGNS[store][1]}休假", by=None, **days)


def _holder(role: str, store: str | None) -> User:
    called = f"{role}-{SIGNS[store][1] if store else 'group'}"
    user = User.objects.create_user(called, name=called)
    Grant.objects.create(user=user, role=role, unit=Unit.objects.get(name=store) if store else None)
    return user


def _hand_in(group: Group, store: str) -> None:
    """A file that landed, one that replaces rows of it, one that waits, one that nobody knows, an exemption."""
    sign, provider = SIGNS[store][1], group.users[person(store, "advisor")]
    files = {
        f"{store}_{sign}工单.csv": orders(store, OCTOBER, first=3),
        f"{store}_{sign}工单改.csv": orders(store, OCTOBER, first=3).replace(b".00", b".50"),
        f"{store}_{sign}待导入.csv": orders(store, OCTOBER, first=7),
        f"{store}_{sign}陌生.csv": f"{sign}列,{sign}人\n1,{person(store, 'advisor')}\n".encode(),
    }
    uploads = []
    for called, content in files.items():
        taken = upload_add(content=content, name=called, month=OCTOBER, by=provider)
        assert taken.upload is not None
        uploads.append(Upload.objects.get(pk=taken.upload.pk))
    for upload in uploads[:2]:
        upload_land(upload=upload, by=provider, version=upload.version)
    digest = uploads[2].sheets.get().digest
    mapping_save(
        **{"upload": uploads[2], "digest": digest, "source": "repair_orders", "labels": {"工时费": "labour_amount"}},
        **{"everywhere": False, "by": provider},
    )
    group.uploads[store] = [Upload.objects.get(pk=upload.pk) for upload in uploads]
    told = {"order_no": f"{SIGNS[store][0]}-少单", "plate": "", "day": OCTOBER.first, "done": f"{sign}少单", "note": ""}
    missing_order_ask(user=group.users[person(store, "technician")], told=told)
    key = f"{store}|{SIGNS[store][0]}-{OCTOBER}-1"
    about = {"source": "repair_orders", "key": key, "metrics": ["labour"], "month": OCTOBER}
    exemptions_ask(user=provider, reason=f"{sign}剔除原因", **about)


def _corrections(group: Group, cycle: Cycle) -> None:
    """What HR of each store corrects and aims at, and what its manager rates."""
    for store in STORES:
        sign, who = SIGNS[store][1], Employee.objects.get(employee_id=person(store, "technician"))
        chief = Employee.objects.get(employee_id=person(store, "chief"))
        told = {"concerns": cycle.month, "kind": "deduction", "reason": f"{sign}更正理由", "value": 12_300}
        decided = {"state": Correction.State.APPROVED, "decided_by": group.users[chief.employee_id]}
        decided |= {"by": group.users["hr"], "decided_at": timezone.now()}
        correction_tell(correction=Correction.objects.create(cycle=cycle, employee=who, **decided, **told), by=None)
        given = {
            "role": "line_manager",
            "level": "良好",
            "example": f"{sign}评语",
            "by": group.users[chief.employee_id],
        }
        about = {"month": cycle.month, "employee": who, "item": "conduct", "rater": chief}
        rating_tell(rating=Rating.objects.create(**about, **given), by=None)
        aim = {"subject": store, "metric": "on_time", "value": Decimal("0.9"), "by": group.users[f"hr@{store}"]}
        target = Target.objects.create(month=cycle.month, **aim)
        target_retell(target=target, told_as=[[store, "on_time"]], by=None)


def _corrections_asked(group: Group, cycle: Cycle) -> None:
    """In each store a correction that HR of the group asked for, and one of HR of the store."""
    for store in STORES:
        sign, who = SIGNS[store][1], Employee.objects.get(employee_id=person(store, "technician"))
        told = {"concerns": str(SEPTEMBER), "kind": "appeal_score", "value": 12_345, "reason": f"{sign}申诉理由"}
        figures = {"state": "settled", "score": 12_345, "grade": "A", "total": 700_100 + STORES.index(store)}
        effect = {"store": store, "before": {**figures, "grade": "C"}, "after": figures}
        for role in ("hr", f"hr@{store}"):
            Correction.objects.create(cycle=cycle, employee=who, by=group.users[role], effect=effect, **told)


def _tickets(group: Group) -> None:
    """In each store a penalty that its chief wrote and the technician acknowledged."""
    for store in STORES:
        sign, chief = SIGNS[store][1], group.users[person(store, "chief")]
        about = {
            "kind": "penalty",
            "article": "reprimand",
            "article_zh": f"{sign}批评",
            "article_en": f"{sign} reprimand",
        }
        who = Employee.objects.get(employee_id=person(store, "technician"))
        told = {"store": store, "day": OCTOBER.first, "words": f"{sign}奖惩经过", "by": chief, "state": "acknowledged"}
        Ticket.objects.create(employee=who, **about, **told)


def _tasks(group: Group) -> None:
    """In each store a task that its chief gave the technician, who asked for help in a comment, and one to confirm."""
    for store in STORES:
        sign, chief = SIGNS[store][1], group.users[person(store, "chief")]
        who = Employee.objects.get(employee_id=person(store, "technician"))
        for title in (f"{sign}任务", f"{sign}待确认任务"):
            draft = TaskDraft(who, title, today() + timedelta(3), f"{sign}任务说明")
            task = task_give(draft=draft, by=chief)
        TASKS.act(record=task, name="finish", by=group.users[who.employee_id])
        comment_add(place="task", ref=str(task.pk), words=f"{sign}评论", by=chief)


def _interviews(group: Group) -> None:
    """In each store the interview of the technician about October, noted by the chief and signed by the technician."""
    for store in STORES:
        sign, chief, who = SIGNS[store][1], group.users[person(store, "chief")], person(store, "technician")
        form = forms().get(cycle__month=str(OCTOBER), employee__employee_id=who)
        told = Interview(held_on=OCTOBER.last, place=f"{sign}面谈室", agreed=f"{sign}面谈约定")
        form = interview_note(form=form, interview=told, seen=form.version, by=chief)
        document = digest_of(content_of(form=form).document)
        form_sign(form=form, act="sign", digest=document, seen=form.version, by=group.users[who])
        appeal_ask(form=form, item="", expected=f"{sign}期望", reason=f"{sign}绩效申诉", by=group.users[who])


def _goals(group: Group) -> None:
    """In each store a goal of it with a budget, and the technician's of November, signed; December's a draft."""
    for at, store in enumerate(STORES):
        sign, chief, who = SIGNS[store][1], group.users[person(store, "chief")], person(store, "technician")
        above = DepartmentGoal.objects.create(
            unit=Unit.objects.get(name=store), year=2026, title=f"{sign}门店目标", budget=(707_100, 909_300)[at]
        )
        draft = Draft([GoalDraft("key", f"{sign}目标", measure=f"{sign}衡量", department_goal=above)])
        employee = Employee.objects.get(employee_id=who)
        sheet = sheet_start(employee=employee, month=OCTOBER.plus(1), draft=draft, by=chief)
        for act, by in (("sign_manager", chief), ("sign", group.users[who])):
            sheet = sheets().get(pk=sheet.pk)
            shown = digest_of(goals_of(sheet=sheet).document)
            sheet_sign(sheet=sheet, act=act, digest=shown, seen=sheet.version, by=by)
        # one that is being drafted, too
        sheet_start(employee=employee, month=OCTOBER.plus(2), draft=draft, by=chief)


def _analyses(group: Group, cycle: Cycle) -> None:
    """In each store a missed KPI that its chief answered for, and the analysis of October, sent to the chief; for the
    whole group a draft."""
    for store in STORES:
        sign, chief = SIGNS[store][1], group.users[person(store, "chief")]
        hr, gm = group.users[f"hr@{store}"], group.users[f"general_manager@{store}"]
        kpi = MissedKpi.objects.create(cycle=cycle, store=store, metric="on_time", owner=chief.employee)
        who = Employee.objects.get(employee_id=person(store, "technician"))
        answer = Answer(f"{sign}未达标原因", f"{sign}改进措施", who, today() + timedelta(5))
        kpi_answer(kpi=kpi, answer=answer, by=chief, seen=kpi.version)
        analysis = analysis_draft(cycle=cycle, store=store, by=hr)
        for section in analysis.sections.all():
            text = f"{section.text}\n{sign}分析{section.key}"
            section_edit(analysis=analysis, key=section.key, text=text, by=hr, seen=0)
        analysis.refresh_from_db()
        analysis = ANALYSES.act(record=analysis, name="submit", by=hr, seen=analysis.version)
        shown = Shown.of(analysis).digest
        analysis = analysis_approve(analysis=analysis, digest=shown, by=gm, seen=analysis.version)
        ANALYSES.act(record=analysis, name="send", by=hr, seen=analysis.version)
    analysis_draft(cycle=cycle, store="*", by=group.users["hr"])


def _team_shares(group: Group) -> None:
    """In each store a team whose technician has all of it, as the chief confirmed for October and the month after."""
    for store, month in product(STORES, (OCTOBER, OCTOBER.plus(1))):
        TeamSet.objects.create(
            **{"month": str(month), "store": store, "team": f"{SIGNS[store][1]}一组", "begin": month.first},
            **{"parts": {person(store, "technician"): 1000}, "at": timezone.now()},
            by=group.users[person(store, "chief")],
            # not landed, so that it is the last word
            job=Job.objects.create(kind="teams_land", key=f"team:{store}:{month}", arguments={"set_id": 0}),
        )


def _done(cycle: Cycle) -> None:
    failed = Job.objects.filter(key__endswith=cycle.month).exclude(state=Job.State.DONE)
    assert not failed.exists(), [job.problems for job in failed]


def problems() -> list[dict[str, Any]]:
    """What is wrong with somebody in each store, and with nobody in particular, as jobs keep it."""
    people = [(person(store, "advisor"), f"{name(store, 'advisor')}（{person(store, 'advisor')}）") for store in STORES]
    told = [*people, ("", f"{SIGNS[EAST][1]}{SIGNS[WEST][1]}之外")]
    facts = {"severity": "error", "path": [], "file": "", "line": 0, "details": {}}
    return [{"code": "wrong", "zh": f"{zh}有误", "en": f"{who} wrong", "subject": who, **facts} for who, zh in told]


def _checked(job: Job) -> None:
    """A check of October that came out equal, and then, as if somebody had tampered, unequal in both stores."""
    job.refresh_from_db()
    assert job.result == {"equal": True, "cause": None, "differences": []}
    Job.objects.filter(pk=job.pk).update(result={"equal": False, "cause": "evidence", "differences": problems()})


def _failed_job() -> None:
    """The last attempt at October failed, for reasons in each store."""
    told = {"state": Job.State.FAILED, "problems": problems(), "arguments": {"month": str(OCTOBER)}}
    Job.objects.create(kind="settle_month", key=f"settle:{OCTOBER}", **told)
