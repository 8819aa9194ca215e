"""Where a request came from: the peer itself, or whom a proxy of ours names. Settled once, before anything asks.

Anybody can send X-Forwarded-For; only what our own proxies added to it is believed. Those on this machine are known;
others are named by the settings. Of everybody else such headers are taken away, so that nothing later reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Address = IPv4Address | IPv6Address
#: what only a proxy of ours may say
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
             "HTTP_X_REAL_IP", "HTTP_FORWARDED")  # fmt: skip
#: whoever has an address of IPv6 has the whole network of that many bits
OWN_BITS = 64


class BehindProxies:
    """Puts the address of who asks in the place of the proxy's, and leaves no header that could say otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request whose `REMOTE_ADDR` is that of who asks."""
        peer = request.META.get("REMOTE_ADDR", "")
        if is_ours(peer):
            request.META["REMOTE_ADDR"] = asker(peer, request.META.get("HTTP_X_FORWARDED_FOR", ""))
            request.META.pop("HTTP_X_FORWARDED_FOR", None)
        else:
            for name in FORWARDED:
                request.META.pop(name, None)
        return self.get_response(request)


def is_ours(peer: str) -> bool:
    """Whether a peer is a proxy of ours: on this machine (a socket has no address), or named by the settings."""
    address = _read(peer)
    if address is None:
        return not peer
    return address.is_loopback or any(address in network for network in settings.PROXIES)


def asker(peer: str, forwarded: str) -> str:
    """The address of who asks: the last of those told that is no proxy of ours, else the furthest of our proxies."""
    # from the end: each proxy adds whom it heard, and whoever asks may have written anything in front
    for told in reversed(forwarded.split(",") if forwarded else []):
        address = _read(told)
        # behind what cannot be read nothing is believed either
        if address is None:
            break
        peer = str(address)
        if not is_ours(peer):
            break
    return peer


def counted_address(address: str) -> str:
    """An address as it counts against guessing; of IPv6 its network, all of which one customer has."""
    found = _read(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, OWN_BITS), strict=False).network_address)
    return str(found or "")


def _read(text: str) -> Address | None:
    """The address in a text, which may name a port too (`203.0.113.5:4711`, `[2001:db8::1]:4711`)."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    #: ffff:203.0.113.5 is that address of IPv4; by itself it would be counted apart
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
