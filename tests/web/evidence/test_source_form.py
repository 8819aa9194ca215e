"""A kind of file filled in as a form: plain names, ids made of them, every way of deriving, nothing lost on the way."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from fairwrench.catalog.loader import load_sources
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import SourceDefinition
from tests.web.evidence.filled import form_with

NEW = "evidence:source_new"
#: Chinese name, English name, type, key
COLUMNS = [
    ("洗车单号", "Wash number", "text", True),
    ("门店", "", "store", True),
    ("洗车员", "Washer", "person", False),
    ("洗车日期", "Washed on", "date", False),
    ("工单编号", "", "text", False),
]


def typed(**more):
    """A new form with the columns of a wash."""
    told = {"zh": "洗车登记", "en": "Car washes", "row_zh": "一次洗车", "version": "0", "do": "save"}
    for at, (zh, en, kind, key) in enumerate(COLUMNS):
        told |= {f"c-{at}-zh": zh, f"c-{at}-en": en, f"c-{at}-type": kind, **({f"c-{at}-key": "1"} if key else {})}
    return {**told, **more}


def said_in(answer):
    """What a page says is wrong."""
    wrong = answer.content.decode().partition('role="alert"')[2].partition("</section>")[0]
    return " ".join(re.sub("<[^>]*>", " ", wrong).replace("&#x27;", "'").split())


def lookup(at=0, **told):
    """A line that takes the VIN of a repair order over."""
    given = {"source": "repair_orders", "ours-0": "工单编号", "theirs-0": "工单号", "take": "车架号", **told}
    return {f"l-{at}-{name}": value for name, value in given.items()}


@pytest.mark.parametrize("name", sorted(load_sources()))
def test_a_shipped_kind_comes_back_from_its_form_as_it_was(name, hr, user, signed_in):
    """Fails when saving a shipped kind unchanged, in either language, would lose or reorder anything it declares."""
    before = selectors.sources()[name]
    address = reverse("evidence:source", args=[name])
    for at, who in enumerate([hr, user("W1", "hr", language="en")]):
        client = signed_in(who)
        form = form_with(client.get(address).content.decode(), "c-0-id")
        answer = client.post(address, {**form, "do": "save"})
        assert answer.status_code == 302, said_in(answer)
        now = selectors.sources()[name]
        assert SourceDefinition.objects.get().version == at + 1
        assert now.model_dump() == before.model_dump()
        assert ([*now.columns], [*now.derived]) == ([*before.columns], [*before.derived])


def test_plain_names_are_enough(hr, signed_in):
    """Fails when somebody would have to think of ids, types of derived columns, or how far back to look."""
    derived = {
        **{
            "s-0-column": "回访日",
            "s-0-days": "-1",
            "s-1-column": "洗车日期",
            "s-1-days": "7",
            "s-1-zh": "回访日",
            "s-1-en": "Call on",
        },
        **{"r-0-same": "车架号", "r-0-days": "30", "r-0-opened": "洗车日期", "r-0-yields": "later"},
        **{"r-1-same": "车架号、门店", "r-1-days": "30", "r-1-opened": "washed_on", "r-1-yields": "take"},
        **{"r-1-take": "洗车员", "e-0-source": "repair_orders", "e-0-ours-0": "车架号"},
        **{"e-0-date": "接车时间", "e-0-months": "3"},
    }
    answer = signed_in(hr).post(reverse(NEW), typed(**lookup(), **derived))
    assert answer.status_code == 302, said_in(answer)
    source = selectors.sources()["car_washes"]
    assert [*source.columns] == ["wash_number", "store", "washer", "washed_on", "column_5"]
    assert (source.key, source.filed_by) == (("store", "wash_number"), "washed_on")
    assert source.columns["washed_on"].required
    derived = source.derived
    assert derived["vin"].by == {"store": "store", "column_5": "ro_no"}
    assert derived["call_on"].name.zh == "回访日" and derived["call_on"].days == 7
    assert derived["call_on_minus_1d"].shift == "call_on"
    assert [*derived].index("call_on") < [*derived].index("call_on_minus_1d")
    assert (derived["repeat_within_30d"].visit, derived["repeat_within_30d"].flag) == (source.key, "later")
    assert derived["repeat_within_30d"].order == ("washed_on", "store", "wash_number")
    assert (derived["earlier_washer"].recurrence, derived["earlier_washer"].take) == (("vin", "store"), "washer")
    assert derived["in_repair_orders"].months == 3
    types = source.derived_types
    assert [types[name] for name in ("vin", "call_on", "earlier_washer", "in_repair_orders")] == [
        *("text", "date", "person", "bool")
    ]
    assert source.look_back == 3


def test_more_lines_save_nothing_and_keep_what_was_typed(hr, signed_in):
    """Fails when somebody who runs out of lines would lose a form, or have it saved half filled in."""
    client = signed_in(hr)
    answer = client.post(reverse(NEW), {**typed(**lookup(take="还没想好")), "more": "l"})
    assert answer.status_code == 200 and SourceDefinition.objects.count() == 0
    form = form_with(answer.content.decode(), "c-0-id")
    assert form["c-3-zh"] == "洗车日期" and form["l-0-take"] == "还没想好"
    assert form["c-0-id"] == "", "ids are proposed where something is checked, not before"
    assert "l-1-take" in form and "c-8-zh" in form and "c-9-zh" not in form


def test_a_check_shows_the_template_and_saves_nothing(hr, signed_in):
    """Fails when nobody could see what comes of a form before everybody's files are read by it."""
    answer = signed_in(hr).post(reverse(NEW), {**typed(), "do": "check"})
    page = answer.content.decode()
    assert answer.status_code == 200 and SourceDefinition.objects.count() == 0
    assert "模板会是这样" in page and form_with(page, "c-0-id")["c-4-id"] == "column_5"


