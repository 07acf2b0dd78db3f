"""An AWS account's keys and secrets in the store: read apart, in one realm, and what a disabled key still is."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed
from offboarding.interfaces import KeySource
from offboarding.model import Fact
from offboarding.store.connect import Session
from tests.support.keys_read import KeyReader, hours, signing_key, whole
from tests.support.variants import some_of
from tests.systems.aws.cloud import ADMIN_POLICY, CORE, account, aws, aws_process, bare
from tests.systems.aws.keyring import (
    SEOUL,
    US,
    kms_id,
    kms_source,
    mac,
    material,
    parameter,
    secret,
    secrets_source,
    signing,
)

__all__ = ["aws", "aws_process"]  # fixtures

COPIES = (
    "select k.material, c.source_kind, c.standing, c.gone_at is not null from key_copy c join signing_key k"
    " using (key_pk) order by c.copy_pk"
)


@pytest.fixture
def server(aws: AwsServer) -> AwsServer:
    keys = (signing("tokens"), mac("webhooks"))
    one = account(
        CORE,
        bare("admin", attached=(ADMIN_POLICY,)),
        kms_keys=keys,
        secrets=(secret("login/jwt-1"), secret("db")),
        parameters=(parameter("/login/salt"),),
    )
    aws.seed(AwsSeed(accounts=(one,)))
    return aws


@pytest.fixture
def keys(store: Session) -> KeyReader:
    return KeyReader(store, name="kms", kind="aws_kms", part=CORE)


@pytest.fixture
def secrets(store: Session) -> KeyReader:
    return KeyReader(store, name="secrets", kind="aws_secrets", part=CORE)


def told(source: KeySource) -> Iterator[Fact]:
    yield from source.collect()


def test_keys_and_secrets_of_one_account_leave_each_other_alone(
    server: AwsServer, keys: KeyReader, secrets: KeyReader
) -> None:
    for night in (0, 24):
        first = keys.read(*told(kms_source(server)), at=hours(night))
        second = secrets.read(*told(secrets_source(server, signing_keys=["*/jwt-*"])), at=hours(night))
        assert (first.status, second.status) == ("complete", "complete")

    rows = keys.ask("select source_kind, kind, count(*), count(gone_at) from key_copy group by 1, 2 order by 1, 2")
    assert rows == [
        ("aws_kms", "signing_key", 2, 0),
        ("aws_secrets", "shared_secret", 2, 0),
        ("aws_secrets", "signing_key", 1, 0),
    ]
    accesses = keys.ask("select count(*), count(valid_to) from key_access")
    assert accesses[0][0] > 0
    assert accesses[0][1] == 0


def test_a_disabled_key_is_still_the_key_that_it_was(server: AwsServer, keys: KeyReader) -> None:
    keys.read(*told(kms_source(server)), at=hours(0))
    server.kms_operator(CORE).disable_key(KeyId=kms_id("tokens"))
    keys.read(*told(kms_source(server)), at=hours(24))
    assert (material("tokens"), "aws_kms", "dead", False) in keys.ask(COPIES)
    assert len(keys.ask(COPIES)) == 2

    server.kms_operator(CORE).enable_key(KeyId=kms_id("tokens"))
    keys.read(*told(kms_source(server)), at=hours(48))
    assert (material("tokens"), "aws_kms", "works", False) in keys.ask(COPIES)
    assert len(keys.ask(COPIES)) == 2


def test_an_id_that_may_get_other_material_is_another_key_without_a_thumbprint(keys: KeyReader) -> None:
    seen = signing_key("kid-1", realm=CORE)
    unseen = replace(seen, material=f"ref:{CORE}/kid-1")
    keys.read(seen, whole(CORE), at=hours(0))
    keys.read(unseen, whole(CORE), at=hours(24))

    assert [(row[0], row[3]) for row in keys.ask(COPIES)] == [("jkt:kid-1", True), (f"ref:{CORE}/kid-1", False)]


def test_one_that_was_never_seen_goes_by_its_reference(server: AwsServer, keys: KeyReader) -> None:
    server.kms_operator(CORE).disable_key(KeyId=kms_id("tokens"))

    keys.read(*told(kms_source(server)), at=hours(0))

    assert (f"ref:{CORE}/{kms_id('tokens')}", "aws_kms", "dead", False) in keys.ask(COPIES)


IN_SEOUL = (
    "select c.native_id, c.gone_at is not null, r.confirmed_at from key_copy c join copy_read r using (copy_pk)"
    " where c.name like '%%:ap-northeast-2:%%' order by c.native_id"
)


@some_of(1, "kind", ["aws_kms", "aws_secrets"])
def test_a_region_that_is_no_longer_read_leaves_its_keys_as_they_were(
    store: Session, aws: AwsServer, kind: str
) -> None:
    """Nobody looked: neither they nor the access to them are gone, until a read of that region shows it."""
    build = kms_source if kind == "aws_kms" else secrets_source
    own: dict[str, object] = {
        "kms_keys": (signing("tokens"), mac("salt", region=SEOUL)),
        "secrets": (secret("db"), secret("login", region=SEOUL)),
        "parameters": (parameter("/salt", region=SEOUL),),
    }
    users = bare("admin", attached=(ADMIN_POLICY,))
    aws.seed(AwsSeed(accounts=(account(CORE, users, regions=(US, SEOUL), **own),)))
    reader = KeyReader(store, name="keys", kind=kind, part=CORE)
    accesses = "select count(*) from key_access where valid_to is null and key like '%%:ap-northeast-2:%%'"
    reader.read(*told(build(aws)), at=hours(0))
    there, ((known,),) = reader.ask(IN_SEOUL), reader.ask(accesses)
    assert [(gone, at) for _, gone, at in there] == [(False, hours(0))] * (1 if kind == "aws_kms" else 2)
    assert known > 0

    assert reader.read(*told(build(aws, regions=[US])), at=hours(24)).status == "complete"
    assert (reader.ask(IN_SEOUL), reader.ask(accesses)) == (there, [(known,)])

    aws.deny(CORE, "kms:ListKeys" if kind == "aws_kms" else "secretsmanager:ListSecrets", only=SEOUL)
    assert reader.read(*told(build(aws)), at=hours(48)).status == "partial"
    assert ({gone for _, gone, _ in reader.ask(IN_SEOUL)}, reader.ask(accesses)) == ({False}, [(known,)])

    kept = {"kms_keys": (signing("tokens"),), "secrets": (secret("db"),), "parameters": ()}
    aws.seed(AwsSeed(accounts=(account(CORE, users, regions=(US, SEOUL), **kept),)))
    assert reader.read(*told(build(aws)), at=hours(72)).status == "complete"
    assert {(gone, at) for _, gone, at in reader.ask(IN_SEOUL)} == {(True, hours(72))}
    assert reader.ask(accesses) == [(0,)]


FILTERED = (
    "select c.name, c.gone_at is not null, r.confirmed_at, count(a.*) filter (where a.valid_to is null) > 0"
    " from key_copy c join copy_read r using (copy_pk) left join key_access a on a.key = c.name"
    " where c.name like any(array['%%secret:spare%%', '%%parameter/spare']) group by 1, 2, 3 order by 1"
)


def test_what_a_filter_leaves_out_stays_as_it_was_until_the_list_shows_it_gone(
    server: AwsServer, secrets: KeyReader
) -> None:
    users = bare("admin", attached=(ADMIN_POLICY,))
    wide = {"secrets": (secret("db"), secret("spare")), "parameters": (parameter("/spare"), parameter("/salt"))}
    server.seed(AwsSeed(accounts=(account(CORE, users, **wide),)))
    secrets.read(*told(secrets_source(server)), at=hours(0))
    there = secrets.ask(FILTERED)
    assert [row[1:] for row in there] == [(False, hours(0), True)] * 2

    excluding, including = (
        secrets_source(server, exclude=["spare", "/spare"]),
        secrets_source(server, include=["db", "/salt"]),
    )
    for night, narrowed in ((24, excluding), (48, including)):
        assert secrets.read(*told(narrowed), at=hours(night)).status == "complete"
        assert secrets.ask(FILTERED) == there

    # Nothing is asked about what is left out, but the list names all that there are.
    server.seed(AwsSeed(accounts=(account(CORE, users, secrets=(secret("db"),), parameters=(parameter("/salt"),)),)))
    secrets.read(*told(secrets_source(server, exclude=["*spare"])), at=hours(72))
    assert [row[1:] for row in secrets.ask(FILTERED)] == [(True, hours(72), False)] * 2
