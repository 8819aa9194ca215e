"""What must hold for the repository as a whole: nothing of the machine in it, versions that agree, readable files."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted((ROOT / "fairwrench").rglob("*.py"))
LONGEST = 500
MOST_FILES = 12
WRITTEN_BY_HAND = {".py", ".yaml", ".yml", ".sql", ".md", ".toml", ".html", ".css", ".js"}
NOT_OURS = {".venv", "build", "dist", "__pycache__", ".git"}

# Each pattern holds an escape or a class where it matters, so that this file does not match itself.
REGISTRY = re.compile(
    rb"(?:pypi|npmjs|anaconda|pythonhosted)[.](?:org|com)|npmmirror[.]com|yarnpkg[.]com|tsinghua[.]edu|repo1?[.]maven"
    rb"|(?:index[-_]url|find[-_]links|trusted[-_]host)[ =]+[\w\"'./]",
    re.IGNORECASE,
)
MACHINE_PATH = re.compile(
    rb"(?<![\w.})-])/(?:work|root|home|Users)/[\w.]|/opt/(?:pypi|wheels)|file:[/]{3}|[A-Z]:\\Users", re.ASCII
)


def tracked_files() -> Iterator[Path]:
    """The files under version control; in an unpacked source archive, all files that it brought."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        paths = [ROOT / name for name in listed.decode().split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)]
    return (path for path in sorted(paths) if path.is_file())


def offences(pattern: re.Pattern[bytes]) -> list[str]:
    """Where a pattern occurs in the tracked files, as `file:line: text`."""
    found = []
    for path in tracked_files():
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
            if hit := pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {hit.group().decode(errors='replace')}")
    return found


def test_no_registry_host_is_tracked() -> None:
    """Fails when an installation elsewhere would be sent to an index that it may not have."""
    assert offences(REGISTRY) == []


def test_no_machine_path_is_tracked() -> None:
    """Fails when a file tells, or depends on, where somebody's copy of the repository stands."""
    assert offences(MACHINE_PATH) == []


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        (REGISTRY, ["https://files.python", "hosted.org/packages/x.whl"]),
        (REGISTRY, ["--extra-index-", "url https://example.com/simple"]),
        (REGISTRY, ["--find-", "links=wheels"]),
        (MACHINE_PATH, ["open('/ho", "me/ada/roster.xlsx')"]),
        (MACHINE_PATH, ["#   -r /wo", "rk/main/pyproject.toml"]),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern: re.Pattern[bytes], parts: list[str]) -> None:
    """Fails when the two tests above would pass because their patterns match nothing."""
    assert pattern.search("".join(parts).encode())


@pytest.mark.parametrize(
    "parts", [["https://example.com/ho", "me/page"], ["--no-emit-index-url --no-header"], ["$(DIR)/wo", "rk/x"]]
)
def test_the_patterns_leave_the_rest_alone(parts: list[str]) -> None:
    """Fails when an address on the web, or an option that keeps hosts out, would be taken for an offence."""
    text = "".join(parts).encode()
    assert not REGISTRY.search(text)
    assert not MACHINE_PATH.search(text)


def test_every_init_file_is_empty() -> None:
    """Fails when importing one module runs another's code, or a name has two homes."""
    assert [path for path in MODULES if path.name == "__init__.py" and path.stat().st_size] == []


def test_every_folder_with_modules_is_a_package() -> None:
    """Fails when a folder without `__init__.py` would be overlooked by the import contract."""
    assert {path.parent for path in MODULES} == {path.parent for path in MODULES if path.name == "__init__.py"}


