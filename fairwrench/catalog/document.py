"""YAML text as plain data with the place of every part: exact numbers, one meaning a key, lines for every error.

A `Document` keeps `data` (dicts, lists, str, int, Decimal, bool, None) and `places`, which leads from a path such as
`("scorecards", "technician", "items", 2)` to the file and line where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from fairwrench.settlement.problem import Problem, Refused

Path = tuple[str | int, ...]
TAG = "tag:yaml.org,2002:"
TRUE_WORDS = ("true", "True", "TRUE")


@dataclass(frozen=True)
class Place:
    """Where a part of a document stands; lines count from 1."""

    file: str
    line: int


@dataclass
class Document:
    """Plain data and where each part of it was written."""

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """The place of `path`, or of the nearest part around it that was written down."""
        for size in range(len(path), -1, -1):
            if found := self.places.get(path[:size]):
                return found
        return Place("", 0)

    def located(self, problem: Problem) -> Problem:
        """`problem` with the file and line of its path, where it has none yet."""
        if problem.file:
            return problem
        place = self.place(problem.path)
        return replace(problem, file=place.file, line=place.line)


def read_document(text: str, file: str) -> Document:
    """The document in `text`; problems call it `file`. Refused with line numbers when it cannot be read."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise Refused([_unreadable(file, mark.line + 1 if mark else 0, error.problem or str(error))]) from None
    except YAMLError as error:
        raise Refused([_unreadable(file, 0, str(error).splitlines()[0])]) from None
    except RecursionError:
        raise Refused([_unreadable(file, 0, "it is nested too deeply")]) from None
    if not isinstance(root, MappingNode):
        raise Refused([_unreadable(file, 1, "a mapping of `key: value` lines is expected")])
    reader = _Reader(file)
    data = reader.value(root, ())
    if reader.problems:
        raise Refused(reader.problems)
    return Document(data, reader.places)


def _unreadable(file: str, line: int, detail: str) -> Problem:
    zh, en = f"YAML 无法读取：{detail}", f"the YAML cannot be read: {detail}"
    return Problem("unreadable_yaml", zh, en, file=file, line=line)


@dataclass
class _Reader:
    """Walks the nodes of one file, collecting places and problems."""

    file: str
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def value(self, node: Node, path: Path) -> Any:
        """The plain value of a node."""
        self.places.setdefault(path, Place(self.file, node.start_mark.line + 1))
        if node.anchor:
            # Copies by anchor would hide where a figure stands; variants have `base:` instead.
            zh, en = "不支持锚点（&、*），请直接写出", "anchors (&, *) are not supported; write it out"
            self._problem(node, path, "anchor", zh, en)
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(part, (*path, index)) for index, part in enumerate(node.value)]
        return self._scalar(node, path) if isinstance(node, ScalarNode) else None

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            spot = (*path, key)
            self.places.setdefault(spot, Place(self.file, key_node.start_mark.line + 1))
            if key in result:
                self._problem(key_node, spot, "twice", f"“{key}”写了两次", f"`{key}` stands here twice")
            result[key] = self.value(value_node, spot)
        return result

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        kind, text = str(node.tag).removeprefix(TAG), str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text in TRUE_WORDS
        if kind in ("int", "float"):
            return self._number(node, path, kind, text)
        return text

    def _number(self, node: ScalarNode, path: Path, kind: str, text: str) -> int | Decimal | None:
        try:
            number = Decimal(text.replace("_", ""))
            return int(number) if kind == "int" else number
        except InvalidOperation:
            self._problem(node, path, "number", f"“{text}”不是十进制数", f"`{text}` is not a decimal number")
            return None

    def _problem(self, node: Node, path: Path, code: str, zh: str, en: str) -> None:
        self.problems.append(Problem(code, zh, en, path=path, file=self.file, line=node.start_mark.line + 1))


def merged(base: Document, over: Document) -> Document:
    """`over` laid upon `base`: mappings merge, lists and scalars replace, null removes."""
    result = Document(dict(base.data), dict(base.places))
    if () in over.places:
        result.places[()] = over.places[()]
    _lay(result, (), result.data, over.data, over)
    return result


def _lay(result: Document, path: Path, target: dict[str, Any], source: Mapping[str, Any], over: Document) -> None:
    for key, value in source.items():
        spot = (*path, key)
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            target[key] = dict(target[key])
            # what is wrong with the whole of it became so by what was laid over it
            result.places.update({spot: over.places[spot]} if spot in over.places else {})
            _lay(result, spot, target[key], value, over)
            continue
        _forget(result.places, spot)
        if value is None:
            target.pop(key, None)
            continue
        target[key] = value
        for inner, place in over.places.items():
            if inner[: len(spot)] == spot:
                result.places[inner] = place


def _forget(places: dict[Path, Place], path: Path) -> None:
    for inner in [known for known in places if known[: len(path)] == path]:
        del places[inner]


def joined(parts: list[Document]) -> Document:
    """Several files of one document as one; Refused where two of them write the same thing."""
    result = Document()
    problems: list[Problem] = []
    for part in parts:
        problems += _collisions(result, part.data, (), result.data, part)
        result = merged(result, part)
    if problems:
        raise Refused(problems)
    return result


def _collisions(known: Document, new: dict[str, Any], path: Path, old: dict[str, Any], part: Document) -> list[Problem]:
    found: list[Problem] = []
    for key, value in new.items():
        if key not in old:
            continue
        spot = (*path, key)
        if isinstance(value, dict) and isinstance(old[key], dict):
            found += _collisions(known, value, spot, old[key], part)
            continue
        first, again = known.place(spot), part.place(spot)
        zh = f"“{key}”已写在 {first.file}:{first.line}"
        en = f"`{key}` stands in {first.file}:{first.line} already"
        found.append(Problem("twice", zh, en, path=spot, file=again.file, line=again.line))
    return found
