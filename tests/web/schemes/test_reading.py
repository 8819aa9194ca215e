"""The scheme as a regulation: every rule on the page, in words of both languages, with an address of its own."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import translation

from fairwrench.catalog.loader import load_scheme, load_sources, scheme_names
from fairwrench.report.naming import Names
from fairwrench.settlement.check.check_rules import PLACEHOLDERS
from fairwrench.web.schemes.text.clauses import PUT_IN
from fairwrench.web.schemes.text.regulation import _texts, _written

SCHEME = load_scheme("dealership")
CHINESE = re.compile(r"[㐀-鿿]")


@pytest.fixture
def page(signed_in, technician):
    """The text of the installation's own scheme in a language."""

    def read(language="zh-hans"):
        answer = signed_in(technician, language).get(reverse("schemes:read", args=["own"]))
        assert answer.status_code == 200
        return answer.text

    return read


def test_everybody_reads_the_list_and_the_scheme(signed_in, technician):
    """Fails when a technician could not read the rules that pay them, or when the list says nothing holds now."""
    client = signed_in(technician)
    listed = client.get(reverse("schemes:list")).text
    assert "汽车4S店售后绩效制度 1.0" in listed
    assert "现行" in listed
    assert "适用于所有月份" in listed
    assert client.get(reverse("schemes:read", args=["own"])).status_code == 200
    assert client.get(reverse("schemes:read", args=["17"])).status_code == 404


def test_who_is_not_signed_in_signs_in_first(client, db):
    """Fails when the rules of pay would be open to strangers."""
    for path in (reverse("schemes:list"), reverse("schemes:read", args=["own"])):
        assert client.get(path).status_code == 302


def test_each_item_metric_position_and_rule_has_an_address(page):
    """Fails when an explanation would link to a place that is not there, or a part of the scheme is left out."""
    ids = set(re.findall(r'\sid="([^"]+)"', text := page()))
    wanted = {f"item-{key}-{item.key}" for key, card in SCHEME.scorecards.items() for item in card.items}
    wanted |= {f"card-{key}" for key in SCHEME.scorecards} | {f"metric-{key}" for key in SCHEME.metrics}
    wanted |= {f"position-{key}" for key in SCHEME.positions} | {f"article-{key}" for key in SCHEME.articles}
    wanted |= {f"standing-{key}" for key in SCHEME.standing.rules} | {f"letter-{key}" for key in SCHEME.letters}
    wanted |= {f"grade-{grade}" for grade in SCHEME.bands.grades}
    assert wanted - ids == set()
    targets = set(re.findall(r'href="#([^"]+)"', text))
    assert targets - ids == set(), "links within the page lead somewhere"


def test_articles_of_every_part_are_shown(page):
    """Fails when somebody could not look up where a rule comes from."""
    text = page()
    parts = [*SCHEME.metrics.values(), *SCHEME.articles.values(), *SCHEME.cycle.steps.values()]
    parts += [item for card in SCHEME.scorecards.values() for item in card.items]
    missing = {part.reference for part in parts if part.reference and f">{part.reference}<" not in text}
    assert missing == set()


def test_an_item_says_weight_target_curve_and_raters(page):
    """Fails when a line of the technician's card would not say what it asks: the figures are those of the YAML."""
    row = re.search(r'<tr id="item-technician-one_time_fix_rate">.*?</tr>', page(), re.DOTALL)[0]
    for words in ("一次修复率", "关键指标", ">25<", "97 %", "90 % → 60", "100 % → 130", "<polyline"):
        assert words in row, words
    conduct = re.search(r'<tr id="item-technician-conduct">.*?</tr>', page(), re.DOTALL)[0]
    for words in ("优秀 130", "不合格 60", "须写明事例", "直接上级 100 %"):
        assert words in conduct, words
    bonus = re.search(r'<tr id="item-technician-urgent_response">.*?</tr>', page(), re.DOTALL)[0]
    assert "加分 ≤ 5" in bonus


