"""The way of an appraisal form as a table (S1 ❺ 5.1.4 and 5): interview, three signatures, filed by HR."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.targets import ONESELF, OfStore, Target
from fairwrench.web.appraisals.content import OF_INTERVIEW
from fairwrench.web.appraisals.models import Appraisal, Signature
from fairwrench.web.appraisals.selectors import TALK, forms_as
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Result
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import Message
from fairwrench.web.work.workflow.workflow import Act, Doing, Guard, Workflow, with_note

State, Capacity = Appraisal.State, Signature.Capacity
#: letters of what is said to an act
NOTE = 400
#: how the note of a refusal was served, when and by whom
SERVED = ("served_how", "served_on", "served_by")


def _oneself(_form: Appraisal) -> Target:
    return ONESELF


def _store(form: Appraisal) -> Target:
    return OfStore(form.store)


def _unless(*capacities: str) -> Callable[[Appraisal, User], Problem | None]:
    """Denies whoever acts on the form in none of some capacities."""

    def denied(form: Appraisal, user: User) -> Problem | None:
        found = any(forms_as(user=user, capacity=each).filter(pk=form.pk).exists() for each in capacities)
        return None if found else _theirs()

    return denied


def _talks(form: Appraisal, user: User) -> Problem | None:
    """Denies whoever does not hold the interview of the next level; where none is asked for, the guard says so."""
    return _unless(TALK)(form, user) if form.next_due else None


def _theirs() -> Problem:
    return Problem("not_yours", "这一步由别人办理", "this step is somebody else's")


def _moved_on(form: Appraisal) -> Problem:
    label = State(form.state).label
    zh, en = (
        f"这张表现在是“{label}”，或内容已变动，请重新查看",
        f"the form is “{label}” by now, or says something else; look again",
    )
    return Problem("moved_on", zh, en)


def _empty(_form: Appraisal, doing: Doing) -> Iterator[Problem]:
    if not any(doing.given.get(name) for name in ("went_well", "to_improve", "agreed")):
        zh, en = (
            "请写面谈要点：做得好的、要改进的、约定",
            "write down what was said: what went well, what to improve, what was agreed",
        )
        yield Problem("nothing_said", zh, en, path=("went_well",))


def _interview(form: Appraisal, doing: Doing) -> None:
    for name in (*OF_INTERVIEW, "figures"):
        setattr(form, name, doing.given[name])


def _sign(capacity: str, form: Appraisal, doing: Doing) -> None:
    Signature.objects.create(
        appraisal=form, capacity=capacity, signer=doing.by.employee, by=doing.by, document=doing.given["document"]
    )


def _sign_manager(form: Appraisal, doing: Doing) -> None:
    _sign(Capacity.LINE_MANAGER, form, doing)
    # nobody stands above the manager, or it is who signed: HR is next (5.1.5 has nobody else to sign)
    if _nobody(form.next_level) or form.next_level_id in (doing.by.employee_id, form.line_manager_id):
        form.state = State.HR


def _nobody(manager: Employee | None) -> bool:
    return manager is None or manager.has_left()


def _decline(form: Appraisal, doing: Doing) -> None:
    Signature.objects.create(
        appraisal=form,
        capacity=Capacity.EMPLOYEE,
        signer=form.employee,
        by=doing.by,
        document=doing.given["document"],
        refused=doing.note[:NOTE],
        witness=doing.given["witness"],
        **{name: doing.given[name] for name in SERVED if doing.given.get(name)},
    )


def _unwitnessed(form: Appraisal, doing: Doing) -> Iterator[Problem]:
    witness = doing.given.get("witness")
    if witness is None:
        yield Problem("no_witness", "请选择在场的见证人", "name who was there as a witness", path=("witness",))
    elif witness.has_left():
        zh, en = f"{witness.name} 已离职，不能作见证人", f"{witness.name} has left and was no witness"
        yield Problem("witness_left", zh, en, path=("witness",))
    elif witness.pk in (form.employee_id, doing.by.employee_id):
        zh, en = "见证人须是员工和面谈人以外的人", "the witness is neither the employee nor who held the interview"
        yield Problem("own_witness", zh, en, path=("witness",))


def _no_talk_due(form: Appraisal, _doing: Doing) -> Iterator[Problem]:
    if not form.next_due:
        yield Problem("no_talk_due", "该等级不要求隔级面谈", "no next-level interview is asked for at this grade")


def _untalked(form: Appraisal, _doing: Doing) -> Iterator[Problem]:
    if form.next_due and form.next_on is None and not form.next_not_held:
        zh, en = (
            "该等级要求隔级面谈，请先记录面谈或写明未面谈的原因",
            "this grade asks for a next-level interview; note it first, or why it was not held",
        )
        yield Problem("talk_open", zh, en)


def _nothing_talked(_form: Appraisal, doing: Doing) -> Iterator[Problem]:
    if not doing.given.get("next_said"):
        yield Problem("nothing_talked", "请写谈话内容", "write down what was said", path=("next_said",))


def _talk(form: Appraisal, doing: Doing) -> None:
    form.next_on, form.next_not_held = doing.given["next_on"], ""
    form.next_said, form.next_agreed = doing.given["next_said"], doing.given["next_agreed"]


def _no_talk(form: Appraisal, doing: Doing) -> None:
    form.next_on, form.next_said, form.next_agreed, form.next_not_held = None, "", "", doing.note[:NOTE]


def _serve(form: Appraisal, doing: Doing) -> None:
    refused = form.signatures.filter(capacity=Capacity.EMPLOYEE, void_at=None).exclude(refused="")
    for signature in refused:
        for name in SERVED:
            setattr(signature, name, doing.given[name])
        signature.save(update_fields=SERVED)


def _month_held(form: Appraisal) -> None:
    # so that of an act and the closing of the month the second sees the first; before the form, as settling does
    Cycle.objects.select_for_update().get(pk=form.cycle_id)


def _month_closed(form: Appraisal, _doing: Doing) -> Iterator[Problem]:
    if form.cycle.closed:
        yield Problem("month_closed", "本月已归档，表不再变动", "the month is closed, and its forms stay as they are")


def _not_refused(form: Appraisal, _doing: Doing) -> Iterator[Problem]:
    refused = form.signatures.filter(capacity=Capacity.EMPLOYEE, void_at=None).exclude(refused="")
    if not refused.exists():
        yield Problem("not_refused", "没有拒签记录", "no refusal is noted")


def _sign_late(form: Appraisal, doing: Doing) -> None:
    # the refusal stays, void
    form.signatures.filter(capacity=Capacity.EMPLOYEE, void_at=None).update(void_at=timezone.now())
    _sign(Capacity.EMPLOYEE, form, doing)


def _has_result(form: Appraisal, _doing: Doing) -> Iterator[Problem]:
    if Result.objects.filter(run=form.run_id, employee_id=form.employee.employee_id).exists():
        yield Problem("has_result", "此人有核算结果，请按步骤办理", "the person has a result: go by its steps")


def _void(form: Appraisal, _doing: Doing) -> None:
    form.signatures.filter(void_at=None).update(void_at=timezone.now())


def _tell(form: Appraisal, people: Iterable[Employee | None], words: tuple[str, str]) -> list[Message]:
    users = User.objects.coming_in().filter(employee__in=[each for each in people if each is not None])
    told = (f"{form.cycle.month} {form.employee.name}的绩效评估表{words[0]}",)
    en = f"the appraisal of {form.employee.name}, {form.cycle.month}, {words[1]}"
    return [Message(list(users), (*told, en), reverse("appraisals:form", args=[form.pk]))]


def _tell_interviewed(form: Appraisal, _doing: Doing) -> list[Message]:
    return _tell(form, [form.employee], ("面谈记录已写好，请查看并签字", "waits for your signature"))


def _tell_declined(form: Appraisal, doing: Doing) -> list[Message]:
    words = (
        f"记为拒签：{doing.note}；如有出入，您仍可补签或申诉",
        f"is noted as not signed: {doing.note}; you may still sign or appeal",
    )
    witness = doing.given.get("witness")
    seen = (f"记为员工拒签，您是见证人：{doing.note}", f"is noted as not signed, with you as a witness: {doing.note}")
    # a witness was there and need not be of those who read the form: no link that is closed to them
    told = [replace(each, url=reverse("inbox:list")) for each in _tell(form, [witness], seen)]
    return _tell(form, [form.employee], words) + told


def _tell_returned(form: Appraisal, doing: Doing) -> list[Message]:
    words = (f"被退回：{doing.note}", f"was returned: {doing.note}")
    return _tell(form, [form.line_manager], words)


def _tell_talked(form: Appraisal, _doing: Doing) -> list[Message]:
    words = ("已记录隔级面谈", "has a next-level interview noted")
    return _tell(form, [form.employee, form.line_manager], words)


def _tell_reopened(form: Appraisal, doing: Doing) -> list[Message]:
    words = (f"已重新打开，签字作废：{doing.note}", f"was opened again, its signatures are void: {doing.note}")
    return _tell(form, [form.employee, form.line_manager], words)


SAID = Guard[Appraisal](("面谈记录是空的", "nothing was written down"), _empty)
WITNESSED = Guard[Appraisal](("没有见证人", "nobody was there as a witness"), _unwitnessed)
OPEN_MONTH = Guard[Appraisal](("本月已归档", "the month is closed"), _month_closed)
REFUSED = Guard[Appraisal](("没有拒签记录", "no refusal is noted"), _not_refused, of_person=True)
TALK_DUE = Guard[Appraisal](("该等级不要求隔级面谈", "no next-level interview is due"), _no_talk_due, of_person=True)
TALKED = Guard[Appraisal](("隔级面谈还没有记录", "the next-level interview is open"), _untalked, of_person=True)
TALK_SAID = Guard[Appraisal](("没有谈话内容", "nothing was written down"), _nothing_talked)
NO_RESULT = Guard[Appraisal](("此人有核算结果", "the person has a result"), _has_result, of_person=True)
OTHERS: Words = ("别人的表", "other people's forms")
WHY = with_note(Problem("no_reason", "请写明原因", "say why"))
#: what one does as the person, as a manager, and what HR does
_own = partial(Act[Appraisal], permission="appraisals.sign", about=_oneself, denied_says=OTHERS)
_hr = partial(
    Act[Appraisal],
    permission="appraisals.file",
    about=_store,
    denied=_unless(Capacity.HR),
    denied_says=("自己的表", "one's own form"),
)


def _signs(capacity: str) -> Callable[[Appraisal, Doing], None]:
    return partial(_sign, capacity)


APPRAISALS: Workflow[Appraisal] = Workflow(
    name="appraisal",
    words=("绩效评估表", "An appraisal"),
    model=Appraisal,
    states=State,
    acts=(
        _own(
            name="interview",
            words=("记录面谈", "noted the interview"),
            froms=(State.INTERVIEW, State.EMPLOYEE),
            to=State.EMPLOYEE,
            denied=_unless(Capacity.LINE_MANAGER),
            guards=(OPEN_MONTH, SAID),
            effect=_interview,
            tells=_tell_interviewed,
        ),
        _own(
            name="sign",
            words=("员工签字", "signed as the employee"),
            froms=(State.EMPLOYEE,),
            to=State.MANAGER,
            denied=_unless(Capacity.EMPLOYEE),
            guards=(OPEN_MONTH,),
            effect=_signs(Capacity.EMPLOYEE),
            button=("我已看过，签字", "I have read it: sign"),
        ),
        _own(
            name="decline",
            words=("员工拒签，已记录", "noted that the employee does not sign"),
            froms=(State.EMPLOYEE,),
            to=State.MANAGER,
            denied=_unless(Capacity.LINE_MANAGER),
            guards=(OPEN_MONTH, WHY, WITNESSED),
            effect=_decline,
            tells=_tell_declined,
        ),
        _own(
            name="sign_late",
            words=("员工补签", "signed after all as the employee"),
            froms=(State.MANAGER, State.NEXT_LEVEL, State.HR),
            # whoever signed meanwhile signed the same form
            to="",
            denied=_unless(Capacity.EMPLOYEE),
            guards=(OPEN_MONTH, REFUSED),
            effect=_sign_late,
            button=("我愿意签字", "Sign after all"),
        ),
        _own(
            name="sign_manager",
            words=("直接上级签字", "signed as line manager"),
            froms=(State.MANAGER,),
            to=State.NEXT_LEVEL,
            denied=_unless(Capacity.LINE_MANAGER),
            guards=(OPEN_MONTH,),
            effect=_sign_manager,
            button=("签字", "Sign"),
        ),
        _own(
            name="talk",
            words=("记录隔级面谈", "noted the next-level interview"),
            froms=(State.EMPLOYEE, State.MANAGER, State.NEXT_LEVEL, State.HR),
            to="",
            denied=_talks,
            guards=(OPEN_MONTH, TALK_DUE, TALK_SAID),
            effect=_talk,
            tells=_tell_talked,
        ),
        _own(
            name="no_talk",
            words=("未进行隔级面谈", "noted that no next-level interview was held"),
            froms=(State.EMPLOYEE, State.MANAGER, State.NEXT_LEVEL, State.HR),
            to="",
            denied=_talks,
            guards=(OPEN_MONTH, TALK_DUE, WHY),
            effect=_no_talk,
            button=("未进行隔级面谈", "No next-level interview"),
            asks=("为什么没有面谈？", "Why was it not held?"),
            icon="x",
            quiet=True,
        ),
        _own(
            name="serve",
            words=("记录送达", "noted how the refusal was served"),
            froms=(State.MANAGER, State.NEXT_LEVEL, State.HR, State.FILED),
            to="",
            denied=_unless(Capacity.LINE_MANAGER, Capacity.HR),
            guards=(OPEN_MONTH, REFUSED),
            effect=_serve,
        ),
        _own(
            name="sign_next",
            words=("隔级上级签字", "signed as next-level manager"),
            froms=(State.NEXT_LEVEL,),
            to=State.HR,
            denied=_unless(Capacity.NEXT_LEVEL),
            guards=(OPEN_MONTH, TALKED),
            effect=_signs(Capacity.NEXT_LEVEL),
            button=("签字", "Sign"),
        ),
        _own(
            name="return",
            words=("退回重谈", "returned it"),
            froms=(State.NEXT_LEVEL,),
            to=State.INTERVIEW,
            denied=_unless(Capacity.NEXT_LEVEL),
            guards=(OPEN_MONTH, WHY),
            effect=_void,
            tells=_tell_returned,
            button=("退回重谈", "Return it"),
            asks=("哪里要重谈？", "What has to be talked about again?"),
            icon="rotate",
        ),
        _hr(
            name="file",
            words=("人力资源审核归档", "checked and filed"),
            froms=(State.HR,),
            to=State.FILED,
            guards=(OPEN_MONTH, TALKED),
            effect=_signs(Capacity.HR),
            button=("审核无误，归档", "It is right: file it"),
        ),
        _hr(
            name="pass_over",
            words=("无法签字，直接送归档", "passed over who cannot sign"),
            froms=(State.INTERVIEW, State.EMPLOYEE, State.MANAGER, State.NEXT_LEVEL),
            to=State.HR,
            guards=(OPEN_MONTH, WHY),
            button=("无法签字，直接送归档", "Pass over who cannot sign"),
            asks=("谁无法签字，为什么？", "Who cannot sign, and why?"),
            icon="arrow-right",
            quiet=True,
        ),
        _hr(
            name="end",
            words=(
                "本人已不在核算结果中，直接归档",
                "filed without a result of the person",
            ),
            froms=(State.INTERVIEW, State.EMPLOYEE, State.MANAGER, State.NEXT_LEVEL, State.HR),
            to=State.FILED,
            guards=(OPEN_MONTH, NO_RESULT, WHY),
            button=("本人已不在核算结果中，直接归档", "File it: the person has no result any more"),
            asks=("为什么没有结果？", "Why is there none?"),
            icon="archive",
        ),
        _hr(
            name="reopen",
            words=("重新打开，签字作废", "opened it again; signatures are void"),
            froms=(State.EMPLOYEE, State.MANAGER, State.NEXT_LEVEL, State.HR, State.FILED),
            to=State.INTERVIEW,
            guards=(OPEN_MONTH, WHY),
            effect=_void,
            tells=_tell_reopened,
            button=("重新打开，签字作废", "Open it again"),
            asks=("为什么重新打开？", "Why?"),
            icon="rotate",
            quiet=True,
        ),
        Act(
            name="figures_changed",
            words=("重新核算后内容有变动，须重新签字", "its figures changed when the month was settled anew"),
            froms=(*State,),
            to=State.EMPLOYEE,
            # by who settles the month anew
            permission="settlements.settle",
            in_background=True,
        ),
    ),
    way=(State.INTERVIEW, State.EMPLOYEE, State.MANAGER, State.NEXT_LEVEL, State.HR, State.FILED),
    not_now=_moved_on,
    moved_on=_moved_on,
    holds=_month_held,
)
#: act → as what its signature stands on the form
SIGNS: dict[str, Any] = {
    "sign": Capacity.EMPLOYEE,
    "sign_late": Capacity.EMPLOYEE,
    "sign_manager": Capacity.LINE_MANAGER,
    "sign_next": Capacity.NEXT_LEVEL,
    "file": Capacity.HR,
}