WRONG = [
    ({"c-0-key": "", "c-1-key": ""}, "没有勾选识别列"),
    ({"c-3-type": "text"}, "请先加一个类型为日期的列"),
    ({"filed_by": "洗车日"}, "“按哪一列归月”：没有叫“洗车日”的列；是否想写“洗车日期”？"),
    ({"filed_by": "洗车员"}, "“洗车员”不是日期列"),
    ({"c-5-zh": "洗车员", "c-5-type": "text"}, "列第 6 行（洗车员）：和第 3 行同名"),
    ({"c-0-id": "洗车"}, "列第 1 行（洗车单号）：“洗车”不能作代号"),
    ({"c-0-id": "washer", "c-2-id": "washer"}, "“washer”已是另一列的代号"),
    ({"c-1-id": "shop"}, "门店列的代号须是 store"),
    (lookup(take="车架号码"), "“从别的数据带过来”第 1 行的“取哪一列”：没有叫“车架号码”的列；是否想写"),
    (lookup(source=""), "“从别的数据带过来”第 1 行的“从哪张报表”：还没有填"),
    (lookup(**{"ours-0": "洗车员", "theirs-0": "接车时间"}), "要用维修工单的全部识别列来对"),
    ({"s-0-column": "洗车日期", "s-0-days": "一周"}, "“日期加减天数”第 1 行的“天数”：请写整数，现在是“一周”"),
    ({"s-0-column": "洗车员", "s-0-days": "7"}, "shifts 'washer', which is no date"),
    ({"r-0-same": "洗车员", "r-0-days": "60", "r-0-opened": "洗车日期", "look_back": "1"}, "1 个月太短"),
    (
        {"c-5-zh": "车牌", "c-5-type": "text", "c-5-aliases": "洗车日期"},
        "列第 6 行（车牌）：“洗车日期”也是第 4 行的表头",
    ),
    ({"name": "repair_orders"}, "代号“repair_orders”已有"),
]


@pytest.mark.parametrize(("told", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_is_wrong_is_told_by_line_and_field(told, said, hr, signed_in):
    """Fails when a clerk could not find the field that is wrong, or would lose what was typed."""
    answer = signed_in(hr).post(reverse(NEW), {**typed(), **told})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in said_in(answer)
    assert form_with(page, "c-0-id")["c-3-zh"] == "洗车日期"
    assert SourceDefinition.objects.count() == 0


def test_a_column_keeps_its_bounds_under_another_id_and_goes_when_removed(hr, signed_in):
    """Fails when renaming a column would drop the bounds that the form does not show, or a column could not go."""
    client, address = signed_in(hr), reverse("evidence:source", args=["repair_orders"])
    form = form_with(client.get(address).content.decode(), "c-0-id")
    at = next(name.split("-")[1] for name, value in form.items() if value == "mileage_km" and name.endswith("-id"))
    gone = next(name.split("-")[1] for name, value in form.items() if value == "bay" and name.endswith("-id"))
    answer = client.post(address, {**form, f"c-{at}-id": "mileage", f"c-{gone}-drop": "1", "do": "save"})
    assert answer.status_code == 302, said_in(answer)
    source = selectors.sources()["repair_orders"]
    assert (source.columns["mileage"].min, source.columns["mileage"].max) == (0, 2_000_000)
    assert "bay" not in source.columns


def test_it_is_changed_and_retired(hr, signed_in):
    """Fails when what was declared could not be changed or taken away by the same pages."""
    client = signed_in(hr)
    assert client.post(reverse(NEW), typed(**lookup())).status_code == 302
    address = reverse("evidence:source", args=["car_washes"])
    page = client.get(address).content.decode()
    assert "模板是这样" in page and "下载空白模板" in page
    form = form_with(page, "c-0-id")
    assert (form["l-0-ours-1"], form["l-0-theirs-1"], form["l-0-take"]) == ("工单编号", "工单号", "车架号")
    assert client.post(address, {**form, "l-0-drop": "1", "do": "save"}).status_code == 302
    assert not selectors.sources()["car_washes"].derived
    client.post(reverse("evidence:source_retire", args=["car_washes"]))
    assert "car_washes" not in selectors.sources()
