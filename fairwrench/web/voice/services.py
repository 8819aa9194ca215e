"""Written without a name, found again by a code, opened after a while; answers go by the table (`workflow`)."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from secrets import choice, randbelow

from django.db import transaction
from django.db.models import F, Max
from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require_page
from fairwrench.web.org.days import today
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.voice.models import Reply, Suggestion
from fairwrench.web.voice.selectors import EVERYWHERE, has_reader, readers_of, stores_of
from fairwrench.web.work.inbox.notices import Message, messages_send

State = Suggestion.State
#: letters that are not taken for one another when a code is copied by hand, and how many a code has (some 80 bits)
LETTERS, LENGTH = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 16
#: days that something lies closed at most, one at least
CLOSED_FOR = 3
#: letters of what is written
WORDS = 2000
#: suggestions that lie unanswered with a store, beyond which no more are taken: a box that is flooded is read by nobody
MOST = 200
#: what a writer may add while nobody has answered
MOST_REPLIES = 10


def code_made() -> str:
    """A code that nobody guesses."""
    return "".join(choice(LETTERS) for _ in range(LENGTH))


def suggestion_write(*, to: str, store: str, topic: str, words: str, code: str, by: User) -> str:
    """Keep a suggestion without who wrote it, and give the code by which they find it again.

    `code` came with the form (`code_made`), so that a form sent twice writes once; one that another suggestion has is
    not given again. `by` is asked whether they may write to that store, and forgotten. Refused where nobody reads it,
    and where the box is full.
    """
    require_page(by, "voice.write")
    if store not in (EVERYWHERE, *stores_of(user=by)):
        raise Refused(
            [Problem("not_your_store", "只能写给自己所在的门店", "one writes to one's own store", path=("store",))]
        )
    said = _said(words)
    if not has_reader(store=store, to=to):
        zh, en = "还没有人查看写到这里的意见，请选另一位收件人", "nobody reads what is written there; choose another"
        raise Refused([Problem("nobody_reads", zh, en, path=("to",))])
    earlier = suggestion_found(code=code)
    if earlier is not None and (earlier.store, earlier.to, earlier.words) == (store, to, said):
        return _parted(code)
    if Suggestion.objects.filter(store=store, to=to, state__in=(State.WAITING, State.NEW)).count() >= MOST:
        zh, en = "意见箱已满，请过几天再写", "the box is full; write again in some days"
        raise Refused([Problem("box_full", zh, en)])
    if earlier is not None:
        code = code_made()
    Suggestion.objects.create(code=_digest(code), store=store, to=to, topic=topic, words=said, opens_on=_opening())
    return _parted(code)


def _parted(code: str) -> str:
    """A code in fours, as it is read off."""
    return "-".join(re.findall("....", code))


def suggestion_found(*, code: str) -> Suggestion | None:
    """The suggestion of a code, however it was typed; None for none."""
    typed = re.sub(r"[^0-9A-Z]", "", code.upper())[:64]
    return Suggestion.objects.filter(code=_digest(typed)).first() if typed else None


def suggestion_add(*, suggestion: Suggestion, words: str) -> Reply:
    """Add what its writer has to say; readers see it after a while, too. Refused where much was added already."""
    said = _said(words)
    with transaction.atomic():
        held = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
        last = held.replies.filter(by_writer=True).order_by("-place").first()
        if last is not None and last.words == said:
            return last  # pressed twice
        if held.replies.filter(by_writer=True, opened=False).count() >= MOST_REPLIES:
            zh, en = "已补充多次，请等回复后再写", "much was added already; wait for an answer"
            raise Refused([Problem("added_much", zh, en)])
        place = _next(held)
        return held.replies.create(place=place, by_writer=True, words=said, opens_on=_opening(), opened=False)


def reply_add(*, suggestion: Suggestion, words: str, by: User) -> None:
    """Keep the answer of a reader, which the writer sees at once."""
    day = today()
    suggestion.replies.create(place=_next(suggestion), by_writer=False, by=by, words=words, opens_on=day)


def suggestions_open() -> int:
    """Open what has lain closed long enough, and tell its readers how much there is; how many suggestions it were.

    At night, with everything of a day together: nothing in it says when one was written.
    """
    with transaction.atomic():
        due = Suggestion.objects.select_for_update().filter(opens_on__lte=today())
        opened = {each.pk: each for each in due.filter(state=State.WAITING)}
        added = Reply.objects.filter(opened=False, opens_on__lte=today())
        moved = {each.pk: each for each in due.filter(pk__in=added.values("suggestion"))}
        for reply in added.filter(suggestion__in=moved).order_by("suggestion", "place"):
            # below what was answered meanwhile, which did not know of it
            reply.opened, reply.place = True, _next(moved[reply.suggestion_id])
            reply.save()
        found = {**opened, **moved}
        # counted up, so that nobody answers by a page that does not have it
        Suggestion.objects.filter(pk__in=found).update(state=State.NEW, version=F("version") + 1)
        messages_send(_told(reader, count) for reader, count in readers_of(found.values()).items())
    return len(found)


def _told(reader: User, count: int) -> Message:
    words = f"意见箱有 {count} 条待回复", f"{number_of(count, 'suggestion')} to be answered in the box"
    return Message([reader], words, f"{reverse('voice:list')}?state={State.NEW}")


def _next(suggestion: Suggestion) -> int:
    return (suggestion.replies.aggregate(last=Max("place"))["last"] or 0) + 1


def _opening() -> date:
    return today() + timedelta(days=1 + randbelow(CLOSED_FOR))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _said(words: str) -> str:
    said = bare_text(words)
    if not said:
        raise Refused([Problem("no_words", "请写内容", "say what it is", path=("words",))])
    if len(said) > WORDS:
        raise Refused([Problem("too_long", f"最多 {WORDS} 字", f"{WORDS} letters at most", path=("words",))])
    return said
