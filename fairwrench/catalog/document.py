"""YAML text as plain data with the place of every part: exact numbers, one meaning a key, lines for every error.

A `Document` keeps `data` (dicts, lists, str, int, Decimal, bool, None) and `places`, which leads from a path such as
`("scorecards", "technician", "items", 2)` to the file and line where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from fairwrench.settlement.problem import Problem, Refused

Path = tuple[str | int, ...]
TAG = "tag:yaml.org,2002:"
TRUE_WORDS = ("true", "True", "TRUE")
#: libyaml splits a text into events sixty times as fast as Python; a PyYAML built without it reads the same, slowly
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: what a word without quotes is by YAML 1.2, the first that fits; by PyYAML's own rules, those of 1.1, `no` is false
KINDS = (
    ("null", re.compile(r"~|null|Null|NULL|")),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    (
        "float",
        re.compile(
            r"[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
            r"|[-+]?\.[0-9_]+([eE][-+][0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
        ),
    ),
    ("int", re.compile(r"(?=[-+0-9])[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9_]+)")),
)


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
        events = list(yaml.parse(text, Loader=LOADER))
        reader = _Reader(file, iter(events))
        data = reader.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise Refused([_unreadable(file, mark.line + 1 if mark else 0, error.problem or str(error))]) from None
    except yaml.YAMLError as error:
        raise Refused([_unreadable(file, 0, str(error).splitlines()[0])]) from None
    # The walk goes one call deeper a level, so a file nested without end stops here and not the process.
    except RecursionError:
        raise Refused([_unreadable(file, 0, "it is nested too deeply")]) from None
    if reader.problems:
        raise Refused(reader.problems)
    return Document(data, reader.places)


def _unreadable(file: str, line: int, detail: str) -> Problem:
    zh, en = f"YAML 无法读取：{detail}", f"the YAML cannot be read: {detail}"
    return Problem("unreadable_yaml", zh, en, file=file, line=line)


@dataclass
class _Reader:
    """Walks the events of one file (a mapping begins, a word, it ends), collecting places and problems."""

    file: str
    events: Iterator[Event]
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The plain data of the file's only document; Refused when there is none, another, or it is no mapping."""
        root = next((event for event in self.events if isinstance(event, NodeEvent)), None)
        if not isinstance(root, MappingStartEvent):
            raise Refused([_unreadable(self.file, 1, "a mapping of `key: value` lines is expected")])
        data = self.value(root, ())
        if another := next((event for event in self.events if isinstance(event, DocumentStartEvent)), None):
            raise Refused([_unreadable(self.file, _line(another), "a second document begins here")])
        return data if isinstance(data, dict) else {}

    def value(self, event: Event, path: Path) -> Any:
        """The plain value of the node that begins with `event`; its events are used up."""
        # A key's own line was noted before its value: people look for the key.
        self.places.setdefault(path, Place(self.file, _line(event)))
        if isinstance(event, NodeEvent) and event.anchor:
            self._anchored(event, path)
            return None
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return [self.value(part, (*path, index)) for index, part in enumerate(self._until(SequenceEndEvent))]
        return self._scalar(event, path) if isinstance(event, ScalarEvent) else None

    def _until(self, end: type[Event]) -> Iterator[Event]:
        """The first event of each part, up to the end of the list or mapping that is being read."""
        return iter(lambda: self._next_before(end), None)

    def _next_before(self, end: type[Event]) -> Event | None:
        event = next(self.events)
        return None if isinstance(event, end) else event

    def _mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_event in self._until(MappingEndEvent):
            key = self._key(key_event, path)
            spot = (*path, key)
            self.places.setdefault(spot, Place(self.file, _line(key_event)))
            # YAML readers keep the last of two without a word; the other figure would seem to count.
            if key in result:
                self._problem(key_event, spot, "twice", f"“{key}”写了两次", f"`{key}` stands here twice")
            result[key] = self.value(next(self.events), spot)
        return result

    def _key(self, event: Event, path: Path) -> str:
        """A key as text, whatever else the word could be: `7` and `true` are names here."""
        if isinstance(event, ScalarEvent) and not event.anchor:
            return str(event.value)
        if isinstance(event, NodeEvent) and event.anchor:
            self._anchored(event, path)
        else:
            self._skip(event)
            zh, en = "键应为一个词，不能是列表或块", "a key is one word, not a list or a block"
            self._problem(event, path, "not_a_word", zh, en)
        return ""

    def _anchored(self, event: NodeEvent, path: Path) -> None:
        # Copies by anchor would hide where a figure stands; variants have `base:` instead.
        zh, en = "不支持锚点（&、*），请直接写出", "anchors (&, *) are not supported; write it out"
        self._problem(event, path, "anchor", zh, en)
        self._skip(event)

    def _skip(self, event: Event) -> None:
        """Pass over what stands inside of a node that is refused as a whole."""
        depth = int(isinstance(event, CollectionStartEvent))
        while depth:
            inner = next(self.events)
            depth += isinstance(inner, CollectionStartEvent) - isinstance(inner, CollectionEndEvent)

    def _scalar(self, event: ScalarEvent, path: Path) -> Any:
        kind, text = _kind(event), str(event.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text in TRUE_WORDS
        # By way of text, never of a float: 0.97 is exactly 0.97.
        if kind in ("int", "float"):
            return self._number(event, path, kind, text)
        return text

    def _number(self, event: Event, path: Path, kind: str, text: str) -> int | Decimal | None:
        try:
            # YAML's 0x1F, .inf and .nan look like numbers and are refused as figures of a scheme.
            number = Decimal(text.replace("_", ""))
            return int(number) if kind == "int" else number
        except (InvalidOperation, ValueError):
            self._problem(event, path, "number", f"“{text}”不是十进制数", f"`{text}` is not a decimal number")
            return None

    def _problem(self, event: Event, path: Path, code: str, zh: str, en: str) -> None:
        self.problems.append(Problem(code, zh, en, path=path, file=self.file, line=_line(event)))


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1


def _kind(event: ScalarEvent) -> str:
    """What kind of thing a word is: by its own tag, by its form when it stands without quotes, else a text."""
    # A tag of its own (`!!str 7`) is somebody's word for what it is meant to be.
    if event.tag and event.tag != "!":
        return str(event.tag).removeprefix(TAG)
    if not event.implicit[0]:
        return "str"
    return next((kind for kind, form in KINDS if form.fullmatch(event.value)), "str")


def merged(base: Document, over: Document) -> Document:
    """`over` laid upon `base`: mappings merge, lists and scalars replace, null removes."""
    overlay = _Overlay()
    data = overlay.laid(base.data, over.data, ())
    # Lines of what was replaced would lead to a figure that no longer counts.
    places = {path: place for path, place in base.places.items() if not _within(path, overlay.gone)}
    for path, place in over.places.items():
        if path in overlay.shared or _within(path, overlay.written):
            places[path] = place
    return Document(data, places)


@dataclass
class _Overlay:
    """What laying one document upon another does to the parts of both, so that their places follow in one pass."""

    #: parts of the base that were replaced or removed, with all that stands below them
    gone: set[Path] = field(default_factory=set)
    #: parts that come from what was laid over, with all that stands below them
    written: set[Path] = field(default_factory=set)
    #: mappings of both: what is wrong with the whole of one became so by what was laid over it
    shared: set[Path] = field(default_factory=lambda: {()})

    def laid(self, base: Mapping[str, Any], over: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """The merged mapping at `path`; the two given are left as they are."""
        result = dict(base)
        for key, value in over.items():
            spot = (*path, key)
            below = result.get(key)
            if isinstance(value, dict) and isinstance(below, dict):
                self.shared.add(spot)
                result[key] = self.laid(below, value, spot)
                continue
            if key in result:
                self.gone.add(spot)
            if value is None:
                result.pop(key, None)
            else:
                self.written.add(spot)
                result[key] = value
        return result


def _within(path: Path, parts: set[Path]) -> bool:
    """Whether `path` is one of the parts or stands below one."""
    return bool(parts) and any(path[:size] in parts for size in range(1, len(path) + 1))


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
            # Two files may share a block, as long as no part of it is written twice.
            found += _collisions(known, value, spot, old[key], part)
            continue
        first, again = known.place(spot), part.place(spot)
        zh = f"“{key}”已写在 {first.file}:{first.line}"
        en = f"`{key}` stands in {first.file}:{first.line} already"
        found.append(Problem("twice", zh, en, path=spot, file=again.file, line=again.line))
    return found
