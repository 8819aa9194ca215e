"""What coaching declares."""

from __future__ import annotations

DECLARED: tuple[object, ...] = ()
