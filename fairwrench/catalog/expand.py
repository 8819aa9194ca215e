"""What a scheme may leave to others: metrics of the library, and what its items have in common.

Three blocks of a scheme document are resolved here and are no part of the finished scheme:
`metrics_from` names library files, `show` names metrics that are worked out though no scorecard uses them, and
`item_defaults` says once what every item of a metric, rating or bonus has in common (name, target, curve, levels).
A line of a commission plan takes from `pay.commission_basis` what it is paid by (`commission_basis.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fairwrench.catalog.commission_basis import with_basis
from fairwrench.catalog.document import Document, Path, Place, merged
from fairwrench.settlement.problem import Problem, Refused, nearest

LIBRARIES, SHOWN, DEFAULTS = "metrics_from", "show", "item_defaults"
KINDS = ("metric", "rating", "bonus")


def expanded(
    document: Document, own: Document, library: Callable[[list[str]], Document], known: list[str]
) -> tuple[Document, list[Problem]]:
    """The document with its library metrics and item defaults written out, the three blocks gone, and what is wrong.

    `own` is the part that stands upon the bases; `library` reads files of the metric library, `known` are their names.
    """
    libraries, shown, defaults = _names(document, LIBRARIES), _names(document, SHOWN), _block(document, DEFAULTS)
    problems = _strange(LIBRARIES, libraries, known)
    data = {key: value for key, value in document.data.items() if key not in (LIBRARIES, SHOWN, DEFAULTS)}
    result = _with_defaults(Document(data, dict(document.places)), defaults)
    # The library lies below: what the scheme says of a metric changes the library's.
    complete = merged(library([name for name in libraries if name in known]), result)
    metrics = _metrics(complete.data)
    problems += _strange(SHOWN, shown, metrics)
    problems += _stray_defaults(_block(own, DEFAULTS), complete.data)
    complete, nameless = with_basis(complete)
    problems += nameless
    # Metrics that the scheme writes itself stay, used or not; of the library only what it names.
    used = _used(complete.data, metrics, {*_metrics(document.data), *shown})
    complete.data["metrics"] = {name: metric for name, metric in metrics.items() if name in used}
    return complete, [document.located(problem) for problem in problems]


def _names(document: Document, key: str) -> list[str]:
    """The list of names under `key`; Refused when it is anything else."""
    value = document.data.get(key) or []
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return value
    problem = Problem("not_a_list", "应为名称列表 [...]", "a list of names [...] is expected", path=(key,))
    raise Refused([document.located(problem)])


def _strange(key: str, words: list[str], known: Iterable[str]) -> list[Problem]:
    """The words of the list under `key` that are not among the known ones."""
    known = list(known)
    return [_unknown((key, place), word, known) for place, word in enumerate(words) if word not in known]


def _unknown(path: tuple[str | int, ...], word: str, known: list[str]) -> Problem:
    near = nearest(word, known)
    zh = f"没有“{word}”" + (f"；是否想写“{near}”？" if near else "")
    en = f"there is no `{word}`" + (f"; did you mean `{near}`?" if near else "")
    return Problem("unknown_word", zh, en, path=path)


def _block(document: Document, key: str) -> dict[str, Any]:
    block = document.data.get(key) or {}
    if isinstance(block, dict) and all(isinstance(part, dict) for part in block.values()):
        return block
    zh, en = "应为“名称: {…}”的块", "a block of `name: {…}` is expected"
    raise Refused([document.located(Problem("not_a_mapping", zh, en, path=(key,)))])


def _with_defaults(document: Document, defaults: dict[str, Any]) -> Document:
    """Each item laid upon the defaults of its metric, rating or bonus; the lists given are left as they are."""
    cards, places = document.data.get("scorecards"), _places_of_defaults(document)
    for card, items in list(_item_lists(document.data)):
        filled = [_filled(item, defaults) for item in items]
        cards = {**(cards or {}), card: {**(cards or {})[card], "items": filled}}
        for number, item in enumerate(items):
            for path, place in places.get(key_of(item), ()):
                # The item's own line comes first; a default's is for what the item does not write.
                document.places.setdefault(("scorecards", card, "items", number, *path), place)
    return Document({**document.data, "scorecards": cards}, document.places) if cards else document


def _filled(item: Any, defaults: dict[str, Any]) -> Any:
    return {**defaults.get(key_of(item), {}), **item} if isinstance(item, dict) else item


def _item_lists(data: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Each scorecard's name and list of items, as far as they are well formed."""
    cards = data.get("scorecards")
    for card, body in cards.items() if isinstance(cards, dict) else ():
        items = body.get("items") if isinstance(body, dict) else None
        if isinstance(items, list):
            yield card, items


def key_of(item: Any) -> str:
    """The word by which an item is known: that of its metric, rating or bonus."""
    return next((str(item[kind]) for kind in KINDS if kind in item), "") if isinstance(item, dict) else ""


def _places_of_defaults(document: Document) -> dict[str, list[tuple[Path, Place]]]:
    """Parts that come from the defaults keep the lines at which they stand there: key → path below it, place."""
    found: dict[str, list[tuple[Path, Place]]] = {}
    for path, place in document.places.items():
        if len(path) > 2 and path[0] == DEFAULTS:
            found.setdefault(str(path[1]), []).append((path[2:], place))
    return found


def _stray_defaults(written: dict[str, Any], data: dict[str, Any]) -> list[Problem]:
    """A default for what is neither a metric nor in any scorecard is a slip of the pen; a base's may go unused."""
    used = [key_of(item) for _, items in _item_lists(data) for item in items]
    known = sorted({*used, *_metrics(data)})
    return [_unknown((DEFAULTS, word), word, known) for word in written if word not in known]


def _metrics(data: dict[str, Any]) -> dict[str, Any]:
    block = data.get("metrics")
    return block if isinstance(block, dict) else {}


def _used(data: dict[str, Any], metrics: dict[str, Any], wanted: set[str]) -> set[str]:
    """The metrics a scheme names anywhere, and the independent ones they point to."""
    found = wanted.union(*(_strings(data.get(block)) for block in ("scorecards", "pools", "pay")))
    used: set[str] = set()
    while found := (found & set(metrics)) - used:
        used |= found
        # An independent measure is named by a metric alone, and may have one of its own.
        found = {metrics[name].get("independent") for name in found if isinstance(metrics[name], dict)}
    return used


def _strings(part: Any) -> list[str]:
    """Every text below `part` that could be the name of a metric."""
    if isinstance(part, dict):
        return [word for value in part.values() for word in _strings(value)]
    if isinstance(part, list):
        return [word for value in part for word in _strings(value)]
    return [part] if isinstance(part, str) else []