@pytest.mark.parametrize(
    "path",
    # a migration is written by the framework, and its name says what it does
    [path for path in MODULES if path.name != "__init__.py" and path.parent.name != "migrations"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    """Fails when a newcomer opens a module and is not told what it holds."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_no_file_is_too_long_to_read() -> None:
    """Fails when a file holds more than one sitting's worth of one thing."""
    texts = [path for path in tracked_files() if path.suffix in WRITTEN_BY_HAND]
    lengths = {path: path.read_text(encoding="utf-8").count("\n") for path in texts}
    assert {str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_the_changelog_starts_with_the_version_of_the_project() -> None:
    """Fails when a version would be released without saying what changed."""
    headings = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == PYPROJECT["project"]["version"]


def test_the_readme_goes_with_the_package() -> None:
    """Fails when the package would be built without its description, or could not be built for want of it."""
    assert PYPROJECT["project"].get("readme") == ("README.md" if (ROOT / "README.md").exists() else None)


def pins(name: str) -> dict[str, set[str]]:
    """Package → locked versions (several where they differ by Python version)."""
    found: dict[str, set[str]] = {}
    text = (ROOT / name).read_text(encoding="utf-8")
    for package, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


@pytest.mark.parametrize(
    ("lock", "declared"),
    [
        ("requirements.lock", PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"]),
        ("requirements.lock", PYPROJECT["build-system"]["requires"]),
        ("requirements-spark.lock", PYPROJECT["project"]["optional-dependencies"]["spark"]),
        ("requirements-bench.lock", PYPROJECT["project"]["optional-dependencies"]["bench"]),
    ],
)
def test_the_lock_satisfies_what_is_declared(lock: str, declared: list[str]) -> None:
    """Fails when pyproject.toml was changed without `make lock`, so that an installation would lack something."""
    locked = pins(lock)
    for requirement in map(Requirement, declared):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in {lock}"
        assert all(requirement.specifier.contains(version) for version in versions), requirement


@pytest.mark.parametrize("lock", ["requirements-spark.lock", "requirements-bench.lock"])
def test_the_locks_of_the_extras_agree_with_the_main_one(lock: str) -> None:
    """Fails when installing an extra would change the versions that the other tests ran on."""
    main, extra = pins("requirements.lock"), pins(lock)
    assert {name: extra[name] for name in main.keys() & extra} == {name: main[name] for name in main.keys() & extra}


ROOMS = ("settlement", "ledger", "closing", "report", "samples", "cli", "engines", "catalog")
APPS = sorted(f"web/{path.parent.name}" for path in (ROOT / "fairwrench/web").glob("*/__init__.py"))
#: folders of an app whose name and place come from Django
FRAMEWORK = {"management", "migrations", "static", "templates", "templatetags"}


@pytest.mark.parametrize("room", [*ROOMS, *APPS])
def test_each_room_says_what_it_is_for_and_what_its_folders_hold(room: str) -> None:
    """Fails when a room grows a folder that its README does not name, or names one that is gone."""
    folder = ROOT / "fairwrench" / room
    told = set(re.findall(r"^\| `(\w+)` \|", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    there = {path.parent.name for path in folder.glob("*/__init__.py")}
    assert told == (there - FRAMEWORK - {"commands"})


@pytest.mark.parametrize("room", [*ROOMS, *APPS])
def test_modules_that_a_readme_names_are_there(room: str) -> None:
    """Fails when a module was renamed and the README of its room still sends people to the old one."""
    folder = ROOT / "fairwrench" / room
    named = set(re.findall(r"`([\w/]+\.py)`", (folder / "README.md").read_text(encoding="utf-8")))
    bases = (folder, folder.parent, ROOT)
    assert {name for name in named if not any((base / name).is_file() for base in bases)} == set()


@pytest.mark.parametrize("room", [*ROOMS, *APPS])
def test_no_room_holds_more_than_a_dozen_files(room: str) -> None:
    """Fails when a folder has grown into two rooms."""
    modules = [
        path
        for path in (ROOT / "fairwrench" / room).rglob("[!_]*.py")
        # every app of Django has an `apps.py` of six lines
        if path.name != "apps.py" and not FRAMEWORK & set(path.parts)
    ]
    counts = Counter(path.parent for path in modules)
    assert {str(folder): count for folder, count in counts.items() if count > MOST_FILES} == {}


def asks_the_day(code: ast.AST) -> Iterator[int]:
    """The lines that ask for the day or the time while the module is read: not those in the body of a function."""
    for child in ast.iter_child_nodes(code):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            early = [*child.args.defaults, *filter(None, child.args.kw_defaults), *getattr(child, "decorator_list", [])]
            for node in early:
                yield from asks_the_day(ast.Expr(node))
            continue
        if isinstance(child, ast.Call) and ast.unparse(child.func).split(".")[-1] in {"today", "now", "localdate"}:
            yield child.lineno
        yield from asks_the_day(child)


def test_no_module_keeps_the_day_it_was_read() -> None:
    """Fails when a server, or a run of tests, that goes on over midnight takes yesterday for today."""
    modules = [*MODULES, *sorted((ROOT / "tests").rglob("*.py"))]
    found = [(path, line) for path in modules for line in asks_the_day(ast.parse(path.read_text(encoding="utf-8")))]
    assert [f"{path.relative_to(ROOT)}:{line}" for path, line in found] == []


def test_a_day_kept_is_seen() -> None:
    code = "NOW = today()\nclass A:\n    day = timezone.now()\n@mark(date.today())\ndef f(at=now()):\n    today()\n"
    assert sorted(asks_the_day(ast.parse(code))) == [1, 3, 4, 5]
