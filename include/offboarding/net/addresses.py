"""Which addresses may be asked."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

METADATA = frozenset(
    map(
        ip_address,
        ("fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
    )
)
"""Metadata services that are not link-local: AWS over IPv6 and its EKS Pod Identity Agent
(https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html), Google over IPv6, Alibaba, Azure's wire
server, Oracle.
"""

_HOLDS_IPV4 = tuple(map(IPv6Network, ("64:ff9b::/96", "::ffff:0:0:0/96", "::/96")))
"""The last four octets are the IPv4 address: RFC 6052, 2.1; RFC 2765, 2.1; RFC 4291, 2.5.5.1."""
_NOT_PUBLIC = tuple(map(IPv6Network, ("64:ff9b:1::/48", "fec0::/10")))
"""Local-use translation (RFC 8215) and former site-local addresses (RFC 3879), which Python 3.11 calls global."""


class AddressError(ValueError):
    """It must not be asked. The text is a clause, with the fix."""


def addresses_of(host: str, port: int, *, internal: bool) -> tuple[str, ...]:
    """Every address of a host, resolved once, in the system's order of preference.

    Raises AddressError where one of them must not be asked: without `internal` whatever isn't public; in any case a
    metadata service, a link-local or a multicast address. Raises OSError where the name can't be resolved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise AddressError("its host's name can't be one: a part of it is empty or too long") from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        _allow(host, address, internal=internal)
    return addresses


def _allow(host: str, text: str, *, internal: bool) -> None:
    address = _inner(ip_address(text.partition("%")[0]))
    shown = f"its address {text}" if host == text else f"{host} has the address {text}, which"
    if address.is_link_local or address.is_multicast or address.is_unspecified or address in METADATA:
        raise AddressError(f"{shown} is never asked: machines' own services lie there")
    if not internal and (not address.is_global or any(address in each for each in _NOT_PUBLIC)):
        raise AddressError(f"{shown} isn't public. If it's meant, set internal: true")


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in each for each in _HOLDS_IPV4):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
