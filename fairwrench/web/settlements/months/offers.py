"""The buttons of a month, as its table says; publishing asks why while most people are incomplete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.months.listed import lists_of
from fairwrench.web.settlements.months.months import mostly_incomplete
from fairwrench.web.settlements.months.workflow import MONTHS
from fairwrench.web.work.workflow.offers import Offer, offers_of

#: acts that wait for the checklist
AFTER_CHECKLIST = ("approve_hr", "approve", "publish")
#: acts that wait until nothing of the month is open
AFTER_ALL = ("close",)


def month_offers(*, cycle: Cycle, user: User, ready: bool, over: bool, sums: Mapping[str, Any] | None) -> list[Offer]:
    """What a user may do with a month besides what is done in the background; `ready`: nothing of the checklist blocks,
    `over`: nothing of it keeps the month open, `sums` those of the people seen."""

    def address(act: str) -> str:
        return reverse("settlements:act", args=[cycle.month, act])

    blocked = (*(() if ready else AFTER_CHECKLIST), *(() if over else AFTER_ALL))
    offers = offers_of(MONTHS, cycle, user, url=address, blocked=blocked)
    for offer in offers:
        # the guard refuses without a reason anyway; here the field for it is offered
        if offer.name == "publish" and mostly_incomplete(cycle.run):
            count = (sums or {}).get("states", {}).get("incomplete", 0)
            zh, en = "一半以上的人数据不全，为什么现在发布", "More than half are incomplete; why it is published now"
            offer.asks, offer.icon, offer.list_url = (zh, en), "users", lists_of(month=cycle.month)["incomplete"]
            offer.list_words = (f"先看名单：{count} 人数据不全", f"Who they are: {count} are incomplete")
    return offers
