"""Random keys: copies, who may do what with them, what the register says, and what a trail recorded."""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.support.held.drawing import (
    CLOUD,
    DIRECTORY,
    ISSUER,
    READS,
    ROLE,
    ROLE_ID,
    maybe,
    moments,
    rarely,
    reads,
    stretches,
)
from tests.support.held.records import Copy, Custodian, Granted, Place, Recorded, Scope

SECRETS = (("s1", "s1#1"), ("s1", "s1#2"), ("s2", "s2"))


@st.composite
def copies(draw: DrawFn) -> Copy:
    """A key in the cloud, or at a verifier."""
    cloud = draw(st.sampled_from((True, True, False)))
    name, native_id = draw(st.sampled_from(SECRETS)) if cloud else (ISSUER, draw(st.sampled_from(("kid-1", "kid-2"))))
    seen = draw(reads)
    before = [read for read in READS if read < seen]
    return Copy(
        material=draw(st.sampled_from(("m1", "m2", "m3"))),
        realm=CLOUD if cloud else ISSUER,
        source="secrets" if cloud else "login",
        source_kind="aws_secrets" if cloud else "jwks",
        kind="shared_secret" if cloud else "signing_key",
        native_id=native_id,
        name=name,
        verifies=draw(st.booleans()),
        created_at=draw(maybe),
        first_seen_at=seen,
        not_seen_at=draw(st.none() | st.sampled_from(before)) if before else None,
        gone_at=draw(rarely),
        left_out=cloud and draw(st.sampled_from((False, False, True))),
        ssh_fingerprint=draw(st.sampled_from(("", "SHA256:aaa"))),
    )


PRINCIPALS = (
    ("group", DIRECTORY, "g1"),
    ("group", DIRECTORY, "CN=g1,DC=corp"),
    ("group", DIRECTORY, "g2"),
    ("account", CLOUD, "arn:user/kim"),
    ("account", CLOUD, "AIDALEE"),
    ("role", CLOUD, ROLE),
    ("role", CLOUD, ROLE_ID),
)


@st.composite
def granted(draw: DrawFn, principals: Sequence[tuple[str, str, str]]) -> Granted:
    """A way to a secret, by its name or to one version, of one of these."""
    kind, realm, principal = draw(st.sampled_from(principals))
    begun, ended = draw(stretches())
    carries = draw(st.sampled_from((True, True, False)))
    return Granted(
        realm=CLOUD,
        source_kind=draw(st.sampled_from(("aws_secrets", "aws_secrets", "aws_kms"))),
        key=draw(st.sampled_from(("s1", "s1", "s1#1", "s1#2", "s2"))),
        kind=kind,
        principal_realm=realm,
        principal=principal,
        action="Read" if carries else "Use",
        carries=carries,
        standing=draw(st.sampled_from(("works", "works", "unknown"))),
        reason=draw(st.sampled_from(("policy A", "policy B"))),
        valid_from=begun,
        valid_to=ended,
    )


PLACES = (("secrets", "s1"), ("secrets", "s1#2"), ("secrets", "s2"), ("login", ISSUER), ("login", "kid-1"), ("", "m2"))
HOLDERS = (
    ("worker", "hr", "1001"),
    ("worker", "hr", "1002"),
    ("worker", "elsewhere", "1001"),
    ("group", "corp-ldap", "g1"),
    ("group", DIRECTORY, "cn=G1,dc=corp"),
    ("group", "aws", "g1"),
    ("principal", "", "arn:user/kim"),
    ("principal", "", ROLE),
)


places = st.builds(
    lambda entry, place: Place(entry=entry, reader=place[0], place=place[1]),
    st.sampled_from(("e1", "e2")),
    st.sampled_from(PLACES),
)


@st.composite
def custodians(draw: DrawFn, holders: Sequence[tuple[str, str, str]]) -> Custodian:
    """One of these, whom the register names, or did."""
    kind, space, holder = draw(st.sampled_from(holders))
    begun, ended = draw(stretches())
    since, until = draw(maybe), draw(maybe)
    return Custodian(
        entry=draw(st.sampled_from(("e1", "e2"))),
        kind=kind,
        space=space,
        holder=holder,
        team=draw(st.sampled_from(("", "auth"))),
        since=since,
        until=until,
        valid_from=begun,
        valid_to=ended,
    )


events = st.builds(
    Recorded,
    event_id=st.sampled_from(("v1", "v2", "v3", "v4", "v5", "v6", "v7")),
    at=moments,
    action=st.sampled_from(("Get", "Sign")),
    deed=st.sampled_from(("read", "exported", "imported", "created", "used", "made")),
    objects=st.sampled_from((("s1",), ("s1",), ("s1#1",), ("s1#2", "s2"))),
    actor=st.sampled_from(("", "AIDAKIM", "AIDALEE")),
    session=st.sampled_from(("", "kimm", "admin", "both", "lee")),
    failed=st.sampled_from((False, False, False, True)),
)
scopes = st.builds(
    Scope,
    realm=st.just(CLOUD),
    source_kind=st.just("aws_secrets"),
    kind=st.just("shared_secret"),
    begins=st.sampled_from(("", "s", "s1")),
    fresh=st.booleans(),
    access=st.booleans(),
)
