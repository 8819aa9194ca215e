"""The pages say what the program does: commands run, quotes are said, links lead somewhere, lists are complete."""

import ast
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import click
import pytest

from docs.making import source_pages
from docs.making.codes import codes
from docs.making.pages import (
    ROOT,
    Command,
    anchors,
    commands,
    links,
    make_targets,
    mentioned,
    options,
    pages,
    same,
    unquoted,
)
from docs.making.quotes import renew
from docs.making.running import Workplace
from fairwrench.catalog.loader import load_scheme, load_sources, scheme_names
from fairwrench.cli.available import LISTED
from fairwrench.cli.main import main
from tests.catalog.metric_library import load_metrics

PAGES = pages()
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
RUN = [page for page in PAGES if commands(page)]
DOCS = ROOT / "docs"
PAIRS = [("README.md", "README.zh-CN.md"), ("docs/tour.md", "docs/tour.zh-CN.md")]
COMMANDS: dict[str, click.Command] = dict(main.commands)
#: options of other programs that pages name
FOREIGN = {"--only", "--times", "--size", "--shared"}
RENEW = "run `python -m docs.making` and read what it changed"


def texts(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def known_options(command: click.Command) -> set[str]:
    written = [option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)]
    return {*written, "--help", "-h", "--version"}


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """Where all commands of all pages run; equal ones run once."""
    return Workplace(tmp_path_factory.mktemp("docs"))


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_work_and_say_what_is_quoted(page: Path, workplace: Workplace) -> None:
    """Fails when a newcomer types what a page shows and gets an error, or is told something else than the page quotes.

    Figures of the invented group may differ: `python -m docs.making` brings them up to date.
    """
    workplace.prepare(page)
    for command in commands(page):
        result = workplace.run(command)
        if result:
            assert result.code == 0, f"{command.text}\n{result.output}"
            missing = unquoted(command.quoted, result.output, but_figures=command.is_invented)
            assert missing == [], f"line {command.line}: {RENEW}\n{result.output}"


def test_quotes_are_found_in_their_order_and_may_be_cut() -> None:
    """Fails when the test above would find whatever a page quotes."""
    output = "one 1\n  two 2 and more\nthree 3\n"
    assert unquoted(("one 1", "…", "two 2 …", "three 3"), output) == []
    assert unquoted(("three 3", "one 1"), output) == ["one 1"]
    assert unquoted(("one", "two 3 …"), output) == ["one", "two 3 …"]
    assert unquoted(("one 7", "three 3"), output) == ["one 7"]
    assert unquoted(("one 7", "three 3"), output, but_figures=True) == []
    assert unquoted(("two 5.0 less",), output, but_figures=True) == ["two 5.0 less"]
    assert same("two 2 …", "two 2 and more") and not same("two 2", "two 2 and more")


def test_quotes_are_brought_up_to_date(tmp_path: Path) -> None:
    """Fails when `python -m docs.making` would lose a quote, or take another line for it."""
    page = tmp_path / "page.md"
    shown = "```console\n$ fairwrench settle\nscore 98.31 for E01006\n…\npool 12.00 …\nnever said at all\n```\n"
    page.write_text(shown, encoding="utf-8")

    class Said(Workplace):
        def prepare(self, page: Path) -> None:
            """Nothing is needed."""

        def run(self, command: Command):  # type: ignore[no-untyped-def]
            said = "unlike\nscore 97.02 for E01006\npool 13.50 of 70 %\n"
            return type("Result", (), {"output": said, "code": 0})()

    assert [lost.startswith("never said at all [fairwrench settle") for lost in renew(page, Said(tmp_path))] == [True]
    assert unquoted(("score 97.02 for E01006", "pool 13.50 …"), page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_option_that_a_page_names_exists(page: Path) -> None:
    """Fails when a page promises an option, or gives it to a command that does not have it."""
    every = set().union(*(known_options(command) for command in COMMANDS.values()))
    assert options(page) - every - FOREIGN == set()
    for line in mentioned(page):
        words = re.sub(r"^(?:\.venv/bin/)?fairwrench\s*", "", line).split()
        if words and not words[0].startswith(("-", "…")):
            assert words[0] in COMMANDS, line
            named = {option.rstrip("]") for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)}
            assert named <= known_options(COMMANDS[words[0]]), line


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_shown_and_explained(name: str) -> None:
    """Fails when a command or one of its options stands there without a word."""
    command = COMMANDS[name]
    assert any(f"fairwrench {name}" in texts(page) for page in PAGES) or name == "demo"
    assert 0 < len(LISTED[name].short_help) <= 62, "the list of commands would cut it"
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_make_targets_exist(page: Path) -> None:
    """Fails when a page tells to make what the Makefile does not know."""
    known = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert make_targets(page) <= known


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page: Path) -> None:
    """Fails when a reader follows a link into nothing."""
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            assert link.startswith("https://"), link
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent != DOCS / "decisions"], ids=lambda p: p.name)
def test_the_index_knows_every_page(page: Path) -> None:
    """Fails when a page is there that nobody finds."""
    index = DOCS / "README.md"
    assert page in {index, *((DOCS / link.partition("#")[0]).resolve() for link in links(index))}


