"""Which addresses may be asked."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

METADATA = frozenset(map(ip_address, ("fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")))
"""Clouds' metadata services that aren't link-local: AWS over IPv6, Alibaba, Azure's wire server, Oracle."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052, section 2.1: the last four octets are the IPv4 address."""


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
    if not internal and not address.is_global:
        raise AddressError(f"{shown} isn't public. If it's meant, set internal: true")


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
