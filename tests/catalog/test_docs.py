"""The pages on the scheme and metric languages say what the program does: their examples load, no word is left out."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from fairwrench.catalog.document import merged, read_document
from fairwrench.catalog.loader import load_scheme
from fairwrench.settlement.scheme.curves.shapes import SHAPES
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.formula import AGGREGATES, FUNCTIONS
from fairwrench.settlement.source.source import Source

ROOT = Path(__file__).parents[2]
SCHEME_PAGE = (ROOT / "docs/scheme-language.md").read_text(encoding="utf-8")
METRIC_PAGE = (ROOT / "docs/metric-language.md").read_text(encoding="utf-8")
ARTICLES = (ROOT / "docs/articles.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def models(kind: Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """All models below a model, itself included."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind not in seen:
            seen.add(kind)
            yield kind
            for field in kind.model_fields.values():
                yield from models(field.annotation, seen)
    elif get_origin(kind) is not Literal:
        for part in get_args(kind):
            yield from models(part, seen)


def words(root: type[BaseModel]) -> set[str]:
    """Every key a document may have, and every fixed word it may take as a value."""
    found: set[str] = set()
    for model in models(root, set()):
        for name, field in model.model_fields.items():
            found |= {field.alias or name, *literals(field.annotation)}
    return found


def literals(kind: Any) -> Iterator[str]:
    if get_origin(kind) is Literal:
        yield from (word for word in get_args(kind) if isinstance(word, str))
    elif get_origin(kind) in (Union, UnionType, tuple, dict):
        for part in get_args(kind):
            yield from literals(part)


@pytest.mark.parametrize("word", sorted(words(Scheme)))
def test_the_pages_explain_every_word_of_a_scheme(word: str) -> None:
    """Fails when a word can be written that nobody explains."""
    assert re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", SCHEME_PAGE + METRIC_PAGE)


@pytest.mark.parametrize("word", sorted({*words(Source), *AGGREGATES, *FUNCTIONS}))
def test_the_metric_page_explains_every_word_of_sources_and_formulas(word: str) -> None:
    """Fails when an engineer has to read the code to add a kind of evidence or a formula."""
    assert re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", METRIC_PAGE)


def test_every_shape_of_a_curve_has_its_example() -> None:
    """Fails when a curve is named but not shown."""
    for shape in SHAPES:
        assert f"| `{shape}` | `{{{shape}:" in SCHEME_PAGE


def test_the_first_example_is_a_scheme(tmp_path: Path) -> None:
    """Fails when the first thing a reader tries does not work."""
    path = tmp_path / "strict.yaml"
    path.write_text(EXAMPLE.findall(SCHEME_PAGE)[0], encoding="utf-8")
    scheme = load_scheme(path)
    assert (scheme.scheme, scheme.eligibility.wage_below) == ("strict", None)
    targets = {i.target for card in scheme.scorecards.values() for i in card.items if i.metric == "rework_rate"}
    assert {str(target) for target in targets} == {"0.02"}


@pytest.mark.parametrize("text", EXAMPLE.findall(SCHEME_PAGE)[1:] + EXAMPLE.findall(METRIC_PAGE)[:1])
def test_the_other_examples_fit_into_the_dealership_scheme(text: str, tmp_path: Path) -> None:
    """Fails when an example of the pages would be refused where a reader puts it."""
    path = tmp_path / "example.yaml"
    path.write_text("base: dealership\nscheme: example\n" + text, encoding="utf-8")
    assert load_scheme(path).scheme == "example"


def test_the_example_of_a_source_is_one() -> None:
    """Fails when the first source of one's own would be refused."""
    document = read_document(EXAMPLE.findall(METRIC_PAGE)[-1], "page")
    assert Source.model_validate(document.data).filed_by == "opened_at"
    assert merged(document, document).data == document.data


@pytest.mark.parametrize("name", sorted(load_scheme("dealership").articles))
def test_the_table_of_articles_knows_every_article_carried(name: str) -> None:
    """Fails when an article is in the scheme but cannot be found from the table."""
    assert f"`{name}`" in ARTICLES


def test_files_and_blocks_named_in_the_table_are_there() -> None:
    """Fails when the table of articles leads nowhere."""
    folders = {"R": "schemes/_regulation", "D": "schemes/dealership", "F": "schemes/field_service", "M": "metrics"}
    for letter, name in set(re.findall(r"`([RDFM])/([\w*]+\.yaml)`", ARTICLES)):
        assert list((ROOT / "fairwrench/catalog" / folders[letter]).glob(name)), name
    for name in set(re.findall(r"`(?!tests?[_/])([\w/]+\.py)`", ARTICLES)):
        assert (ROOT / "fairwrench/settlement" / name).exists(), name
    for name in set(re.findall(r"\| (?:`[\w.]+`, )*`(\w+\.yaml)` \|$", ARTICLES, re.MULTILINE)):
        assert (ROOT / "tests/cases" / name).exists(), name
