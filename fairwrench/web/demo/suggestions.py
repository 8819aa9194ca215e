"""The demo's suggestion box: one answered for everybody, one that waits for HR, one for the general manager."""

from __future__ import annotations

from fairwrench.web.access.models import User
from fairwrench.web.org.days import today
from fairwrench.web.voice.models import Suggestion
from fairwrench.web.voice.selectors import readers_of, stores_of
from fairwrench.web.voice.services import code_made, suggestion_found, suggestion_write, suggestions_open
from fairwrench.web.voice.workflow import SUGGESTIONS

To, Topic = Suggestion.To, Suggestion.Topic
#: to whom, about what, in which words
WRITTEN = (
    (To.HR, Topic.SAFETY, "三号工位举升机漏油，报修两周还没修。"),
    (To.HR, Topic.PAY, "返修算在谁头上，想有个说明。"),
    (To.GENERAL_MANAGER, Topic.WORK, "周六下午客户集中来提车，洗车位不够，能不能错开时间？"),
)


def suggestions_make() -> None:
    """Suggestions of the technician's store, opened already; once only."""
    technician = User.objects.select_related("employee").get(username="technician")
    store = next(iter(stores_of(user=technician)), None)
    if store is None or Suggestion.objects.exists():
        return
    codes = [
        suggestion_write(store=store, to=to, topic=topic, words=words, code=code_made(), by=technician)
        for to, topic, words in WRITTEN
    ]
    # written days ago, as it were: what is closed shows nothing
    Suggestion.objects.update(opens_on=today())
    suggestions_open()
    _answer(suggestion_found(code=codes[0]))


def _answer(suggestion: Suggestion | None) -> None:
    reader = next(iter(readers_of([suggestion])), None) if suggestion else None
    if suggestion is None or reader is None:
        return
    reply = "厂家周五到店更换密封圈，换好之前三号工位停用。"
    SUGGESTIONS.act(record=suggestion, name="answer", by=reader, seen=suggestion.version, reply=reply)
    public = {
        "public_question": "设备报修多久有答复？",
        "public_answer": "报修当天登记，三天内告知修理日期；涉及安全的先停用。",
    }
    SUGGESTIONS.act(record=suggestion, name="publish", by=reader, seen=suggestion.version + 1, **public)
