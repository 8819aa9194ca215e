"""What the tests of layout and components share: plain static addresses, a language, a way to render."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

Render = Callable[..., str]


@pytest.fixture(autouse=True)
def plain_static_addresses(settings: Any) -> None:
    """Addresses without digests, so that expected pages can be written down."""
    stores = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.STORAGES = stores


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Chinese unless a test asks for English."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def english(chinese: None) -> Iterator[None]:
    """The reader reads English."""
    with translation.override("en"):
        yield


@pytest.fixture
def request_for(rf: RequestFactory) -> Callable[[str], HttpRequest]:
    """A request for an address."""
    return rf.get


@pytest.fixture
def render(rf: RequestFactory) -> Render:
    """The text that a template's source renders to, with the tags that every template has."""

    def rendered(source: str, request: HttpRequest | None = None, **context: Any) -> str:
        return engines["django"].from_string(source).render(context, request or rf.get("/"))

    return rendered