def test_a_metric_is_told_in_words(page):
    """Fails when numerator, denominator, credit, or what happens to thin evidence would be missing."""
    told = re.search(r'<article [^>]*id="metric-rework_rate_judged">.*?</article>', page(), re.DOTALL)[0]
    for words in ("分子", "分母", "维修工单", "名下", "分母不足 10", "技术总监", "#metric-rework_rate", "3 %"):
        assert words in told, words


def test_grades_pay_and_deadlines_are_those_of_the_regulation(page):
    """Fails when bounds, shares or bases would be told otherwise than S1 ❺ 5.5 and 5.6 have them."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page()))
    for words in ("≥ 120", "≥ 105，&lt; 120", "&gt; 70，&lt; 90", "≤ 70", "60 %"):
        assert words in text, words
    for words in ("全额工资的 30 %", "全额工资的 50 %", "当月提成工资总额", "次月 2 日 17:30", "连续 2 个月为 D 或 E"):
        assert words in text, words


def test_english_is_complete(page):
    """Fails when an English reader meets Chinese, but for article numbers, rating levels, formulas and own name."""
    text = page("en")
    body = text[text.index('<div class="regulation">') : text.index("</main>")]
    body = re.sub(r'<span class="article">.*?</span>|<code>.*?</code>|<dt>.*?</dt>', "", body)
    left = {piece.strip() for piece in re.findall(r">([^<]*)<", body) if CHINESE.search(piece)}
    assert left == set()


def test_the_page_stays_light(page):
    """Fails when a phone would have to load more than 400 kB of text for it."""
    for language in ("zh-hans", "en"):
        assert len(page(language).encode()) < 400_000


def test_the_text_is_written_once(page):
    """Fails when every reader would wait for the whole regulation to be put together again."""
    page()
    before = dict(_texts)
    page()
    assert all(_texts[key] is text for key, text in before.items())


def test_a_reader_is_led_to_the_own_scorecard(signed_in, technician, member):
    """Fails when a technician would have to look for the card by which they are assessed."""
    assert 'href="#card-technician"' in signed_in(technician).get(reverse("schemes:read", args=["own"])).text
    assert "我的考核表" in signed_in(technician).get(reverse("schemes:read", args=["own"])).text
    general_manager = signed_in(member("E001", "general_manager"))
    assert "我的考核表" not in general_manager.get(reverse("schemes:read", args=["own"])).text


def test_a_month_leads_to_the_scheme_that_holds_in_it(signed_in, technician):
    """Fails when a link of an explanation would lead to nothing."""
    client = signed_in(technician)
    assert client.get(reverse("schemes:at", args=["2026-10"])).url == reverse("schemes:read", args=["own"])
    assert client.get(reverse("schemes:at", args=["2026-13"])).status_code == 404


def test_pages_ask_the_database_little(signed_in, technician, django_assert_max_num_queries):
    """Fails when a page would ask once for every version, item or metric."""
    client = signed_in(technician)
    client.get(reverse("schemes:list"))
    for name, arguments in (("list", []), ("read", ["own"]), ("compare", [])):
        with django_assert_max_num_queries(9):
            assert client.get(reverse(f"schemes:{name}", args=arguments)).status_code == 200


@pytest.mark.parametrize("name", scheme_names())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_shipped_scheme_can_be_read(name, lang):
    """Fails when a kind of pay, pool, curve or rule that only another scheme uses has no words."""
    with translation.override("en" if lang == "en" else "zh-hans"):
        text = _written(Names(load_scheme(name), load_sources(), lang))
    scheme = load_scheme(name)
    for plan in scheme.pay.commission:
        assert f'id="plan-{plan}"' in text
    for pool in scheme.pools:
        assert f'id="pool-{pool}"' in text
    assert text.count("<polyline") == sum(1 for card in scheme.scorecards.values() for item in card.items if item.curve)


def test_what_letters_put_in_is_said_in_words() -> None:
    """Fails when a letter may name something for which the scheme's page has no words."""
    assert set(PUT_IN) == set(PLACEHOLDERS)
