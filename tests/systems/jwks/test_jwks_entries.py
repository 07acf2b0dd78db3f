"""Whatever stands in a JWKS, each entry is told, and nothing private with it."""

import base64

from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.login_service import public_jwk
from offboarding.custody.thumbprints import PRIVATE_MEMBERS, material_of
from offboarding.verifiers.jwks.entries import JwksEntry, entries

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQ"

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
_WORDS = st.sampled_from(
    ["RSA", "EC", "OKP", "oct", "AKP", "P-256", "secp256k1", "Ed25519", "X448", "sig", "enc", "AQAB"]
)
_NUMBERS = st.binary(max_size=70).map(lambda octets: base64.urlsafe_b64encode(octets).decode())
_MEMBERS = st.sampled_from(["kty", "crv", "x", "y", "n", "e", "kid", "use", "key_ops", "alg", "x5c", *PRIVATE_MEMBERS])
_ODD = st.dictionaries(_MEMBERS, _JSON | _WORDS | _NUMBERS | st.lists(_NUMBERS, max_size=2), max_size=8)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_JSON | _ODD, max_size=5))
def test_nothing_breaks_it(keys: list[object]) -> None:
    told = list(entries(keys))

    assert [each.position if isinstance(each, JwksEntry) else each for each in told] == list(range(1, len(keys) + 1))
    for each in told:
        assert isinstance(each, int) or bool(each.material) != bool(each.why)


@given(st.sets(st.sampled_from(PRIVATE_MEMBERS), min_size=1))
def test_private_members_are_named_and_their_values_nowhere(members: set[str]) -> None:
    (entry,) = entries([public_jwk(KEY, "leaked", **dict.fromkeys(members, SECRET))])

    assert isinstance(entry, JwksEntry)
    assert set(entry.private_members) == members
    assert entry.material == material_of(KEY)
    assert SECRET not in repr(entry)


def test_numbers_without_end_are_no_key() -> None:
    endless = base64.urlsafe_b64encode(b"\xff" * 300_000).decode()
    keys: list[object] = [
        {"kty": "EC", "crv": "P-256", "x": endless, "y": endless, "kid": "ec"},
        {"kty": "OKP", "crv": "Ed25519", "x": endless, "kid": "ed"},
    ]

    assert [each.why for each in entries(keys) if isinstance(each, JwksEntry)] == [
        "its x and y are no point of P-256",
        "its x has 300000 octets, not the 32 of Ed25519",
    ]
