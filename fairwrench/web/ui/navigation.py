"""Where people can go: parts that an app declares of its pages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Addresses:
    """The addresses of an app: what they begin with, and the module that has them."""

    begins: str
    urls: str


@dataclass(frozen=True)
class Place:
    """An entry of the navigation: the URL's name, its words, its icon, and the permission to go there.

    `at` is its place from left to right. `unless` is a permission of those who come there by another entry; `also`
    begins further addresses that belong here. What is `own` stands in the menu under one's name.
    """

    name: str
    zh: str
    en: str
    icon: str
    permission: str
    at: int
    unless: str = ""
    also: str = ""
    own: bool = False


@dataclass(frozen=True)
class HeadMark:
    """A mark in the head of each page: where it leads, its icon and words, the permission it takes, and the address of
    what it shows, which is asked for once the page is there."""

    name: str
    zh: str
    en: str
    icon: str
    permission: str
    shows: str
