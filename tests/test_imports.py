"""Who may import whom. Lazy imports, imports for type checkers and `import_module("…")` count as well.

Were one of these to fail, a rule of the regulation could come to depend on files, a clock or a screen,
and a sealed month could no longer be recomputed from its seal alone.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGE = "fairwrench"

MAY_IMPORT = {
    "settlement": set(),
    "ledger": {"settlement"},
    "engines": {"settlement"},
    "catalog": {"settlement"},
    "closing": {"settlement", "ledger", "engines", "catalog"},
    "report": {"settlement", "ledger", "engines", "catalog", "closing"},
    "samples": {"settlement", "ledger", "catalog"},
    "web": {"settlement", "ledger", "engines", "catalog", "closing", "report", "samples"},
    "cli": {"settlement", "ledger", "engines", "catalog", "closing", "report", "samples", "web"},
}
SETTLEMENT_STANDS_ON = {"pydantic", "polars", "sqlglot", "chinese_calendar", "holidays"}
# Files, clock, environment, chance, network: whatever could make the same seal give another figure.
OUTSIDE_WORLD = {
    *("glob", "http", "io", "locale", "os", "pathlib", "platform", "random", "secrets", "shutil", "socket"),
    *("sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid"),
}


def module_name(path: Path, root: Path = ROOT) -> str:
    """`fairwrench/settlement/pay/pay.py` → `fairwrench.settlement.pay.pay`; a package by its own name."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}


def imported_names(tree: ast.AST, module: str, is_package: bool = False) -> Iterator[str]:
    """Every dotted name the module imports, wherever in it; `from a import b` gives `a.b`."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=origin, names=names, level=level):
                above = package.split(".")[: len(package.split(".")) - level + 1] if level else []
                base = ".".join([*above, *([origin] if origin else [])])
                yield from (f"{base}.{alias.name}" for alias in names)
            case ast.Call(func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__")):
                yield named_at_run_time(node)


def named_at_run_time(call: ast.Call) -> str:
    """The module that an `import_module` call names; one that only the run knows would hide from these tests."""
    match call.args[:1]:
        case [ast.Constant(value=str(name))]:
            return name
    raise AssertionError(f"line {call.lineno}: import a module by a name that can be read here")


def imports_of(module: str) -> set[str]:
    """All names imported by a module of ours."""
    return set(imported_names(TREES[module], module, SOURCES[module].name == "__init__.py"))


def own_modules(names: set[str]) -> set[str]:
    """Of imported names, the modules of ours behind them (`fairwrench.a.b.SomeClass` → `fairwrench.a.b`)."""
    ours = {name for name in names if name.split(".")[0] == PACKAGE}
    return {name if name in SOURCES else name.rpartition(".")[0] for name in ours}


def outside(names: set[str]) -> set[str]:
    """Of imported names, the top-level packages that are neither ours nor the standard library's."""
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {PACKAGE}


def room(module: str) -> str:
    """The package below `fairwrench` that a module stands in."""
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("module", [name for name in SOURCES if room(name)])
def test_a_module_imports_only_from_rooms_before_it(module: str) -> None:
    """Fails when data could run backwards, e.g. a report feeding a settlement."""
    allowed = MAY_IMPORT[room(module)] | {room(module)}
    crossed = {name for name in own_modules(imports_of(module)) if room(name) not in allowed}
    assert not crossed, f"{module} may import only from {sorted(allowed)}"


def test_no_module_imports_itself_in_a_circle() -> None:
    """Fails when two modules cannot be read, tested or changed one without the other."""
    graph = {name: own_modules(imports_of(name)) - {name} for name in SOURCES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail("circle: " + " → ".join(error.args[1]))


def declared(*parts: str) -> set[str]:
    """The packages that the project, some of its extras and the group `dev` (where named) ask for."""
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = tables["project"]["optional-dependencies"] | tables["dependency-groups"]
    lines = [*tables["project"]["dependencies"], *(line for part in parts for line in groups[part])]
    return {canonicalize_name(Requirement(line).name) for line in lines}


@pytest.mark.parametrize(
    ("folder", "parts"), [(PACKAGE, ["spark"]), ("tests", ["spark", "dev"]), ("bench", ["spark", "dev", "bench"])]
)
def test_every_imported_package_is_declared(folder: str, parts: list[str]) -> None:
    """Fails when the code leans on something that only happens to be installed with something else."""
    known, providers = declared(*parts), packages_distributions()
    for path in sorted((ROOT / folder).rglob("*.py")):
        names = imported_names(ast.parse(path.read_text(encoding="utf-8")), module_name(path), path.stem == "__init__")
        for name in outside(set(names)) - {"tests", "bench", "docs"}:
            provided_by = {canonicalize_name(provider) for provider in providers.get(name, [name])}
            assert provided_by & known, (
                f"{path.relative_to(ROOT)} imports {name}, which pyproject.toml does not declare"
            )


SETTLEMENT = [name for name in SOURCES if room(name) == "settlement"]


@pytest.mark.parametrize("module", SETTLEMENT)
def test_settlement_stands_on_few_packages(module: str) -> None:
    """Fails when the regulation as code leans on a framework, a file reader or the outside world."""
    names = imports_of(module)
    assert outside(names) <= SETTLEMENT_STANDS_ON
    assert not {name.split(".")[0] for name in names} & OUTSIDE_WORLD


@pytest.mark.parametrize("module", SETTLEMENT)
def test_settlement_reads_no_clock_and_no_file(module: str) -> None:
    """Fails when a figure could differ by the day or the machine on which it is computed."""
    for node in ast.walk(TREES[module]):
        match node:
            case ast.Call(func=ast.Name(id="open" | "input" | "eval" | "exec") as called):
                pytest.fail(f"{module}:{node.lineno} calls {called.id}()")
            case ast.Call(func=ast.Attribute(attr="now" | "utcnow" | "today" as attr)):
                pytest.fail(f"{module}:{node.lineno} reads the clock with {attr}()")
            case ast.Call(func=ast.Attribute(attr=attr)) if attr.startswith(("read_", "scan_", "write_", "sink_")):
                pytest.fail(f"{module}:{node.lineno} touches a file with {attr}()")


@pytest.mark.parametrize("module", SETTLEMENT)
def test_settlement_holds_no_float(module: str) -> None:
    """Fails when a binary fraction could touch a grade or a fen; how alike two words are touches neither."""
    nodes = list(ast.walk(TREES[module]))
    likeness = [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg == "cutoff"]
    for node in nodes:
        match node:
            case ast.Constant(value=float()) if node not in likeness:
                pytest.fail(f"{module}:{node.lineno} holds the float {node.value}")
            case ast.Attribute(attr="Float32" | "Float64"):
                pytest.fail(f"{module}:{node.lineno} uses {node.attr}")


def test_hidden_imports_are_seen() -> None:
    """Fails when the reader above overlooks a way to import, and so lets every other test here pass."""
    code = """
import polars.selectors
from . import pay
from ..ledger.seal import Seal
def later():
    from fairwrench.report import page
    import_module("duckdb")
"""
    found = set(imported_names(ast.parse(code), "fairwrench.settlement.grade"))
    inside = {"fairwrench.settlement.pay", "fairwrench.ledger.seal.Seal", "fairwrench.report.page"}
    assert found == inside | {"polars.selectors", "duckdb"}
