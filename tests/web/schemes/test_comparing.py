"""Two versions side by side: everything that differs, nothing that does not, in words and drawn."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
from django.urls import reverse
from django.utils import translation

from fairwrench.catalog.loader import load_scheme, load_sources, scheme_names
from fairwrench.report.naming import Names
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.text.comparing import compared, counted
from fairwrench.web.schemes.text.differences import differences

SOURCES = load_sources()
DRAFT = """\
base: dealership
scheme: ours
version: "2027.1"
name: {zh: 本集团绩效制度, en: Rules of our group}
item_defaults:
  rework_rate: {target: 0.02}
scorecards:
  technician:
    items:
      - {metric: labour_output, category: finance, weight: 15}
      - {metric: technician_satisfaction, category: customer, weight: 10}
      - metric: one_time_fix_rate
        category: key
        weight: 30
        curve: {piecewise: [[0.92, 60], [0.97, 100], [0.99, 130]]}
      - {metric: training_passed, category: learning, weight: 10, curve: {gate: {met: 130, missed: 60}}}
      - {metric: attendance_rate, category: discipline, weight: 5}
      - {metric: rework_rate, category: key, weight: 10}
      - {rating: craft, category: key, weight: 10}
      - {rating: conduct, category: attitude, weight: 10}
      - {bonus: urgent_response}
cycle: {due_time: "12:00"}
pay: {bases: {function: {share: 0.35}}}
bands: {grades: {A: {from: 118}}}
eligibility: {wage_below: null}
"""


@pytest.fixture(scope="module")
def schemes(tmp_path_factory):
    """The dealership's scheme, and ours."""
    path = tmp_path_factory.mktemp("schemes") / "ours.yaml"
    path.write_text(DRAFT, encoding="utf-8")
    return load_scheme("dealership"), load_scheme(path)


def told(old, new, lang="zh"):
    with translation.override("en" if lang == "en" else "zh-hans"):
        return compared(Names(old, SOURCES, lang), Names(new, SOURCES, lang))


def lines(chapters):
    return {
        (chapter.key, " → ".join(change.place)): (change.kind, change.old, change.new)
        for chapter in chapters
        for change in chapter.changes
    }


def test_every_change_is_told_by_its_path(schemes):
    """Fails when a change of the rules would be hidden, or told in codes. Worked out from DRAFT by hand."""
    found = lines(told(*schemes))
    card = "维修技师考核表"
    assert found[("scorecards", f"{card} → 一次修复率 → 权重")] == ("changed", "25", "30")
    assert found[("scorecards", f"{card} → 工时产值 → 权重")] == ("changed", "20", "15")
    assert found[("scorecards", f"{card} → 工单与总结")][0] == "removed"
    kind, old, new = found[("scorecards", f"{card} → 返修率")]
    assert (kind, old) == ("added", "—")
    assert "权重 10" in new
    assert "目标 2 %" in new
    assert found[("cycle", "截止时刻")] == ("changed", "17:30", "12:00")
    assert found[("pay", "绩效基数 → 职能部门")] == ("changed", "全额工资的 30 %", "全额工资的 35 %")
    assert found[("bands", "A 杰出 → 不低于")] == ("changed", "120", "118")
    assert found[("eligibility", "工资下限")] == ("removed", "800", "—")
    assert found[("head", "版本")] == ("changed", "1.0", "2027.1")
    # the base is how the document is written, and no change
    wanted = {"head": 3, "eligibility": 1, "cycle": 1, "scorecards": 7, "bands": 1, "pay": 1}
    assert {chapter.key: len(chapter.changes) for chapter in told(*schemes)} == wanted


def test_the_same_change_on_several_cards_is_one(schemes):
    """Fails when one decision would be told as many."""
    changes = [change for chapter in told(*schemes) for change in chapter.changes if change.cards]
    assert [(change.place, change.old, change.new) for change in changes] == [(("返修率", "目标"), "3 %", "2 %")]
    assert set(changes[0].cards) == {"高级技师考核表", "班组长考核表", "车间经理考核表", "技术总监考核表"}


def test_curves_are_drawn_over_each_other_where_they_have_one_axis(schemes):
    """Fails when old and new could not be compared by eye, or lines of different axes would be laid together."""
    drawn = {
        change.place[1]: change.pictures
        for chapter in told(*schemes)
        for change in chapter.changes
        if change.place[-1] == "评分标准"
    }
    assert [picture.count("<polyline") for picture in drawn["一次修复率"]] == [2]
    assert drawn["一次修复率"][0].count('class="was"') == 1
    assert [picture.count("<polyline") for picture in drawn["培训考核通过率"]] == [1, 1]


