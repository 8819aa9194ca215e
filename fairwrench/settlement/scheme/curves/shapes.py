"""All shapes of curves, and how a document becomes one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, SerializationInfo

from fairwrench.settlement.scheme.curves.band import Band
from fairwrench.settlement.scheme.curves.curve import Curve
from fairwrench.settlement.scheme.curves.deduct import Deduct
from fairwrench.settlement.scheme.curves.gate import Gate
from fairwrench.settlement.scheme.curves.piecewise import Piecewise
from fairwrench.settlement.scheme.curves.proportional import Proportional
from fairwrench.settlement.scheme.curves.steps import Steps

#: the word of a document → the curve that it describes; a new shape is its own file and a place in this line
SHAPES: dict[str, type[Curve]] = {kind.shape: kind for kind in (Piecewise, Steps, Proportional, Gate, Band, Deduct)}

#: the words that every curve of a sealed scheme has, null where they are another shape's: seals stay what they were
SEALED_WORDS = ("of", "piecewise", "steps", "beyond", "proportional", "gate", "band", "deduct")


def curve_of(document: object) -> Any:
    """The curve that a document describes by exactly one of the shapes' words; ValueError says what it lacks.

    A curve, or what is no document, comes back as it is.
    """
    if not isinstance(document, Mapping):
        return document
    given = {word: part for word, part in document.items() if part is not None}
    owners = {word: kind for kind in SHAPES.values() for word in kind.model_fields if word not in Curve.model_fields}
    # A word of no shape is refused as unknown before the shapes are counted: the slip of the pen is the nearer reason.
    if strange := {word: part for word, part in given.items() if word not in (*owners, *Curve.model_fields)}:
        return Curve.model_validate(strange)
    named = [word for word in SHAPES if word in given]
    if len(named) != 1:
        raise ValueError(f"a curve has exactly one of {', '.join(SHAPES)}; found {', '.join(named) or 'none'}")
    kind = SHAPES[named[0]]
    for word in given:
        if word in owners and word not in kind.model_fields:
            raise ValueError(f"`{word}` belongs to {owners[word].shape}")
    return kind.model_validate(given)


def _document_of(curve: Curve, asked: SerializationInfo) -> dict[str, Any]:
    """A curve as a document; the whole of it names the words of other shapes, too."""
    short = {name: getattr(asked, name) for name in ("exclude_unset", "exclude_none", "exclude_defaults")}
    own = curve.model_dump(mode=asked.mode, by_alias=asked.by_alias, **short)
    return own if any(short.values()) else {**dict.fromkeys(SEALED_WORDS), **own}


#: a curve as a part of a document
AnyCurve = Annotated[Curve, BeforeValidator(curve_of), PlainSerializer(_document_of)]
