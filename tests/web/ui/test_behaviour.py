"""What the scripts of the pages do, in a real browser, on small pages made here: no server, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.web.chromium import CHROMIUM

STATIC = Path(__file__).parents[3] / "fairwrench/web/ui/static/ui"
SITE = "http://fairwrench.test"
FORM = '<form method="post" data-keep="f"><p data-restored hidden>back</p><input name="a" value="1">'
FORM += '<input type="password" name="p"><input type="checkbox" name="c"><button>send</button></form>'
GRID = "<table data-grid><tbody>" + "<tr><th>x</th>{}{}</tr>" * 2 + "</tbody></table>"
LEVELS = "<td><select><option>good</option><option>poor</option></select></td>"
CELL = '<td><input value="12"></td>'
DROP = '<form><div data-dropzone data-each="Remove"><input type="file" name="files" multiple>'
DROP += '<ul class="dropzone-files"></ul><progress hidden></progress></div></form>'

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]
Show = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of this file; it asks nobody outside."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Opens a page that holds `body` and all our scripts; `user` is who is signed in. One tab for a test."""
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    pages: dict[str, str] = {}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        else:
            route.fulfill(body=pages[path], content_type="text/html")

    context.route("**/*", answer)

    def opened(body: str, *, path: str = "/form/", user: str = "7", look: str = "auto", go: bool = True) -> Page:
        scripts = "".join(
            f'<script src="/static/{name}.js"></script>' for name in ("keep", "grid", "upload", "fairwrench")
        )
        head = (
            f'<html data-look="{look}" data-user="{user}" data-login="/login/"><script src="/static/theme.js"></script>'
        )
        pages[path] = f"<!doctype html>{head}<body>{body}{scripts}</body></html>"
        if go:
            page.goto(SITE + path)
        return page

    yield opened
    context.close()


def value(page: Page, name: str = "a") -> str:
    return page.input_value(f"[name={name}]")


def leave_unsaved(page: Page) -> None:
    page.on("dialog", lambda dialog: dialog.accept())


def test_what_was_typed_comes_back_and_passwords_do_not(show: Show) -> None:
    """Fails when a crash or a wrong click loses an hour's ratings, or a password is kept."""
    page = show(FORM)
    leave_unsaved(page)
    page.fill("[name=a]", "typed")
    page.fill("[name=p]", "secret")
    page.check("[name=c]")
    page.reload()
    assert (value(page), value(page, "p"), page.is_checked("[name=c]")) == ("typed", "", True)
    assert page.is_visible("[data-restored]")
    assert "secret" not in page.evaluate("JSON.stringify({...sessionStorage})")


def test_leaving_a_changed_form_is_asked_about_and_an_unchanged_one_is_not(show: Show) -> None:
    """Fails when a click beside the button throws work away, or every page asks."""
    asked: list[str] = []
    page = show(FORM)
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    show("elsewhere", path="/other/")
    assert asked == []
    page.goto(SITE + "/form/")
    page.type("[name=a]", "x")
    page.goto(SITE + "/other/")
    assert asked == ["beforeunload"]


def test_a_form_that_was_taken_is_forgotten(show: Show) -> None:
    """Fails when a saved form offers its old contents for ever."""
    page = show(FORM)
    page.fill("[name=a]", "typed")
    show("saved", go=False)
    page.click("button")
    page.wait_for_url(SITE + "/form/")
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("answer", [("sign in", ""), ("<p data-unsaved>expired</p>", "7")], ids=["expired", "refused"])
def test_a_form_that_was_not_taken_is_kept(show: Show, answer: tuple[str, str]) -> None:
    """Fails when an expired session, or a fault, loses what was sent."""
    page = show(FORM)
    page.fill("[name=a]", "typed")
    show(answer[0], user=answer[1], go=False)
    page.click("button")
    page.get_by_text("sign in" if not answer[1] else "expired").wait_for()
    assert value(show(FORM)) == "typed"


def test_the_next_person_at_the_screen_sees_nothing_of_it(show: Show) -> None:
    """Fails when one person's ratings appear in another's form."""
    page = show(FORM)
    leave_unsaved(page)
    page.fill("[name=a]", "typed")
    assert value(show(FORM, user="8")) == "1"


