"""What a web server does once, after the application is loaded and before anybody comes."""

from __future__ import annotations

import atexit
import gc

from django.urls import get_resolver


def hold_loaded() -> None:
    """Load the pages' modules and leave what is loaded out of garbage collection from now on.

    It stays as long as the process. Looked through again and again it holds up every request that meets such a
    collection by some 200 ms (`make bench-pages`: the 95th percentile of the evidence desk 285 ms with a median of 80).
    """
    # asking for the addresses imports the pages, which are else imported by the first request
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # else libraries find their own things left over at the end, and say so
