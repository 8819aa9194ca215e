"""The shipped catalog, and schemes written by others, as models: sources, the metric library, schemes with their bases.

Whatever is wrong is raised as `Refused` with every problem at once, each with file, line and path.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from fairwrench.catalog.document import Document, joined, merged, read_document
from fairwrench.catalog.expand import expanded
from fairwrench.catalog.questionnaire import Questionnaire
from fairwrench.catalog.refusal import problems_of
from fairwrench.settlement.problem import Problem, Refused, nearest
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source

CATALOG = Path(__file__).resolve().parent

AnyModel = TypeVar("AnyModel", bound=BaseModel)


@dataclass(frozen=True)
class OpenScheme:
    """A scheme and the document it was read from, so that later problems find their lines."""

    scheme: Scheme
    document: Document

    def located(self, problems: list[Problem]) -> list[Problem]:
        """Problems found in the scheme, with the file and line of each path."""
        return [self.document.located(problem) for problem in problems]


def load_sources(*folders: str | Path) -> dict[str, Source]:
    """Every shipped source by name, and those of further folders, which may replace shipped ones."""
    found: dict[str, Source] = {}
    problems: list[Problem] = []
    for folder in (CATALOG / "sources", *map(Path, folders)):
        for path in sorted(folder.glob("*.yaml")):
            try:
                # Further folders come later, so their kinds of file take the place of shipped ones of that name.
                found[path.stem] = _validated(Source, _read(path))
            # All files are read before anything is refused: whoever mends them wants the whole list.
            except Refused as refused:
                problems += refused.problems
    if problems:
        raise Refused(problems)
    return dict(sorted(found.items()))


def load_questionnaires() -> dict[str, Questionnaire]:
    """The shipped questionnaires by name."""
    paths = sorted((CATALOG / "questionnaires").glob("*.yaml"))
    return {path.stem: _validated(Questionnaire, _read(path)) for path in paths}


def library_names() -> list[str]:
    """The names of the metric library's files."""
    return sorted(path.stem for path in (CATALOG / "metrics").glob("*.yaml"))


def scheme_names() -> list[str]:
    """The names of the shipped schemes; what begins with `_` is only a base for others."""
    shipped = (path for path in (CATALOG / "schemes").iterdir() if path.is_dir() or path.suffix == ".yaml")
    return sorted({path.stem for path in shipped if path.stem[0] not in "_."})


def load_scheme(name_or_path: str | Path) -> Scheme:
    """The scheme of that name or file, complete with its bases and the metrics it uses."""
    return open_scheme(name_or_path).scheme


def open_scheme(name_or_path: str | Path) -> OpenScheme:
    """The same with its document, for problems that are found later (`check_scheme`)."""
    path = _located(str(name_or_path), CATALOG)
    own = _parts(path)
    document, problems = expanded(_on_its_base(own, path, ()), own, _library, library_names())
    try:
        scheme = _validated(Scheme, document)
    except Refused as refused:
        raise Refused([*problems, *refused.problems]) from None
    if problems:
        raise Refused(problems)
    return OpenScheme(scheme, document)


def _read(path: Path) -> Document:
    return _shipped(path) if path.is_relative_to(CATALOG) else _read_anew(path)


@cache
def _shipped(path: Path) -> Document:
    """Shipped files do not change while the program runs, so each is read once; nobody writes into a document."""
    return _read_anew(path)


def _read_anew(path: Path) -> Document:
    try:
        # Editors of Windows put a byte-order mark ahead, which would belong to the first key.
        return read_document(path.read_text(encoding="utf-8-sig"), _shown(path))
    except (OSError, UnicodeDecodeError) as error:
        zh, en = f"文件无法读取：{error}", f"the file cannot be read: {error}"
        raise Refused([Problem("unreadable_file", zh, en, file=_shown(path))]) from None


def _shown(path: Path) -> str:
    """How problems name a file: shipped ones from the catalog down, others as given."""
    return path.relative_to(CATALOG).as_posix() if path.is_relative_to(CATALOG) else str(path)


def _validated(model: type[AnyModel], document: Document) -> AnyModel:
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise Refused(problems_of(error, model, document)) from None


def _located(name: str, beside: Path) -> Path:
    """The file or folder of a scheme: a path as given or beside the naming file, else a shipped scheme."""
    for path in (Path(name), beside / name):
        if (path.suffix in (".yaml", ".yml") or "/" in name) and path.exists():
            return path.resolve()
    for path in (CATALOG / "schemes" / f"{name}.yaml", CATALOG / "schemes" / name):
        if path.exists():
            return path.resolve()
    near = nearest(name, scheme_names())
    zh = f"没有名为“{name}”的制度" + (f"；是否想写“{near}”？" if near else "")
    en = f"there is no scheme `{name}`" + (f"; did you mean `{near}`?" if near else "")
    raise Refused([Problem("unknown_scheme", zh, en)])


def _parts(path: Path) -> Document:
    """A scheme's own document; that of a folder is made of all its files."""
    return joined([_read(part) for part in sorted(path.glob("*.yaml"))]) if path.is_dir() else _read(path)


def _on_its_base(own: Document, path: Path, above: tuple[Path, ...]) -> Document:
    """A document laid upon that of its base, and so on down."""
    base = own.data.get("base")
    if not isinstance(base, str):
        return own
    place = own.place(("base",))
    try:
        below = _located(base, path.parent)
    except Refused as refused:
        raise Refused(
            [replace(p, path=("base",), file=place.file, line=place.line) for p in refused.problems]
        ) from None
    # Paths are resolved, so a circle shows whatever way each base was named.
    if below in (*above, path):
        words = " → ".join(part.stem for part in (*above, path, below))
        zh, en = f"制度的 base 循环引用：{words}", f"the bases run in a circle: {words}"
        raise Refused([Problem("base_loop", zh, en, path=("base",), file=place.file, line=place.line)])
    return merged(_on_its_base(_parts(below), below, (*above, path)), own)


def _library(libraries: list[str]) -> Document:
    """The files of the metric library as one document."""
    return joined([_read(CATALOG / "metrics" / f"{name}.yaml") for name in libraries])
