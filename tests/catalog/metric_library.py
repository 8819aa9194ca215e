"""The metrics of the shipped library, which schemes take what they name from."""

from __future__ import annotations

from fairwrench.catalog.document import read_document
from fairwrench.catalog.loader import CATALOG, library_names
from fairwrench.settlement.scheme.scheme import Metric


def load_metrics(*libraries: str) -> dict[str, Metric]:
    """The metrics of the named library files (`workshop`, `parts`, …), of all files when none is named."""
    texts = {name: (CATALOG / "metrics" / f"{name}.yaml").read_text("utf-8") for name in libraries or library_names()}
    documents = [read_document(text, name).data["metrics"] for name, text in texts.items()]
    return {name: Metric.model_validate(metric) for document in documents for name, metric in document.items()}
