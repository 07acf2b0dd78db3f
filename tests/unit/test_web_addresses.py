"""Which addresses may be asked, whoever names them."""

import pytest

from offboarding.net.addresses import AddressError, addresses_of


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_may_be_asked(address: str) -> None:
    assert addresses_of(address, 443, internal=False) == (address,)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.5",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.0.1",
        "::1",
        "fd12:3456:789a::1",
        "::ffff:10.0.0.5",
        "64:ff9b::a00:5",
        "2002:a00:5::1",
        "::127.0.0.1",
        "64:ff9b:1::a9fe:a9fe",
        "fec0::1",
        "2130706433",
        "0x7f000001",
    ],
    ids=lambda address: address,
)
def test_an_internal_address_may_be_asked_only_where_it_is_meant(address: str) -> None:
    with pytest.raises(AddressError, match="If it's meant, set internal: true"):
        addresses_of(address, 443, internal=False)

    assert len(addresses_of(address, 443, internal=True)) == 1


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "fe80::1",
        "::169.254.169.254",
        "::ffff:0:169.254.169.254",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",  # noqa: S104 - nothing is bound
        "::",
        "224.0.0.1",
        "ff02::1",
    ],
)
@pytest.mark.parametrize("internal", [False, True])
def test_a_metadata_service_is_never_asked(address: str, internal: bool) -> None:
    with pytest.raises(AddressError, match="is never asked"):
        addresses_of(address, 443, internal=internal)


def test_a_name_that_can_be_none() -> None:
    with pytest.raises(AddressError, match="its host's name can't be one"):
        addresses_of("a" * 70 + ".example", 443, internal=True)
