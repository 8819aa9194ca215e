"""The small office, for the tests of this folder."""

from tests.web.small_office import member, office, on_day, roster, signed_in

__all__ = ["member", "office", "on_day", "roster", "signed_in"]
