"""The pages of this repository as data: their commands with the output they quote, their links and their headings."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: a quoted line that stands for any lines, or a line's end that stands for its rest
ELISION = "…"
_BLOCK = re.compile(r"^```(?P<kind>[\w-]*)\n(?P<body>.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]\n]*\]\(<?([^)\s>]+)>?\)|(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_ANCHOR = re.compile(r"<a id=\"([^\"]+)\">")
_PROGRAM = re.compile(r"^(?:\.venv/bin/)?fairwrench(?=\s|$)")


@dataclass(frozen=True)
class Command:
    """A command that a page shows: the words after the prompt, and the lines quoted below it (`line` is 1-based)."""

    page: Path
    line: int
    text: str
    quoted: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """The command as a shell splits it."""
        return shlex.split(self.text, comments=True)

    @property
    def is_ours(self) -> bool:
        """Whether it starts our own program."""
        return bool(_PROGRAM.match(self.text))

    @property
    def is_invented(self) -> bool:
        """Whether it speaks of the invented group, whose figures change when that is invented anew."""
        return "build/sample" in self.text or "build/out" in self.text

    @property
    def lang(self) -> str:
        """The language of the page."""
        return language(self.page)


def language(page: Path) -> str:
    """The language that a page is written in."""
    return "zh" if ".zh-CN." in page.name else "en"


def pages() -> list[Path]:
    """README and everything below docs/, in the order in which a newcomer reads them."""
    first = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
    return [page for page in (*first, *sorted((ROOT / "docs").rglob("*.md"))) if page.exists()]


def commands(page: Path) -> list[Command]:
    """The commands of a page's `console` and `bash` blocks; in a console block they follow `$`."""
    text = page.read_text(encoding="utf-8")
    found: list[Command] = []
    for block in _BLOCK.finditer(text):
        if block["kind"] in ("console", "bash"):
            first = text.count("\n", 0, block.start("body")) + 1
            found += _of_block(page, block["body"], first, prompt="$ " if block["kind"] == "console" else "")
    return found


def _of_block(page: Path, body: str, first: int, prompt: str) -> Iterator[Command]:
    begun: Command | None = None
    for number, line in enumerate(body.splitlines(), first):
        if line.startswith(prompt) and line.strip():
            if begun:
                yield begun
            begun = Command(page, number, line.removeprefix(prompt).strip())
        elif begun and line.strip():
            begun = Command(page, begun.line, begun.text, (*begun.quoted, line.rstrip()))
    if begun:
        yield begun


def documents(page: Path) -> dict[str, str]:
    """The files that a page tells readers to save: `yaml` blocks that begin with their name as a comment."""
    blocks = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    named = ((re.match(r"# ([\w.-]+\.yaml)\n", block["body"]), block) for block in blocks if block["kind"] == "yaml")
    return {name[1]: block["body"] for name, block in named if name}


def mentioned(page: Path) -> list[str]:
    """Every line of a code block, and every code span, that starts our program: also those that are not to be run."""
    text = page.read_text(encoding="utf-8")
    lines = [line.removeprefix("$ ").strip() for block in _BLOCK.finditer(text) for line in block["body"].splitlines()]
    spans = re.findall(r"`([^`\n]+)`", _BLOCK.sub("", text))
    return [line for line in (*lines, *spans) if _PROGRAM.match(line)]


def options(page: Path) -> set[str]:
    """Every `--option` in the page's code spans."""
    spans = re.findall(r"`([^`\n]+)`", _BLOCK.sub("", page.read_text(encoding="utf-8")))
    return {option for span in spans for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", span)}


def make_targets(page: Path) -> set[str]:
    """The targets that the page tells readers to make."""
    text = page.read_text(encoding="utf-8")
    return set(re.findall(r"(?:^\$ |^|`)make ([a-z][a-z-]*)", text, re.MULTILINE))


def links(page: Path) -> list[str]:
    """The targets of all links and pictures outside of code."""
    text = re.sub(r"`[^`\n]+`", "", _BLOCK.sub("", page.read_text(encoding="utf-8")))
    return [one or other for one, other in _LINK.findall(text)]


def anchors(page: Path) -> set[str]:
    """What a link into the page may name: its headings as GitHub writes them, and `<a id>`."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return {*map(_slug, _HEADING.findall(text)), *_ANCHOR.findall(text)}


def _slug(heading: str) -> str:
    kept = (sign for sign in heading.lower() if sign in " -_" or unicodedata.category(sign)[0] in "LN")
    return "".join(kept).replace(" ", "-")


def unquoted(quoted: tuple[str, ...], output: str, *, but_figures: bool = False) -> list[str]:
    """The quoted lines that the output does not have in this order; `but_figures` lets figures and grades differ."""
    lines = [without_figures(line) if but_figures else line.strip() for line in output.splitlines()]
    missing, at = [], 0
    for quote in quoted:
        if quote.strip() == ELISION:
            continue
        wanted = without_figures(quote) if but_figures else quote
        found = next((n for n in range(at, len(lines)) if same(wanted, lines[n])), None)
        if found is None:
            missing.append(quote)
        else:
            at = found + 1
    return missing


def without_figures(line: str) -> str:
    """A line with one figure for every figure, one grade for every grade, and no padding."""
    bare = re.sub(r"[-+−]?\d+(?:,\d{3})*(?:\.\d+)?", "0", line.strip())
    return re.sub(r"[ ━]+", " ", re.sub(r"(?<!\w)[A-E](?!\w)", "A", bare)).strip()


def same(quote: str, line: str) -> bool:
    """Whether a quoted line is that line, or its beginning where the rest is left out."""
    said = quote.strip()
    if said.endswith(ELISION) and line.startswith(said.removesuffix(ELISION).rstrip()):
        return True
    return said == line.strip()
