"""YAML read once more by another library, ruamel.yaml: slow, written by others, and of YAML 1.2 from the start."""

from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from fairwrench.catalog.document import Document, Path, Place

TAG = "tag:yaml.org,2002:"


def read_again(text: str, file: str) -> Document:
    """The document in sound `text`, with the places of its parts."""
    document = Document()
    document.data = _value(YAML(typ="safe", pure=True).compose(text), (), file, document.places)
    return document


def _value(node: Node, path: Path, file: str, places: dict[Path, Place]) -> Any:
    places.setdefault(path, Place(file, node.start_mark.line + 1))
    if isinstance(node, ScalarNode):
        return _scalar(str(node.tag).removeprefix(TAG), str(node.value))
    if not isinstance(node, MappingNode):
        return [_value(part, (*path, index), file, places) for index, part in enumerate(node.value)]
    data = {}
    for key, part in node.value:
        places.setdefault((*path, key.value), Place(file, key.start_mark.line + 1))
        data[key.value] = _value(part, (*path, key.value), file, places)
    return data


def _scalar(kind: str, text: str) -> Any:
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(Decimal(text.replace("_", "")))
        case "float":
            return Decimal(text.replace("_", ""))
    return text