def test_signing_out_forgets_everything(show: Show) -> None:
    """Fails when what was typed stays on a shared computer."""
    page = show(FORM + '<form method="post" action="/logout/"><button id="out">out</button></form>')
    page.fill("[name=a]", "typed")
    show("bye", path="/logout/", user="", go=False)
    page.click("#out")
    page.get_by_text("bye").wait_for()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_form_that_has_changed_meanwhile_is_not_filled(show: Show) -> None:
    """Fails when kept values land in other fields than those they were typed into."""
    page = show(FORM)
    leave_unsaved(page)
    page.fill("[name=a]", "typed")
    assert value(show(FORM.replace('name="c"', 'name="d"'))) == "1"


def focus(page: Page) -> list[int]:
    """Row and column of the field that has the focus."""
    return page.evaluate(
        "(() => { const cell = document.activeElement.closest('td'); "
        "return [cell.parentElement.rowIndex, cell.cellIndex]; })()"
    )


@pytest.mark.parametrize(
    ("start", "key", "end"),
    [
        ([0, 2], "Enter", [1, 2]),
        ([1, 2], "Shift+Enter", [0, 2]),
        ([1, 2], "Enter", [1, 2]),
        ([0, 2], "ArrowDown", [1, 2]),
        ([0, 2], "ArrowLeft", [0, 1]),
        ([0, 1], "ArrowRight", [0, 2]),
        ([0, 1], "ArrowDown", [1, 1]),
        ([0, 1], "Enter", [1, 1]),
        ([0, 2], "ArrowRight", [0, 2]),
    ],
)
def test_keys_move_through_a_grid(show: Show, start: list[int], key: str, end: list[int]) -> None:
    """Fails when ratings need the mouse."""
    page = show(GRID.format(LEVELS, CELL, LEVELS, CELL))
    page.locator(f"tr >> nth={start[0]}").locator(f"th, td >> nth={start[1]}").locator("input, select").focus()
    if key == "ArrowLeft":
        page.keyboard.press("Home")
    page.keyboard.press(key)
    assert focus(page) == end


def test_a_digit_chooses_in_a_list_of_levels(show: Show) -> None:
    """Fails when a level cannot be chosen or taken back by keyboard, or moving through the grid changes levels."""
    none = LEVELS.replace("<select>", '<select><option value="">—</option>')
    page = show(GRID.format(none, CELL, none, CELL))
    page.evaluate("addEventListener('change', (event) => (window.last = event.target.value))")
    levels = page.locator("select")
    levels.first.focus()
    page.keyboard.press("2")
    assert (levels.first.input_value(), page.evaluate("last")) == ("poor", "poor")
    page.keyboard.press("9")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("1")
    assert [levels.nth(place).input_value() for place in range(2)] == ["poor", "good"]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    assert (levels.first.input_value(), page.evaluate("last")) == ("", "")


def test_enter_leads_first_to_what_a_cell_needs(show: Show) -> None:
    """Fails when the example that a level needs is passed over by keyboard, or nobody gets past it once it is there."""
    cell = LEVELS.replace("</td>", '<input data-wanted value=""></td>')
    page = show(GRID.format(cell, CELL, LEVELS, CELL))
    page.locator("select").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.hasAttribute('data-wanted')")
    page.keyboard.type("why")
    page.keyboard.press("Enter")
    assert focus(page) == [1, 1]


def test_what_was_saved_piece_by_piece_is_not_kept(show: Show) -> None:
    """Fails when a crash brings back what another tab has changed since, or leaving asks though all is saved."""
    page = show(FORM.replace("data-keep", "data-keep-changed data-keep") + '<input form="x">')
    page.fill("[name=a]", "typed")
    page.check("[name=c]")
    page.evaluate("""() => { const form = document.querySelector("form"); form.a.defaultValue = "typed";
      form.dispatchEvent(new Event("saved", {bubbles: true})); }""")
    leave_unsaved(page)
    page.reload()
    assert (value(page), page.is_checked("[name=c]")) == ("1", True), "only what was not saved comes back"
    page.uncheck("[name=c]")
    page.evaluate("document.querySelector('form').dispatchEvent(new Event('saved', {bubbles: true}))")
    assert page.evaluate("sessionStorage.length") == 0


