"""The demo served as its user serves it, and a browser at a desk or on a phone that notices what a page does wrong."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from fairwrench.web.demo.group import TO_HAND_IN
from fairwrench.web.demo.logins import PASSWORD
from tests.web.chromium import CHROMIUM
from tests.web.demo_home import environment
from tests.web.rows import copied

ROOT = Path(__file__).parents[3]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: screenshots of every journey end up here
PICTURES = ROOT / "build" / "pictures"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
#: how long a site may take to answer for the first time, and a job to be done (seconds)
STARTED, DONE = 240, 120
#: how long a page may take to say what is expected of it (milliseconds): busy machines are slow, not wrong
expect.set_options(timeout=20_000)
#: what axe-core finds of these impacts is a failure, and so is whatever breaks a rule of WCAG 2.2 AA
SERIOUS = ("serious", "critical")
WCAG = {"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys need a browser and the front-end packages; what is missing is said, not passed over."""
    here = Path(__file__).parent
    reasons = [
        (CHROMIUM is None, "no Chromium: apt install chromium fonts-noto-cjk"),
        (not AXE.exists(), "make install"),
    ]
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            for missing, reason in reasons:
                item.add_marker(pytest.mark.skipif(missing, reason=reason))


@dataclass(frozen=True)
class Site:
    """The served demo: its address, and the folder in which it was built."""

    url: str
    folder: Path

    def waiting(self, word: str) -> Path:
        """A file that is still to be handed in, by a word of its name."""
        return next(path for path in sorted((self.folder / TO_HAND_IN).iterdir()) if word in path.name)


@contextmanager
def served_demo(built: Path, folder: Path) -> Iterator[Site]:
    """`fairwrench serve --demo` of a copy of the small group in FOLDER, worker included; ended with the block."""
    with served_home(copied(built, folder), "--demo") as served:
        yield served


@contextmanager
def served_home(folder: Path, option: str = "--home") -> Iterator[Site]:
    """`fairwrench serve` of what a folder keeps; ended with the block."""
    port = _free_port()
    command = [str(Path(sys.executable).with_name("fairwrench")), "serve", option, str(folder), "--port", str(port)]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment(), stdout=log, stderr=log, cwd=ROOT, start_new_session=True)
    served = Site(f"http://127.0.0.1:{port}", folder)
    try:
        _wait_for(served, process)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="session")
def site(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One demo for the files of a session: none may publish a month, as another's dates would then be in the past."""
    with served_demo(demo_home, tmp_path_factory.mktemp("site") / "home") as served:
        yield served


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(site: Site, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTED
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{site.url}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail((site.folder / "serve.log").read_text(encoding="utf-8", errors="replace")[-3000:])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; it asks nobody outside. Ended with the file: its event loop would be in others' way."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield started
        started.close()


def agreeing(*pages: Page) -> None:
    """Whatever a page asks before it does something is agreed to."""
    for page in pages:
        page.add_locator_handler(page.locator("dialog.ask[open] button[value=yes]"), lambda yes: yes.click())


class Visitor:
    """Somebody at a browser. Whatever the browser complains about is kept in `complaints`."""

    def __init__(self, page: Page, site: Site, name: str) -> None:
        self.page, self.site, self.name = page, site, name
        self.complaints: list[str] = []
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:
            self.complaints.append(text)

    def sign_in(self, username: str) -> Visitor:
        """By name and password, as everybody does."""
        self.page.goto(f"{self.site.url}/accounts/login/")
        self.page.fill("input[name=login]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "login" not in url)
        return self

    def speak(self, word: str) -> None:
        """Switch the language by the user menu, where it is not spoken already."""
        self.page.locator(".user-button").click()
        button = self.page.get_by_role("button", name=word, exact=True)
        if button.count():
            button.click()
            self.page.wait_for_load_state()
        else:
            self.page.keyboard.press("Escape")

    @contextmanager
    def in_english(self) -> Iterator[None]:
        """Speak English for a while; afterwards Chinese again, as the account is shared."""
        self.speak("English")
        try:
            yield
        finally:
            self.go("/settings/").speak("中文")

    def go(self, path: str) -> Visitor:
        """To a page of the site."""
        answer = self.page.goto(f"{self.site.url}{path}")
        assert answer is not None and answer.status == 200, path
        return self

    def wait_for_job(self) -> None:
        """Until no work is shown as waiting or running."""
        expect(self.page.locator(".progress-card progress")).to_have_count(0, timeout=DONE * 1000)

    def look(self, what: str) -> None:
        """Keep a picture; nothing of the page may be wrong."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{self.name}-{what}.png", full_page=True)
        assert self.wrong() == [], what

    def wrong(self) -> list[str]:
        """What axe or WCAG 2.2 AA forbids on the page, whether it is too wide, what the browser complained about."""
        self.page.evaluate(_axe())
        found: list[dict[str, Any]] = self.page.evaluate("axe.run().then(result => result.violations)")
        broken = [one for one in found if one["impact"] in SERIOUS or WCAG & set(one["tags"])]
        told = [f"{one['id']}: {node['html'][:160]}" for one in broken for node in one["nodes"]]
        width = self.page.viewport_size
        assert width is not None
        if self.page.evaluate("document.documentElement.scrollWidth") > width["width"]:
            told.append("too wide")
        told += self.complaints
        self.complaints.clear()
        return told


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def visitor(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors: `visitor(phone=True, language="en", dark=True)`."""
    opened = []

    def come(*, phone: bool = False, language: str = "zh-CN", dark: bool = False) -> Visitor:
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport=PHONE if phone else DESK, locale=language, color_scheme=scheme)
        opened.append(context)
        name = f"{'phone' if phone else 'desk'}-{'dark-' if dark else ''}{language[:2]}"
        return Visitor(context.new_page(), site, name)

    yield come
    for context in opened:
        context.close()