def test_a_scheme_differs_from_itself_in_nothing(schemes):
    """Fails when a comparison would cry wolf."""
    for scheme in schemes:
        assert differences(scheme, load_scheme("dealership") if scheme is schemes[0] else scheme) == []


@pytest.mark.parametrize("name", [name for name in scheme_names() if name != "dealership"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_any_two_schemes_can_be_compared_both_ways(name, lang):
    """Fails when some part of a scheme has no words, or there and back are not the same differences."""
    old, new = load_scheme("dealership"), load_scheme(name)
    there, back = counted(told(old, new, lang)), counted(told(new, old, lang))
    assert sum(there.values()) > 0
    assert (there["added"], there["removed"]) == (back["removed"], back["added"])
    words = [word for chapter in told(old, new, lang) for change in chapter.changes for word in change.place]
    assert all(words)
    if lang == "en":
        known = {"优秀", "良好", "合格", "不合格"}
        assert [word for word in words if re.search(r"[㐀-鿿]", word) and word not in known] == []


def test_steps_in_another_order_are_told(schemes):
    """Fails when deadlines could change places unseen: their order decides which may not overtake which."""
    old = schemes[0]
    steps = dict(reversed(old.cycle.steps.items()))
    new = old.model_copy(update={"cycle": old.cycle.model_copy(update={"steps": steps})})
    (chapter,) = told(old, new)
    (change,) = chapter.changes
    assert change.place[-1] == "次序"
    assert change.old.split(" → ") == change.new.split(" → ")[::-1]


COMMISSION = """\
base: dealership_commission
scheme: ours
version: "2.0"
name: {zh: 本集团提成制度, en: Our commission}
pay:
  commission:
    technician:
      lines:
        hours_outside: {rate: null, tiers: [[0, 28], [60, 32]]}
"""


def test_a_plan_is_compared_as_the_reading_page_says_it(tmp_path):
    """Fails when whoever approves a plan reads `hours_outside`, or tiers as a row of figures."""
    path = tmp_path / "ours.yaml"
    path.write_text(COMMISSION, encoding="utf-8")
    old, new = load_scheme("dealership_commission"), load_scheme(path)
    line = old.pay.commission["technician"].lines["hours_outside"]
    assert line.rate is not None and line.tiers is None
    (pay,) = [chapter for chapter in told(old, new) if chapter.key == "pay"]
    (change,) = pay.changes
    assert "hours_outside" not in " ".join(change.place) and "对外" in " ".join(change.place)
    assert (change.kind, change.old) == ("changed", "每工时 ¥18")
    assert change.new == "60 以内每工时 ¥28；超过 60 的部分每工时 ¥32"
    # a whole plan that was added says its lines by name, too
    without = old.model_copy(update={"pay": old.pay.model_copy(update={"commission": {}})})
    added = [change.new for chapter in told(without, old) for change in chapter.changes if chapter.key == "pay"]
    assert added and not [words for words in added if "hours_outside" in words or "分档" in words]


@pytest.fixture
def draft(hr):
    digest = sha256(DRAFT.encode()).hexdigest()
    version = SchemeVersion.objects.create(name="ours", version="2027.1", sha256=digest, file="ours.yaml", by=hr)
    version_path(version=version).parent.mkdir(parents=True, exist_ok=True)
    version_path(version=version).write_text(DRAFT, encoding="utf-8")
    return version


def test_the_page_begins_with_the_draft_against_what_holds(draft, hr, technician, signed_in):
    """Fails when HR would have to look for what to compare, or a draft be shown to those who may not read it."""
    for language, words in (
        ("zh-hans", ("新增", "一次修复率", "虚线")),
        ("en", ("added", "One-time fix rate", "Dashed")),
    ):
        page = signed_in(hr, language).get(reverse("schemes:compare"))
        assert page.status_code == 200
        assert '<option value="own" selected>' in page.text
        assert f'<option value="{draft.pk}" selected>' in page.text
        for word in words:
            assert word in page.text
    client = signed_in(technician)
    assert "两个版本没有差别" in client.get(reverse("schemes:compare")).text
    assert client.get(reverse("schemes:compare"), {"new": draft.pk}).status_code == 404


def test_a_lost_document_does_not_break_the_page(draft, hr, signed_in):
    """Fails when a comparison with a version whose file is gone would be an error page."""
    from fairwrench.web.schemes.selectors import opened

    version_path(version=draft).unlink()
    opened.cache_clear()
    page = signed_in(hr).get(reverse("schemes:compare"))
    assert page.status_code == 200
    assert "没有名为" in page.text or "无法读取" in page.text