def test_cells_copied_from_a_spreadsheet_are_pasted(show: Show) -> None:
    """Fails when a column from a spreadsheet lands in one field, or an unknown level is invented."""
    page = show(GRID.format(LEVELS, CELL, LEVELS, CELL))
    paste = """(field) => { const data = new DataTransfer(); data.setData("text/plain", "poor\\t7\\r\\nnone\\t8\\r\\n");
      field.dispatchEvent(new ClipboardEvent("paste", {bubbles: true, cancelable: true, clipboardData: data})); }"""
    page.locator("select").first.evaluate(paste)
    fields = page.locator("select, input")
    assert [fields.nth(place).input_value() for place in range(4)] == ["poor", "7", "good", "8"]


def test_chosen_files_are_listed_and_can_be_taken_out(show: Show) -> None:
    """Fails when somebody sends a file that was dropped by mistake."""
    page = show(DROP)
    page.set_input_files(
        "input", [{"name": name, "mimeType": "text/csv", "buffer": b"x"} for name in ("a.csv", "b.csv")]
    )
    assert page.locator("li").all_inner_texts() == ["a.csv\n1 KB", "b.csv\n1 KB"] or page.locator("li").count() == 2
    page.get_by_label("Remove a.csv").click()
    assert page.evaluate("[...document.querySelector('input').files].map(f => f.name)") == ["b.csv"]


def test_dropped_files_add_to_those_before(show: Show) -> None:
    """Fails when the second drop replaces the first, or hidden files of a folder are sent."""
    page = show(DROP)
    drop = """(name) => { const data = new DataTransfer(); data.items.add(new File(["x"], name));
      document.querySelector("[data-dropzone]").dispatchEvent(
        new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data})); }"""
    for many, name in enumerate(("a.csv", "b.csv"), start=1):
        page.evaluate(drop, ".DS_Store")
        page.evaluate(drop, name)
        page.wait_for_function("(many) => document.querySelectorAll('li').length === many", arg=many)
    assert page.evaluate("[...document.querySelector('input').files].map(f => f.name)") == ["a.csv", "b.csv"]


TOGGLE = "<button data-theme-toggle>theme</button>"


def theme(page: Page) -> Any:
    return page.evaluate("document.documentElement.dataset.bsTheme")


def test_the_theme_follows_system_account_and_switch(show: Show) -> None:
    """Fails when the page flashes in another theme, or the account's new setting is overruled by an old switch."""
    page = show(TOGGLE)
    assert theme(page) == "light"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("document.documentElement.dataset.bsTheme === 'dark'")
    page.click("button")
    assert (theme(page), theme(show(TOGGLE))) == ("light", "light")
    assert theme(show(TOGGLE, look="dark")) == "dark"


#: the dialog as every page has it (`ui/base.html`)
ASK = (
    '<dialog class="ask"><form method="dialog"><p></p>'
    '<button value="no">n</button><button value="yes">y</button></form></dialog>'
)


def test_what_cannot_be_undone_asks_once(show: Show) -> None:
    """Fails when a wrong click deletes, also where Escape or Enter answers the question."""
    form = '<form method="post" action="/gone/"><button class="go" data-confirm="Delete E1?">x</button></form>'
    page = show(f"{form}{ASK}")
    show("gone", path="/gone/", go=False)
    dialog = page.locator("dialog.ask")
    for refuse in (
        lambda: dialog.get_by_role("button", name="n").click(),
        lambda: page.keyboard.press("Escape"),
        lambda: page.keyboard.press("Enter"),
    ):
        page.click("button.go")
        expect(dialog).to_have_text("Delete E1?ny")
        refuse()
        expect(dialog).to_be_hidden()
        assert page.url == SITE + "/form/"
    page.click("button.go")
    dialog.get_by_role("button", name="y").click()
    page.wait_for_url(SITE + "/gone/")


def test_a_choice_sends_its_form(show: Show) -> None:
    """Fails when choosing a page size does nothing."""
    page = show('<form data-auto><select name="n"><option>25<option>50</select></form>')
    show("x", path="/form/?n=50", go=False)
    page.select_option("select", "50")
    page.wait_for_url(SITE + "/form/?n=50")