def test_every_decision_is_listed() -> None:
    """Fails when a decision was written and not entered into the list."""
    listed = set(links(DOCS / "decisions" / "README.md"))
    assert {path.name for path in (DOCS / "decisions").glob("0*.md")} == listed


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_both_languages_show_the_same_commands(one: str, other: str) -> None:
    """Fails when a step was added to a page in one language only."""
    assert [c.text for c in commands(ROOT / one)] == [c.text for c in commands(ROOT / other)]
    assert len(texts(ROOT / one).splitlines()) <= 160


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_is_short(name: str) -> None:
    """Fails when the first page has grown into a manual."""
    assert len(texts(ROOT / name).splitlines()) <= 120


@pytest.mark.parametrize("path", sorted(source_pages.pages()), ids=lambda path: path.name)
def test_generated_pages_say_what_the_catalog_says(path: Path) -> None:
    """Fails when a kind of file, a column or a header word is recognised that its page does not name."""
    assert path.exists() and texts(path) == source_pages.pages()[path], RENEW


def test_no_page_is_left_of_a_department_that_is_gone() -> None:
    """Fails when a generated page would tell what is no longer so."""
    assert set((DOCS / "sources").glob("*.md")) == set(source_pages.pages()) - {source_pages.FILES}


@pytest.mark.parametrize("name", sorted(load_sources()))
def test_every_kind_of_file_is_in_the_list(name: str) -> None:
    """Fails when somebody cannot find what to call a file that they have to hand in."""
    source = load_sources()[name]
    assert f"[{source.name.zh} {source.name.en}](sources/" in texts(source_pages.FILES)
    assert source.aliases[0] in texts(source_pages.FILES)


def test_shipped_schemes_are_told() -> None:
    """Fails when a scheme is shipped that no page names."""
    every = "".join(texts(page) for page in (*PAGES, ROOT / "CHANGELOG.md"))
    assert [name for name in scheme_names() if f"`{name}`" not in every and f"--scheme {name}" not in every] == []


def messages() -> list[str]:
    """Every text constant of the program, and every document of the catalog."""
    found = [path.read_text(encoding="utf-8") for path in (ROOT / "fairwrench").rglob("*.yaml")]
    for path in (*(ROOT / "fairwrench").rglob("*.py"), ROOT / "Makefile"):
        if path.suffix != ".py":
            found.append(path.read_text(encoding="utf-8"))
            continue
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return found


def test_troubleshooting_quotes_what_is_really_said() -> None:
    """Fails when a message was worded anew, so that nobody would find it on the page."""
    said = messages()
    rows = re.findall(r"^\| ([^|]+<br>[^|]+) \|", texts(DOCS / "troubleshooting.md"), re.MULTILINE)
    pieces = [piece.strip("“”：; ；") for row in rows for piece in re.split(r"…|<br>|“|”", row)]
    told = [piece.strip() for piece in pieces if len(piece.strip(" ，。：,.:;；")) > 4]
    assert len(told) > 60
    assert [piece for piece in told if not any(piece in text for text in said)] == []


def codes_explained() -> set[str]:
    """The codes that troubleshooting.md names, in its tables and below them."""
    page = texts(DOCS / "troubleshooting.md")
    cells = [row.split("|")[2] for row in page.splitlines() if row.startswith("| ")]
    return set(re.findall(r"`([a-z_]+)`", " ".join([*cells, page.rpartition("\n\n")[2]])))


def test_every_code_is_explained_and_none_that_is_gone() -> None:
    """Fails when a program is told a code that nobody can look up, or the page explains one that is never said."""
    assert len(codes()) > 270
    assert codes() - codes_explained() == set()
    assert codes_explained() - codes() == set()


def test_codes_are_found_wherever_problems_are_made() -> None:
    """Fails when the test above would miss codes: those that functions make, choose, or take from a table."""
    by_name_or_place = {"reversals", "no_files", "damaged_file", "not_sealed"}
    handed_to_a_function = {"no_partner", "weights", "fines", "pool_held", "overlapping_assignments", "anchor"}
    chosen_or_put_together = {"row_extra", "manager_unknown", "unknown_position_or_role", "missing_commission"}
    assert by_name_or_place | handed_to_a_function | chosen_or_put_together | {"too_little_measured"} <= codes()
    assert codes().isdisjoint({"store", "name", "add", ""})


