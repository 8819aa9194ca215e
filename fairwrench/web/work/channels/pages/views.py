"""How notices reach people: one's own choices, the log of what was sent, bots of chats, reminders by hand."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import allowed, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.ui.requests.parameters import choice_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import of, pick
from fairwrench.web.work.channels import bots as kept
from fairwrench.web.work.channels import choices
from fairwrench.web.work.channels.log import deliveries_seen, delivery_again, oversees_log, silent_servers
from fairwrench.web.work.channels.pages.forms import BotForm, ChoiceForm, OwnBotForm
from fairwrench.web.work.channels.pages.tables import Bots, Deliveries
from fairwrench.web.work.channels.quiet import year_unpublished
from fairwrench.web.work.channels.urging import offered_urge
from fairwrench.web.work.models import Delivery

#: letters of a button's token
TOKEN = 4_000


@allowed("notices.choose", about=ONESELF)
def choose(request: SignedInRequest) -> HttpResponse:
    """Which notices reach one by which way and when; and the bot of one's own."""
    form = ChoiceForm(request.POST or None, instance=choices.choice_of(user=request.user))
    if request.method == "POST" and form.is_valid():
        choices.choice_save(user=request.user, chosen=form.cleaned_data)
        messages.success(request, pick("通知方式已保存。", "Saved."))
        return redirect("notices:choose")
    ways = dict(choices.ways_of(user=request.user))
    context = {
        "form": form,
        "bot_form": OwnBotForm(),
        "bot": ways.get("bot"),
        "mails": "mail" in ways,
        "server": settings.MAIL,
        "unpublished": year_unpublished(timezone.localdate()),
    }
    return render(request, "work/notices.html", context)


@sensitive_post_parameters("url", "secret")
@allowed("notices.choose", about=ONESELF)
@require_POST
def own_bot(request: SignedInRequest) -> HttpResponse:
    """Set up a bot of one's own."""
    form = OwnBotForm(request.POST)
    if form.is_valid():
        try:
            kept.own_bot_make(by=request.user, **form.cleaned_data)
            messages.success(request, pick("机器人已保存，请发一条测试消息。", "The bot is kept; send it a test."))
        except Refused as refused:
            _say(request, refused)
    else:
        messages.error(request, pick("请填写 Webhook 地址。", "Give the address of the bot."))
    return redirect("notices:choose")


@require_GET
@opened("notices.log")
def log(request: SignedInRequest) -> HttpResponse:
    """What was sent to whom, what waits, and what failed; `state`, `channel` and `kind` narrow it."""
    everybody = oversees_log(user=request.user)
    found, chosen = deliveries_seen(user=request.user), {}
    filters = {"state": Delivery.State, "channel": Delivery.Channel, "kind": Delivery.Kind}
    for name, choice in filters.items():
        if value := choice_of(request.GET, name, choice.values):
            found, chosen[name] = found.filter(**{name: value}), value
    shown = [(name, choice.choices, chosen.get(name, "")) for name, choice in filters.items()]
    silent = silent_servers() if everybody else []
    context = {"filters": shown, "everybody": everybody, "silent": silent, "now": timezone.now()}
    name = pick("通知发送记录", "Notices sent")
    return table_page(request, Deliveries, found, name=name, template="work/notices_log.html", context=context)


@opened("notices.log")
@require_POST
def again(request: SignedInRequest, delivery_id: int) -> HttpResponse:
    """Send a failed message again."""
    try:
        delivery_again(user=request.user, delivery_id=delivery_id)
        messages.success(request, pick("已重新排队发送。", "It waits to be sent again."))
    except Refused as refused:
        _say(request, refused)
    return redirect("notices:log")


@sensitive_post_parameters("url", "secret")
@opened("notices.keep_bot")
def bots(request: SignedInRequest) -> HttpResponse:
    """The bots of chats; set up another."""
    form = BotForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            kept.bot_make(by=request.user, **form.cleaned_data)
            messages.success(request, pick("机器人已保存，请发一条测试消息。", "The bot is kept; send it a test."))
            return redirect("notices:bots")
        except Refused as refused:
            form.add_error("url", of(refused.problems[0]))
    rows, name = kept.bots_kept(user=request.user), pick("群机器人", "Bots of chats")
    return table_page(request, Bots, rows, name=name, template="work/bots.html", context={"form": form})


@opened("notices.log")
@require_POST
def bot_try(request: SignedInRequest, bot_id: int) -> HttpResponse:
    """Have a bot say something, and show what its service answered."""
    bot = kept.bot_kept(user=request.user, bot_id=bot_id)
    tried = kept.bot_try(bot=bot, by=request.user)
    went = tried.state == Delivery.State.SENT
    told = (
        pick("测试消息已发出。", "The test went off: ")
        if went
        else pick("测试消息没有发出。", "The test did not go off: ")
    )
    (messages.success if went else messages.error)(request, f"{told}{of(tried.said)}")
    return redirect("notices:choose" if bot.owner_id else "notices:bots")


@opened("notices.log")
@require_POST
def bot_end(request: SignedInRequest, bot_id: int) -> HttpResponse:
    """Send nothing to a bot any more."""
    bot = kept.bot_kept(user=request.user, bot_id=bot_id)
    kept.bot_end(bot=bot)
    messages.success(request, pick("机器人已停用，密钥已删除。", "The bot has ended and its keys are gone."))
    return redirect("notices:choose" if bot.owner_id else "notices:bots")


@opened("notices.log")
@require_POST
def urge(request: SignedInRequest) -> HttpResponse:
    """Remind whom a page's button is for, and go back to that page."""
    try:
        to = offered_urge(token=text_of(request.POST, "offer", TOKEN), by=request.user)
        messages.success(request, pick("已催办 {}", "{} was reminded").format(to.called))
    except Refused as refused:
        _say(request, refused)
    back = text_of(request.POST, "next", TOKEN)
    # only to a page of ours, else a link made up elsewhere could lead anywhere from here
    known = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if known and back.startswith("/") else "/")


def _say(request: SignedInRequest, refused: Refused) -> None:
    for problem in refused.problems:
        messages.error(request, of(problem))
