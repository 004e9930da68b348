"""Where what is registered may have us go: to addresses of the public internet, checked at the moment of connecting.

What a name means is looked up once and connected to, so a name that first means one thing and then another leads
nowhere else (DNS rebinding). Source: `reference/security.md` threat 39; Standard Webhooks, *SSRF*.
"""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from adapters.http import HTTPClient, HTTPSettings

_REFUSED: Final = tuple(
    ip_network(each)
    for each in (
        "168.63.129.16/32",  # a cloud's own services, at an address that looks public
        "192.0.0.0/24",  # protocol assignments, and a cloud that keeps its own services there
        "192.88.99.0/24",  # 6to4 relays
        "fec0::/10",  # of a site's own, which Python takes for public because RFC 3879 gave them up
        "64:ff9b::/96",  # NAT64, 6to4 and Teredo carry an IPv4 address inside
        "2002::/16",
        "2001::/32",
    )
)

Allowed = Callable[[IPv4Address | IPv6Address], bool]


class ForbiddenAddressError(OSError):
    """The address is not one that we may go to; register another."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is one of the public internet, whatever form it is written in."""
    inside = _embedded(address)
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved)
        and not any(address in network for network in _REFUSED if network.version == address.version)
        and all(is_public(each) for each in inside)
    )


def is_public_or_loopback(address: IPv4Address | IPv6Address) -> bool:
    """Return the same, or whether it is this machine: for sandbox and demo."""
    return address.is_loopback or is_public(address)


def guarded_client(url: URL, *, this_machine: bool, accept: str, deadline: timedelta, size_limit: int) -> HTTPClient:
    """Return a client for `url` and its server alone; `this_machine` lets it reach this machine too, in plain HTTP.

    Raises:
        ForbiddenAddressError: nothing may go there.
    """
    allowed = is_public_or_loopback if this_machine else is_public
    require_sendable(url, allowed=allowed, plain=this_machine)
    return HTTPClient(
        HTTPSettings(
            base_url=url,
            accept=accept,
            deadline_seconds=deadline.total_seconds(),
            size_limit=size_limit,
            connections=1,
            resolver=GuardedResolver(allowed),
        )
    )


def require_sendable(url: URL, *, allowed: Allowed, plain: bool) -> None:
    """Let pass only an https URL to a name, or to an address that is `allowed`; `plain` lets http pass to an address.

    Raises:
        ForbiddenAddressError: it is none.
    """
    literal = _literal(url.host)
    if literal is not None and not allowed(literal):
        raise ForbiddenAddressError("not an address of the public internet")
    if url.scheme != "https" and not (plain and url.scheme == "http" and literal is not None and literal.is_loopback):
        raise ForbiddenAddressError("not https")
    if url.user is not None or url.password is not None or not url.host:
        raise ForbiddenAddressError("no host, or a password in the address")


class GuardedResolver(AbstractResolver):
    """Looks names up, and gives no address that is not `allowed`: one that is not spoils the whole name."""

    def __init__(self, allowed: Allowed, inner: AbstractResolver | None = None) -> None:
        """Take what is allowed; `inner` looks up, by default as the machine does."""
        self._allowed = allowed
        self._inner = inner if inner is not None else ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of `host`.

        Raises:
            ForbiddenAddressError: one of them is not allowed.
        """
        found = await self._inner.resolve(host, port, family)
        if not all(self._allowed(ip_address(each["host"].partition("%")[0])) for each in found):
            raise ForbiddenAddressError("a name that leads to an address that is not of the public internet")
        return found

    async def close(self) -> None:
        """Release what the inner one holds."""
        await self._inner.close()


def _literal(host: str | None) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address((host or "").partition("%")[0])
    except ValueError:
        return None


def _embedded(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        yield address.ipv4_mapped
