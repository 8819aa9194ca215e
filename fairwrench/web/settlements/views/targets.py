"""The targets of a month: a store, its departments and its people, each with what counts and whence."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import may, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import OfStore
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.ratings.rating import run_to_rate
from fairwrench.web.settlements.services import month_estimate, told
from fairwrench.web.settlements.targets.services import Saved, targets_save
from fairwrench.web.settlements.targets.target_grid import EVERYWHERE, by_file_alone, rows_of, stores_aimed
from fairwrench.web.ui.requests.parameters import text_of
from fairwrench.web.ui.words import joined, lang, pick

#: what of a form could not be kept, until its page was shown again
UNFIT = "targets_unfit"
#: letters of a store's name
STORE = 80
AFTER_SEALING = (
    "这个月的数据已经锁定或正在锁定：刚保存的目标值不在其中，由人力资源重新锁定后才计入。",
    "The month is sealed or being sealed: what you saved is not in it and counts once HR seals it again.",
)


@opened("targets.view")
def targets(request: SignedInRequest, month: str) -> HttpResponse:
    """What a store, its departments and its people aim at in a month; HR of the store enters it."""
    cycle = get_object_or_404(Cycle, month=month)
    if request.method == "POST":
        return _save(request, cycle)
    run = run_to_rate(month=cycle.month)
    stores = stores_aimed(run=run, user=request.user) if run else []
    store = text_of(request.GET, "store", STORE) or next(iter(stores), "")
    every = "all" in request.GET
    unfit = request.session.pop(UNFIT, None) or {"problems": [], "typed": None}
    shown: dict[str, Any] = {"store": store, "every": every, "typed": unfit["typed"]}
    open_now = cycle.state != Cycle.State.PUBLISHED
    alone = bool(store) and by_file_alone(cycle=cycle, store=store)
    context = {
        "cycle": cycle,
        **shown,
        "by_file_alone": alone,
        "stores": [(each, pick("集团", "The group") if each == EVERYWHERE else each) for each in stores],
        "rows": rows_of(cycle=cycle, user=request.user, **shown) if store else [],
        "enters": bool(store) and open_now and not alone and may(request.user, "targets.enter", about=OfStore(store)),
        "problems": unfit["problems"],
        "before": cycle.at.plus(-1),
    }
    return render(request, "settlements/targets.html", context)


def _save(request: SignedInRequest, cycle: Cycle) -> HttpResponse:
    store, carry_over = text_of(request.POST, "store", STORE), "carry_over" in request.POST
    shown = {"store": store} | ({"all": "1"} if "all" in request.GET else {})
    answer = redirect(f"{reverse('settlements:targets', args=[cycle.month])}?{urlencode(shown)}")
    try:
        saved = targets_save(cycle=cycle, store=store, told=request.POST, by=request.user, carry_over=carry_over)
    except Refused as refused:
        messages.error(request, told(refused.problems, lang()))
        return answer
    if saved.any:
        month_estimate(month=cycle.month, by=request.user)
        messages.success(request, _told(saved))
        # asked anew, as it may have been sealed while this was saved
        if Cycle.objects.exclude(state=Cycle.State.OPEN).filter(pk=cycle.pk).exists():
            messages.warning(request, pick(*AFTER_SEALING))
    elif not saved.problems:
        nothing = pick(
            "没有可沿用的：还没有目标值的，上月也没有", "Nothing to carry over: what has no target had none before"
        )
        messages.info(request, nothing if carry_over else pick("没有改动", "Nothing was changed"))
    if saved.problems:
        # every POST is answered by a redirect, so what could not be kept waits in the session
        request.session[UNFIT] = {
            "problems": [asdict(each) for each in saved.problems],
            "typed": request.POST.dict(),
        }
    return answer


def _told(saved: Saved) -> str:
    """What was saved, in words."""
    parts = [
        (saved.entered, f"已保存 {saved.entered} 个目标值", f"{number_of(saved.entered, 'target')} saved"),
        (saved.withdrawn, f"撤回 {saved.withdrawn} 个", f"{saved.withdrawn} taken back"),
        (saved.carried, f"沿用上月 {saved.carried} 个", f"{saved.carried} carried over from the month before"),
    ]
    return joined((pick(zh, en) for count, zh, en in parts if count), "，")
