"""A webhook reaches the public internet and nothing of our own, however its address is written."""

import socket
from ipaddress import ip_address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.registry.egress import (
    ForbiddenAddressError,
    GuardedResolver,
    is_public,
    is_public_or_loopback,
    require_sendable,
)

OURS = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104 - an address that is refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "192.88.99.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "feff::7f00:1",
    "ff02::1",
]


class Says(AbstractResolver):
    """A name service that says what it is told to, and then something else."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in self.answers.pop(0)
        ]

    async def close(self) -> None:
        return


@pytest.mark.parametrize("address", OURS)
async def test_no_address_of_ours_is_public_literally_or_by_name(address: str) -> None:
    assert not is_public(ip_address(address))
    literal = URL.build(scheme="https", host=address)
    with pytest.raises(ForbiddenAddressError):
        require_sendable(literal, allowed=is_public, plain=False)
    with pytest.raises(ForbiddenAddressError):
        await GuardedResolver(is_public, Says([address])).resolve("hooks.example", 443)


@pytest.mark.parametrize("address", ["93.184.216.34", "2a00:1450:400e:80e::200e"])
async def test_an_address_of_the_public_internet_is(address: str) -> None:
    assert is_public(ip_address(address))
    [found] = await GuardedResolver(is_public, Says([address])).resolve("hooks.example", 443)
    assert found["host"] == address


async def test_one_address_of_ours_among_others_spoils_the_name() -> None:
    with pytest.raises(ForbiddenAddressError):
        await GuardedResolver(is_public, Says(["93.184.216.34", "10.0.0.1"])).resolve("hooks.example", 443)


async def test_what_a_name_means_the_second_time_is_looked_at_too() -> None:
    resolver = GuardedResolver(is_public, Says(["93.184.216.34"], ["127.0.0.1"]))
    await resolver.resolve("hooks.example", 443)
    with pytest.raises(ForbiddenAddressError):
        await resolver.resolve("hooks.example", 443)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "127.1", "0177.0.0.1"])
async def test_a_name_that_the_machine_knows_as_itself_is_refused_by_the_real_resolver(host: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - refused, or not understood at all
        await GuardedResolver(is_public).resolve(host, 443)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",
        "http://93.184.216.34/x",
        "ftp://hooks.example/x",
        "https://user:pw@hooks.example/x",
        "https:///x",
        "/x",
    ],
)
def test_only_https_to_a_host_without_a_password_may_be_sent_to(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        require_sendable(URL(url), allowed=is_public, plain=False)
    require_sendable(URL("https://hooks.example:8443/x?y=z"), allowed=is_public, plain=False)


def test_a_sandbox_may_also_reach_this_machine_and_nothing_else_of_ours() -> None:
    require_sendable(URL("http://127.0.0.1:8080/x"), allowed=is_public_or_loopback, plain=True)
    require_sendable(URL("http://[::1]:8080/x"), allowed=is_public_or_loopback, plain=True)
    for url in ("http://10.0.0.1/x", "http://169.254.169.254/x", "http://hooks.example/x"):
        with pytest.raises(ForbiddenAddressError):
            require_sendable(URL(url), allowed=is_public_or_loopback, plain=True)
