"""A signature covers the very bytes that were shown: what changed meanwhile is not signed but shown anew."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import TypeVar

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.ui.requests.parameters import whole_number
from fairwrench.web.ui.words import lang
from fairwrench.web.work.signing.records import DocumentKept

D = TypeVar("D", bound=DocumentKept)
#: key of a record, its count and the digest of its document, as a page showed them
Shown = tuple[int, int, str]


def digest_of(document: bytes) -> str:
    """What a document is known by."""
    return sha256(document).hexdigest()


def told_digest(told: Sequence[object]) -> str:
    """Digest of what a document says, whatever the language it is said in."""
    # days as they are written; everything else there is JSON already
    return sha256(json.dumps(told, ensure_ascii=False, default=str).encode()).hexdigest()


def document_kept(kind: type[D], *, shown: bytes, digest: str, facts: str, moved_on: Problem) -> D:
    """The document that a page showed, kept. Refused with `moved_on` where it says something else by now."""
    if digest_of(shown) != digest:
        raise Refused([moved_on])
    kept, _ = kind._default_manager.get_or_create(
        digest=digest, defaults={"packed": zlib.compress(shown), "language": lang(), "facts": facts}
    )
    return kept


def each_done(asked: Iterable[Callable[[], object]]) -> tuple[int, list[Problem]]:
    """Do several acts, each by itself: how many were done, and why others were not."""
    done, problems = 0, list[Problem]()
    for act in asked:
        try:
            act()
        except Refused as refused:
            problems += refused.problems
        else:
            done += 1
    return done, problems


def shown_sent(sent: Sequence[str], *, most: int) -> list[Shown]:
    """What a page with several documents sends back, `key:count:digest` each; whatever else was sent is passed over."""
    found = []
    for part in sent[:most]:
        key, _, rest = part.partition(":")
        seen, _, digest = rest.partition(":")
        numbers = whole_number(key), whole_number(seen)
        if numbers[0] is not None and numbers[1] is not None and digest:
            found.append((numbers[0], numbers[1], digest))
    return found
