"""The codes of everything that the program can say about files, schemes and months, read from the program itself.

A code stands where a `Problem` or a `Reason` is made, or is handed to a function that makes one from its `code`. The
pages of the web application refuse beside the field concerned and are left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from docs.making.pages import ROOT
from fairwrench.catalog.refusal import SENTENCES
from fairwrench.settlement.pay.pay import MISSING
from fairwrench.settlement.words.wording import CAUSES, SHORT

PROGRAM = ROOT / "fairwrench"
#: of the web application those that commands of the terminal say
OF_COMMANDS = {PROGRAM / "web" / "project" / "backup" / name for name in ("archive.py", "backup.py", "databases.py")}
#: what a problem is made by, with the place of its code among the arguments
MAKERS = ("Problem", "Reason")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Helper(NamedTuple):
    """A function that makes a problem of its `code`: its name, the class it belongs to, and where its code stands."""

    name: str
    owner: str
    place: int


@cache
def codes() -> frozenset[str]:
    """Every code, also those that stand in tables: causes of missing items, what keeps pay open, words of documents."""
    modules = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PROGRAM.rglob("*.py"))}
    ours = [
        tree for path, tree in modules.items() if "web" not in path.relative_to(PROGRAM).parts or path in OF_COMMANDS
    ]
    shared = {helper for tree in ours for helper in _helpers(tree) if not helper.name.startswith("_")}
    literal = {code for tree in ours for code in _of_module(tree, shared)}
    tables = {*CAUSES, *SHORT, *(f"missing_{code}" for code in MISSING), *(code for code, _, _ in SENTENCES.values())}
    return frozenset(literal | tables)


def _helpers(tree: ast.Module) -> Iterator[Helper]:
    owners = {part: node.name for node in tree.body if isinstance(node, ast.ClassDef) for part in node.body}
    for node in ast.walk(tree):
        if isinstance(node, Function):
            names = [argument.arg for argument in node.args.args if argument.arg != "self"]
            if "code" in names and _makes_problems(node):
                yield Helper(node.name, owners.get(node, ""), names.index("code"))


def _makes_problems(function: Function) -> bool:
    """Whether a function makes a problem, or lets another one make it, of its own `code`."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    first = (call.args[0] if call.args else None for call in calls)
    handed_on = any(isinstance(argument, ast.Name) and argument.id == "code" for argument in first)
    named = any(k.arg == "code" and isinstance(k.value, ast.Name) for call in calls for k in call.keywords)
    return handed_on or named


def _of_module(tree: ast.Module, shared: set[Helper]) -> Iterator[str]:
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    known = {helper.name: helper.place for helper in shared if (helper.owner or helper.name) in imported}
    known |= {helper.name: helper.place for helper in _helpers(tree)} | dict.fromkeys(MAKERS, 0)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, known)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            yield from _of_assignment(node)


def _of_call(call: ast.Call, known: dict[str, int]) -> Iterator[str]:
    name = getattr(call.func, "id", None) or getattr(call.func, "attr", "")
    if name == "known" and call.args and isinstance(call.args[0], ast.Tuple):
        yield from (f"unknown_{word.replace(' ', '_')}" for word in _texts(call.args[0].elts[1]))
    if name not in known:
        return
    named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    for expression in named or call.args[known[name] :][:1]:
        yield from _texts(expression)


def _of_assignment(node: ast.Assign) -> Iterator[str]:
    """`code, zh, en = …`: the first of them is the code."""
    target = node.targets[0]
    first = target.elts[0] if isinstance(target, ast.Tuple) else None
    if isinstance(first, ast.Name) and first.id == "code" and isinstance(node.value, ast.Tuple):
        yield from _texts(node.value.elts[0])


def _texts(expression: ast.expr) -> Iterator[str]:
    """The texts that an expression may be."""
    if isinstance(expression, ast.IfExp):
        yield from (*_texts(expression.body), *_texts(expression.orelse))
    elif isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        yield expression.value