def rows_of(heading: str) -> list[list[str]]:
    """The rows of a table of articles.md."""
    part = texts(DOCS / "articles.md").partition(f"## {heading}")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


RULES = [*rows_of("The monthly appraisal"), *rows_of("Other articles")]
FOLDERS = {"R": "schemes/_regulation", "D": "schemes/dealership", "F": "schemes/field_service", "M": "metrics"}


@pytest.mark.parametrize("row", RULES, ids=lambda row: row[0])
def test_every_article_leads_to_its_place_and_its_cases(row: list[str]) -> None:
    """Fails when the table leads to a part of the scheme, a book of cases or a test that is not there."""
    _, _, scheme, _, held = row
    assert held, "nothing holds this article"
    for letter, name, parts in re.findall(r"`([RDFM])/([\w*]+\.yaml)`((?: ?,? ?`[\w.*]+`)*)", scheme):
        files = list((ROOT / "fairwrench/catalog" / FOLDERS[letter]).glob(name))
        text = "".join(path.read_text(encoding="utf-8") for path in files)
        for part in re.findall(r"`([\w.*]+)`", parts):
            assert re.search(rf"\b{re.escape(part.rpartition('.')[2])}:", text), f"{name} {part}"
    for name in re.findall(r"`([\w]+\.(?:yaml|sql|py))`", held):
        assert list((ROOT / "tests").rglob(name)), name


NUMBER = r"(?:annex|[壹貳叁肆捌玖]|\d+(?:\.\d+)*)"
CITED = re.compile(rf"S[0-3] ?[❶❷❹❺]? ?({NUMBER}(?:(?:, | step \d+, |–){NUMBER})*)")


def cited_in(name: str) -> set[str]:
    """The articles that a book of cases names, `S2` for a text without numbers."""
    book = (ROOT / "tests/cases" / name).read_text(encoding="utf-8")
    numbers = {number for places in CITED.findall(book) for number in re.findall(NUMBER, places)}
    return numbers | set(re.findall(r"\bS2\b", book))


@pytest.mark.parametrize("row", [row for row in RULES if ".yaml`" in row[4]], ids=lambda row: row[0])
def test_the_cases_named_speak_of_the_article(row: list[str]) -> None:
    """Fails when books of cases are named of which none says anything about the article."""
    wanted = set(re.findall(rf"{NUMBER}|S2", re.sub(r"S[013]( ❷ 6)?", "", row[0])))
    cited = set().union(*map(cited_in, re.findall(r"`(\w+\.yaml)`", row[4])))
    assert [
        (article, other)
        for article in wanted
        for other in cited
        if f"{article}.".startswith(f"{other}.") or f"{other}.".startswith(f"{article}.")
    ]


@pytest.mark.parametrize("name", sorted((ROOT / "tests/cases").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_book_of_cases_is_in_the_table(name: Path) -> None:
    """Fails when cases were worked out that no article leads to."""
    assert f"`{name.name}`" in texts(DOCS / "articles.md")


def test_every_indicator_with_an_article_is_in_the_table_and_has_its_oracle() -> None:
    """Fails when a figure of the regulation cannot be followed to its definition and its check."""
    table = texts(DOCS / "articles.md")
    metrics = load_metrics()
    assert [name for name, metric in metrics.items() if metric.reference and f"`{name}`" not in table] == []
    assert [name for name in metrics if not (ROOT / "tests/oracles" / f"{name}.sql").exists()] == []


def test_scorecards_named_in_the_table_score_the_indicator() -> None:
    """Fails when the table says that a position is scored by something that its scorecard lacks."""
    cards = load_scheme("dealership").scorecards
    for article, _, place, scored in rows_of("Indicators"):
        named = set(re.findall(r"`(\w+)`", place)) | (set(load_metrics("people")) if "people" in place else set())
        for card in re.findall(r"`(\w+)`", scored):
            if card in cards:
                assert named & {item.key for item in cards[card].items}, f"{article}: {card}"


@pytest.mark.parametrize("path", sorted((DOCS / "pictures").glob("*.svg")), ids=lambda path: path.name)
def test_pictures_ask_no_web_host_and_tell_no_path(path: Path) -> None:
    """Fails when opening the README would call somebody, or a picture shows where it was drawn."""
    svg = path.read_text(encoding="utf-8")
    assert ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    bare = svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|@font-face|@import|url\((?!#)|<script|<image|\.venv|/tmp/", bare)


@pytest.mark.slow
def test_pictures_can_be_drawn_again(workplace: Workplace) -> None:
    """Fails when the script that draws them no longer fits what explanations are made of."""
    workplace.prepare(ROOT / "README.md")
    from docs.pictures.make import draw

    drawn = draw(workplace.top / "en" / "build" / "out", "en")
    assert ET.fromstring(drawn).tag.endswith("svg")
    assert "One-time" in drawn
