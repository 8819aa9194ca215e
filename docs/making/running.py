"""Runs the commands that pages show, in a place of its own, each once."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner

from docs.making.pages import ROOT, Command, documents, language
from fairwrench.cli.main import main

#: what the pages start from: a small group, one month of it settled
SAMPLE = "fairwrench sample build/sample --stores 1 --months 2 --people 30 --orders 300"
SETTLE = "fairwrench settle 2026-10 --data build/sample --out build/out"
#: other programs that may be run as they stand
HARMLESS = {"cp", "head"}
LOCALES = {"zh": "zh_CN.UTF-8", "en": "C.UTF-8"}


@dataclass(frozen=True)
class Result:
    """What a command said, on both outputs, and its exit code."""

    output: str
    code: int


@dataclass
class Workplace:
    """A folder in which commands run as if it were the repository's; each language has its own. Equal ones run once.

    A command of which a page quotes nothing is run in one language only: what it does is the same.
    """

    top: Path
    done: dict[tuple[str, str], Result] = field(default_factory=dict)

    def prepare(self, page: Path) -> None:
        """Make and settle the sample that pages rely on, and save the files that this page tells readers to save."""
        lang = language(page)
        folder = self.top / lang
        if not folder.exists():
            folder.mkdir(parents=True)
            (folder / "examples").symlink_to(ROOT / "examples")
            made = next(self.top.glob("*/build/sample"), None)
            if made:
                shutil.copytree(made, folder / "build" / "sample")
            for text in (SAMPLE, SETTLE):
                self.run(Command(page, 0, text, quoted=("settled",) if text == SETTLE else ()))
        for name, text in documents(page).items():
            (folder / name).write_text(text, encoding="utf-8")

    def run(self, command: Command) -> Result | None:
        """What came of a command; None when it is none that is run here (make, git)."""
        if not command.is_ours and command.words[0] not in HARMLESS:
            return None
        text = command.text.removeprefix(".venv/bin/")
        key = (command.lang, text)
        elsewhere = [result for (_, done), result in self.done.items() if done == text]
        if not command.quoted and elsewhere:
            return elsewhere[0]
        if key not in self.done:
            with contextlib.chdir(self.top / command.lang):
                self.done[key] = self._run(command)
        return self.done[key]

    def _run(self, command: Command) -> Result:
        if not command.is_ours:
            told = subprocess.run(command.words, capture_output=True, text=True, check=False)
            return Result(told.stdout + told.stderr, told.returncode)
        env = {"LC_ALL": LOCALES[command.lang], "FORCE_COLOR": None, "COLUMNS": os.environ.get("COLUMNS")}
        told = CliRunner(env=env).invoke(main, command.words[1:], catch_exceptions=False, prog_name="fairwrench")
        return Result(told.output, told.exit_code)
