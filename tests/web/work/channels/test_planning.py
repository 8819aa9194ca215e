"""Who is sent what: one digest, not a flood; each notice once by each channel; groups hear of nobody by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from fairwrench.web.access.models import User
from fairwrench.web.org.models import Unit
from fairwrench.web.work.channels.bots import bot_make, own_bot_make
from fairwrench.web.work.channels.planning import DIGESTS, digests_begin, notices_hand
from fairwrench.web.work.channels.sending import deliveries_send
from fairwrench.web.work.inbox.notices import Message, messages_send, notices_read
from fairwrench.web.work.inbox.todos import ToDo, ToDos
from fairwrench.web.work.models import Carried, Delivery, Job, Notice, NoticeChoice
from tests.web.declaring import redeclare
from tests.web.work.channels.conftest import At
from tests.web.work.channels.stand_ins import Chats, Mailbox

pytestmark = pytest.mark.django_db(transaction=True)
DUE = datetime(2026, 11, 4, 17, 30)
TOLD, URGED = Notice.Kind.TOLD, Notice.Kind.URGED
RATINGS = ToDo(
    ("2026-10 还有 4 项评分", "2026-10: 4 ratings"), "/rate/", due=DUE, open=("未评分", "with ratings to give")
)


def tell(user: User, *words: str, kind: Notice.Kind = TOLD) -> None:
    """Tell somebody some things."""
    messages_send(Message([user], (each, f"en {each}"), f"/about/{at}/", kind) for at, each in enumerate(words))


def open_for(monkeypatch: pytest.MonkeyPatch, **todos: list[ToDo]) -> None:
    """Let these things wait for users, by the name of their account."""
    redeclare(monkeypatch, ToDos, ToDos(lambda user: todos.get(user.username, [])))


@pytest.fixture(autouse=True)
def nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for anybody unless a test says so."""
    open_for(monkeypatch)


def test_one_digest_in_the_morning_holds_what_was_told_and_is_not_sent_twice(
    mailed: Callable[..., User], at: At, mailbox: Mailbox
) -> None:
    """Fails when three notices are three mails, when a digest comes twice, or when what was read is sent."""
    user = mailed("E102")
    at("2026-11-03 15:00")
    tell(user, "甲", "乙", "已读")
    notices_read(user=user, notice=Notice.objects.get(zh="已读"))
    deliveries_send()
    assert mailbox.came == []
    at("2026-11-04 08:59")
    digests_begin()
    assert not Job.objects.exists()
    for time in ("09:00", "09:05", "10:00"):
        at(f"2026-11-04 {time}")
        digests_begin()
        deliveries_send()
    assert [mail["Subject"] for mail in mailbox.came] == ["公绩 Fairwrench：2 条通知"]
    text = mailbox.text()
    assert "吕技师，您好：" in text
    assert "· 甲\n  https://fairwrench.example/about/0/" in text
    assert "已读" not in text
    assert Carried.objects.count() == 2
    at("2026-11-05 09:00")
    digests_begin()
    deliveries_send()
    assert len(mailbox.came) == 1


