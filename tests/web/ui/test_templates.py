"""What must hold for every template of the web application: no inline code, both languages, short, known icons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fairwrench.web.ui.assets import ICONS

WEB = Path(__file__).parents[3] / "fairwrench" / "web"
TEMPLATES = sorted(path for path in WEB.rglob("templates/**/*") if path.suffix in (".html", ".svg", ".txt"))
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
NAMES = [str(path.relative_to(WEB)) for path in PAGES]
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
CHINESE = re.compile(r"[㐀-鿿，。；：！？（）]")
SAID = re.compile(r"""\{%\s*say\s+("[^"]*"|'[^']*')\s*("[^"]*"|'[^']*')?""")
ICON = re.compile(r"\{% icon ['\"]([\w-]+)['\"]|\bicon=['\"]([\w-]+)['\"]")


def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_no_page_carries_code_or_styles_of_its_own(path: Path) -> None:
    """Fails when the content security policy would break a page: it lets nothing inline run."""
    bare = TAG.sub("", source(path))
    assert re.findall(r"\sstyle\s*=", bare) == []
    assert [tag for tag in re.findall(r"<script\b[^>]*>", source(path)) if not re.search(r"\ssrc=", tag)] == []
    assert re.findall(r"<style\b", bare) == []
    assert re.findall(r"\son[a-z]+\s*=|\shx-on[:\-\w]*\s*=|javascript:", bare) == []


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_no_page_asks_another_host(path: Path) -> None:
    """Fails when opening a page would call somebody."""
    assert re.findall(r"(?:src|href|action|hx-get|hx-post)=\"(?:https?:)?//", source(path)) == []


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_every_template_is_short(path: Path) -> None:
    """Fails when a template has grown beyond what is read at one go."""
    assert len(source(path).splitlines()) <= 150


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_every_word_is_said_in_both_languages(path: Path) -> None:
    """Fails when Chinese stands on a page outside a tag, where English readers would see it."""
    bare = TAG.sub("", source(path)).replace("公绩", "")
    assert CHINESE.findall(bare) == []


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_words_have_their_english(path: Path) -> None:
    """Fails when `say` is given Chinese alone, the languages in the wrong order, or other blanks to fill in."""
    for zh, en in SAID.findall(source(path)):
        assert en, zh
        assert not CHINESE.search(en) or not CHINESE.search(zh), en
        assert sorted(re.findall(r"\{\w+\}", zh)) == sorted(re.findall(r"\{\w+\}", en)), zh


def test_every_icon_that_is_used_is_drawn() -> None:
    """Fails when a page, or the navigation, shows an empty square."""
    known = set(ICONS.read_text(encoding="utf-8").split())
    used = {one or other for path in PAGES for one, other in ICON.findall(source(path))}
    navigation = WEB / "project" / "navigation.py"
    if navigation.exists():
        used |= set(re.findall(r"\"([a-z]+(?:-[a-z]+)*)\", \"[\w.]+\"\)", source(navigation)))
    assert used - known == set()


def test_the_templates_are_found() -> None:
    """Fails when the tests above look at nothing."""
    assert len(PAGES) > 20
