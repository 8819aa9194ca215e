"""Which packages a command imports before it does anything: told by name in a process of its own, never by a clock."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fairwrench.cli import available
from fairwrench.cli.available import LISTED
from fairwrench.cli.main import main

FIGURES = {"polars", "duckdb", "deltalake", "sqlglot", "pyarrow"}
FILES = {"fastexcel", "xlsxwriter", "openpyxl", "docx", "docxtpl", "jinja2", "lxml"}
SITE = {"django", "allauth", "cryptography", "requests", "psycopg", "gunicorn"}
SELDOM = {"holidays", "ruamel", "pyspark", "pandas"}
#: what must not be imported for a call that only says how the command is used
NOT_FOR = {
    "--version": {*FIGURES, *FILES, *SITE, *SELDOM, "pydantic", "rich", "yaml"},
    "--help": {*FIGURES, *FILES, *SITE, *SELDOM, "pydantic", "rich", "yaml"},
    "serve": {*FIGURES, *FILES, *SITE, *SELDOM},
    "restore": {*FIGURES, *FILES, *SITE, *SELDOM},
    "deadlines": {*FIGURES - {"polars"}, *FILES, *SITE, *SELDOM},
    "check-scheme": {*FILES, *SITE, *SELDOM, "deltalake"},
    "verify": {*FILES, *SITE, *SELDOM},
    "settle": {*SITE, *SELDOM, "docx", "docxtpl", "jinja2"},
}
CLI = Path(available.__file__).parent
ASK = "import sys; from fairwrench.cli.main import main; main(sys.argv[1:], standalone_mode=False); print(*sys.modules)"


@pytest.mark.parametrize("call", NOT_FOR)
def test_a_command_imports_what_it_uses(call: str) -> None:
    """Fails when an import at the head of a module makes everybody wait for what this command has no use for."""
    words = [call] if call.startswith("-") else [call, "--help"]
    told = subprocess.run([sys.executable, "-c", ASK, *words], check=True, capture_output=True, text=True, timeout=60)
    loaded = {module.partition(".")[0] for module in told.stdout.splitlines()[-1].split()}
    assert "fairwrench" in loaded
    assert loaded & NOT_FOR[call] == set()


@pytest.mark.parametrize("name", LISTED)
def test_every_line_of_the_list_leads_to_its_command(name: str) -> None:
    """Fails when the list names a command that is called otherwise, or none at all."""
    assert main.commands[name].name == name


def test_every_command_stands_in_the_list() -> None:
    """Fails when a command is written and nobody can call it."""
    written = [path.read_text(encoding="utf-8").count("@click.command(") for path in CLI.rglob("*.py")]
    assert sum(written) == len(LISTED)


def test_a_slip_in_a_commands_name_is_met_with_the_nearest() -> None:
    """Fails when `fairwrench setle` is answered without a hint, or by reading every command first."""
    told = CliRunner().invoke(main, ["setle"])
    assert told.exit_code == 2
    assert "settle" in told.output