def test_nothing_to_say_is_no_mail_and_no_second_look_that_day(
    mailed: Callable[..., User], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when people get empty mails, or when what waits for everybody is worked out anew each hour."""
    user, asked = mailed("E102"), list[str]()

    def found(one: User) -> list[ToDo]:
        asked.append(one.username)
        return [ToDo(("没有截止时间的事", "without a deadline"), "/x/")]

    redeclare(monkeypatch, ToDos, ToDos(found))
    for time in ("09:00", "10:00", "11:00"):
        at(f"2026-11-04 {time}")
        digests_begin()
    assert asked == ["e102"]
    assert not Delivery.objects.exists()
    assert str(NoticeChoice.objects.get(user=user).digested_on) == "2026-11-04"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-02", ""),
        ("2026-11-03", "截止明天 17:30"),
        ("2026-11-04", "截止今天 17:30"),
        ("2026-11-05", "已过期（截止 11-04 17:30）"),
        ("2026-11-06", "已过期（截止 11-04 17:30）"),
        ("2026-11-07", ""),  # Saturday
        ("2026-11-09", "已过期（截止 11-04 17:30）"),
    ],
)
def test_deadlines_are_told_before_at_and_after_to_those_whose_part_is_open(
    *,
    mailed: Callable[..., User],
    at: At,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    day: str,
    said: str,
) -> None:
    """Fails when somebody is late without having been told, or is told though nothing of theirs is open."""
    mailed("E101"), mailed("E102")
    open_for(monkeypatch, e101=[RATINGS, ToDo(("另一件", "another"), "/x/")])
    at(f"{day} 09:00")
    digests_begin()
    deliveries_send()
    assert [mail["To"] for mail in mailbox.came] == (["e101@group.example"] if said else [])
    if said:
        assert f"· 2026-10 还有 4 项评分 —— {said}\n  https://fairwrench.example/rate/" in mailbox.text()
        assert "另有 1 件待办：https://fairwrench.example/inbox/" in mailbox.text()


def test_urgent_things_go_at_once_and_together_but_not_in_a_stream(
    mailed: Callable[..., User], at: At, mailbox: Mailbox
) -> None:
    """Fails when a reminder waits for the morning, or when ten of them are ten mails."""
    user = mailed("E102")
    at("2026-11-04 14:00")
    tell(user, "催一", "催二", kind=URGED)
    tell(user, "不急")
    deliveries_send()
    deliveries_send()
    assert len(mailbox.came) == 1
    assert "催一" in mailbox.text() and "催二" in mailbox.text() and "不急" not in mailbox.text()
    at("2026-11-04 14:03")
    tell(user, "催三", kind=URGED)
    deliveries_send()
    assert len(mailbox.came) == 1
    at("2026-11-04 14:11")
    deliveries_send()
    assert len(mailbox.came) == 2
    assert "催三" in mailbox.text(1) and "催一" not in mailbox.text(1)


def test_what_is_urgent_at_night_waits_for_the_morning_unless_somebody_wants_it(
    mailed: Callable[..., User], at: At, mailbox: Mailbox
) -> None:
    """Fails when somebody is woken who did not ask for it."""
    sleeps, wakes = mailed("E102"), mailed("E101")
    NoticeChoice.objects.create(user=wakes, quiet_nights=False)
    at("2026-11-04 23:00")
    for user in (sleeps, wakes):
        tell(user, "催办", kind=URGED)
    deliveries_send()
    assert [mail["To"] for mail in mailbox.came] == ["e101@group.example"]
    assert Delivery.objects.get(to=sleeps).due_at == at("2026-11-05 08:00")
    deliveries_send()
    assert [mail["To"] for mail in mailbox.came] == ["e101@group.example", "e102@group.example"]


def test_each_chooses_what_comes_by_which_way_and_when(
    mailed: Callable[..., User], at: At, mailbox: Mailbox, chats: Chats
) -> None:
    """Fails when a choice is passed over: by mail at once, by the bot in the digest, or not at all."""
    user = mailed("E102")
    at("2026-11-04 10:00")
    own_bot_make(service="feishu", url=chats.address("feishu"), secret="", by=user)
    NoticeChoice.objects.create(
        user=user, told_mail="now", told_bot="digest", urged_mail="never", urged_bot="now", hour=11
    )
    tell(user, "结果")
    tell(user, "催", kind=URGED)
    deliveries_send()
    assert "结果" in mailbox.text() and "催" not in mailbox.text()
    assert chats.said["feishu"] == ["公绩 Fairwrench：1 条通知\nhttps://fairwrench.example/inbox/"]
    at("2026-11-04 11:00")
    digests_begin()
    deliveries_send()
    # the mail has gone already, so the digest is the bot's alone
    assert len(mailbox.came) == 1
    assert len(chats.said["feishu"]) == 2
    assert sorted(Carried.objects.values_list("notice__zh", "channel")) == [
        ("催", "bot"),
        ("结果", "bot"),
        ("结果", "mail"),
    ]


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("您的份额：60%（自 2026-11-01 起）", "您的份额"),
        ("2026-11 被退回：工资12000，由B调为C，降到 D", "2026-11 被退回"),
        ("您的绩效申诉未采纳：应得 3000 已含", "您的绩效申诉未采纳"),
        ("催办：2026-11 还有评分待您完成", "催办：2026-11 还有评分待您完成"),
    ],
)
def test_what_somebody_typed_stays_inside(
    mailed: Callable[..., User], at: At, mailbox: Mailbox, words: str, sent: str
) -> None:
    """Fails when a reason that tells pay or a grade is mailed: no rule reads what people write, so none of it goes."""
    user = mailed("E102")
    at("2026-11-04 09:00")
    tell(user, words, "开会 40 分钟")
    digests_begin()
    deliveries_send()
    lines = [line.removeprefix("· ") for line in mailbox.text().splitlines() if line.startswith("· ")]
    assert sorted(lines) == sorted([sent, "开会 40 分钟"])


@pytest.mark.parametrize(
    "words",
    [
        "已确认考核扣款 50 元",
        "您的绩效工资为 ¥4,870.00",
        "您的等级为 C",
        "总分 98.40",
        "奖励3分",
    ],
)
def test_no_amount_score_or_grade_leaves_the_application(
    mailed: Callable[..., User], at: At, mailbox: Mailbox, words: str
) -> None:
    """Fails when pay or a score stands in somebody's mailbox."""
    user = mailed("E102")
    at("2026-11-04 09:00")
    tell(user, words, "开会 40 分钟")
    digests_begin()
    deliveries_send()
    assert words not in mailbox.text()
    assert "· 有一条通知，请登录查看" in mailbox.text()
    assert "· 开会 40 分钟" in mailbox.text()


def test_a_group_hears_how_many_and_by_when_and_no_name(
    mailed: Callable[..., User], at: At, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a name, an amount or another store's people stand in a group's chat, or when it is told twice."""
    admin = mailed("E001", ("administrator", None))
    for who in ("E101", "E102", "E201"):
        mailed(who)
    east = Unit.objects.get(name="东店")
    bot_make(service="wecom", url=chats.address("wecom"), secret="", by=admin, name="东店群", unit=east)
    bot_make(service="dingtalk", url=chats.address("dingtalk"), secret="", by=admin, name="集团群", language="en")
    pay = ToDo(("何主管 的工资 ¥4,870 待确认", "pay"), "/x/", due=datetime(2026, 11, 3, 12, 0))
    open_for(monkeypatch, e101=[RATINGS, RATINGS], e102=[RATINGS, pay], e201=[RATINGS])
    for time in ("09:00", "10:00"):
        at(f"2026-11-04 {time}")
        digests_begin()
        deliveries_send()
    assert chats.said["wecom"] == [
        "公绩 Fairwrench：还有事项未完成\n· 1 人有待办，已过期（截止 11-03 12:00）\n· 2 人未评分，截止今天 17:30\n"
        "https://fairwrench.example/inbox/"
    ]
    assert chats.said["dingtalk"] == [
        "Fairwrench: some things are still open\n· 1 person with something to do, overdue since 11-03 12:00\n"
        "· 3 people with ratings to give, due today 17:30\nhttps://fairwrench.example/inbox/"
    ]


def test_a_group_is_told_nothing_on_a_day_off_or_where_nothing_is_open(
    mailed: Callable[..., User], at: At, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a chat is written to on a Saturday, or to say that there is nothing to say."""
    admin = mailed("E001", ("administrator", None))
    bot_make(service="wecom", url=chats.address("wecom"), secret="", by=admin, name="集团群")
    for day in ("2026-11-04", "2026-11-07"):
        at(f"{day} 09:00")
        digests_begin()
        deliveries_send()
        open_for(monkeypatch, e001=[RATINGS])
    assert chats.said == {}


def test_what_one_app_stumbles_over_costs_nobody_else_their_digest(
    mailed: Callable[..., User], at: At, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when one broken list stops everybody's digest."""
    broken, well = mailed("E101"), mailed("E102")

    def found(user: User) -> list[ToDo]:
        if user == broken:
            raise ValueError
        return [RATINGS]

    redeclare(monkeypatch, ToDos, ToDos(found))
    at("2026-11-04 09:00")
    digests_begin()
    deliveries_send()
    assert [mail["To"] for mail in mailbox.came] == [well.email]
    assert Job.objects.get(kind=DIGESTS).state == Job.State.DONE


def test_an_english_reader_reads_english(mailed: Callable[..., User], at: At, mailbox: Mailbox) -> None:
    """Fails when a mail is in the language of whoever's worker wrote it."""
    user = mailed("E102")
    User.objects.filter(pk=user.pk).update(language="en")
    at("2026-11-04 09:00")
    tell(user, "甲")
    digests_begin()
    deliveries_send()
    assert mailbox.came[0]["Subject"] == "Fairwrench: 1 notice"
    assert not [sign for sign in mailbox.text().replace("甲", "").replace("吕技师", "") if ord(sign) > 0x2E80]


def test_who_left_or_has_no_address_is_sent_nothing(
    member: Callable[..., User], mailed: Callable[..., User], at: At, settings: Any
) -> None:
    """Fails when mail goes to nobody, or to who has left between the planning and the sending."""
    at("2026-11-04 09:00")
    without, gone = member("E103"), mailed("E102")
    tell(without, "甲", kind=URGED)
    tell(gone, "甲", kind=URGED)
    notices_hand()
    assert list(Delivery.objects.values_list("to", flat=True)) == [gone.pk]
    User.objects.filter(pk=gone.pk).update(is_active=False)
    deliveries_send()
    found = Delivery.objects.get()
    assert (found.state, found.said[0]) == ("failed", "账号已停用")
    settings.MAIL = False
    tell(User.objects.get(pk=gone.pk), "乙", kind=URGED)
    assert notices_hand() == 0


def test_a_digest_made_at_night_reads_as_it_goes_off(
    mailed: Callable[..., User], at: At, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a mail that goes off in the morning says of that very day that it is tomorrow."""
    user = mailed("E102")
    NoticeChoice.objects.update_or_create(user=user, defaults={"hour": 22})
    ratings = ToDo(("24 项评分", "24 ratings"), "/x/", due=datetime(2026, 11, 4, 17, 30))
    open_for(monkeypatch, **{user.username: [ratings]})
    at("2026-11-03 22:00")
    digests_begin()
    deliveries_send()
    assert Delivery.objects.get(to=user).due_at.isoformat() == "2026-11-04T00:00:00+00:00"  # 8:00 where the stores are
    at("2026-11-04 08:00")
    deliveries_send()
    assert "24 项评分 —— 截止今天 17:30" in mailbox.text()


def test_after_an_outage_one_digest_goes_off(
    mailed: Callable[..., User], at: At, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when somebody gets the digests of three days at once, two of them with deadlines that are over."""
    user = mailed("E102")
    mailbox.refuses = "451 later"
    for day in ("03", "04", "05"):
        at(f"2026-11-{day} 09:00")
        tell(user, f"通知 {day}")
        digests_begin()
        deliveries_send()
    found = Delivery.objects.filter(to=user).order_by("pk")
    assert [each.state for each in found] == ["dropped", "dropped", "waiting"]
    assert found[0].said_zh == "已由更新的汇总代替，没有发送"
    mailbox.refuses = ""
    at("2026-11-06 17:00")
    deliveries_send()
    assert len(mailbox.came) == 1
    # what the older ones told is in the newest, and told once
    assert all(f"通知 {day}" in mailbox.text() for day in ("03", "04", "05"))
    assert Carried.objects.filter(notice__to=user).count() == 3


@pytest.fixture(params=["person", "group"])
def outage(
    request: pytest.FixtureRequest, mailed: Callable[..., User], mailbox: Mailbox, chats: Chats
) -> Callable[[bool], list[str]]:
    """Makes the server of a person's mails, or of a group's bot, silent or well; what came by it until then."""
    mailed("E102")
    if request.param == "group":
        admin = User.objects.get(pk=mailed("E001", ("administrator", None)).pk)
        bot_make(service="wecom", url=chats.address("wecom"), secret="", by=admin, name="集团群")
        User.objects.update(email="")

    def turned(down: bool) -> list[str]:
        mailbox.refuses, chats.answers = ("451 later", (503, "")) if down else ("", None)
        return [*chats.said.get("wecom", []), *(mailbox.text(each) for each in range(len(mailbox.came)))]

    return turned


def test_a_digest_that_waited_for_its_server_says_what_holds_when_it_goes_off(
    outage: Callable[[bool], list[str]], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a digest of the day before says 截止明天 on the day itself, or asks for what was done meanwhile."""
    report = ToDo(("周报待提交", "a report"), "/x/", due=DUE, open=("周报待提交", "with a report"))
    open_for(monkeypatch, e102=[RATINGS, report])
    outage(True)
    at("2026-11-03 09:00")
    digests_begin()
    deliveries_send()
    outage(False)
    open_for(monkeypatch, e102=[RATINGS])
    # the digest of the new day is not made yet
    at("2026-11-04 08:30")
    deliveries_send()
    (text,) = outage(False)
    assert "评分" in text and "截止今天 17:30" in text
    assert "明天" not in text and "周报" not in text


def test_of_what_was_done_meanwhile_no_digest_goes_off_and_the_log_says_so(
    outage: Callable[[bool], list[str]], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a digest asks for what is done, or goes without a word."""
    open_for(monkeypatch, e102=[RATINGS])
    outage(True)
    at("2026-11-04 09:00")
    digests_begin()
    deliveries_send()
    outage(False)
    open_for(monkeypatch)
    at("2026-11-04 16:00")
    deliveries_send()
    assert outage(False) == []
    found = Delivery.objects.get()
    assert (found.state, found.said_zh) == ("dropped", "发送前都已办完，没有发送")


def test_of_several_digests_of_a_group_the_newest_goes_off(
    outage: Callable[[bool], list[str]], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a chat gets the digests of three days at once; one that was on its way as the next was made, too."""
    open_for(monkeypatch, e102=[RATINGS])
    outage(True)
    for day in ("03", "04"):
        at(f"2026-11-{day} 09:00")
        digests_begin()
        deliveries_send()
    first = Delivery.objects.earliest("pk")
    assert first.state == "dropped"
    # as if it had been on its way when the second was made
    Delivery.objects.filter(pk=first.pk).update(state="waiting")
    outage(False)
    at("2026-11-04 14:00")
    deliveries_send()
    (text,) = outage(False)
    assert "截止今天 17:30" in text
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["dropped", "sent"]
