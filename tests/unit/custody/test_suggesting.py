"""What is proposed for a key, and what is only a guess."""

from datetime import UTC, datetime
from typing import Any

from offboarding.custody.proposing import ProposedLine
from offboarding.custody.suggesting import (
    CandidateGroup,
    CandidatePrincipal,
    CustodianCandidate,
    KnownKey,
    Reason,
    RegisterNames,
    entry,
)
from offboarding.model import Exportable, Grade, KeyCopy, SubjectKind
from tests.support.keys_read import secret, signing_key

NAMES = RegisterNames(
    verifiers=frozenset({"login"}), sources=frozenset({"aws"}), directories=frozenset({"ldap"}), zone="Asia/Seoul"
)
SEEN_AT = datetime(2026, 11, 9, tzinfo=UTC)
LEFT_AT = datetime(2026, 11, 13, 15, tzinfo=UTC)
"""The end of the 13th in Seoul."""


def copy(key: Any, source: str, **changes: Any) -> KeyCopy:
    usual: dict[str, Any] = {
        "source_kind": "jwks",
        "first_seen_at": SEEN_AT,
        "last_seen_at": SEEN_AT,
        "untrusted_since": None,
        "confirmed_at": SEEN_AT,
        "fresh": True,
    }
    return KeyCopy(key=key, source=source, **(usual | changes))


def known(*copies: KeyCopy, **changes: Any) -> KnownKey:
    usual: dict[str, Any] = {
        "material": copies[0].key.material,
        "label": copies[0].key.label,
        "registered": "",
        "kind": SubjectKind.SIGNING_KEY,
        "standing": "trusted",
        "carryable": Exportable.UNKNOWN,
        "carryable_reason": "",
        "reasons": (),
        "principals": (),
        "owners": (),
    }
    return KnownKey(copies=copies, **(usual | changes))


def lines(lines: Any) -> list[tuple[dict[str, Any], bool]]:
    assert all(isinstance(line, ProposedLine) and line.why for line in lines)
    return [(dict(line.fields), line.guess) for line in lines]


SECRET = copy(secret("arn:x:db#v1"), "aws")
LOGIN = copy(signing_key("2024", material=f"jkt:{'a' * 43}"), "login")


def proposed(one: KnownKey, *groups: CandidateGroup) -> list[tuple[dict[str, Any], bool]]:
    return lines(entry(one, groups, NAMES, ()).custodians)


def test_whoever_left_is_proposed_until_their_last_day() -> None:
    gone = Reason(person=CustodianCandidate(worker="hr:1", left_at=LEFT_AT), grade=Grade.PROVED, why="Read it.")

    assert proposed(known(SECRET, reasons=(gone,))) == [({"worker": "hr:1", "until": "2026-11-13"}, False)]


def test_who_could_is_proposed_by_the_principal_that_lets_them() -> None:
    could = Reason(person=CustodianCandidate(worker="hr:1"), grade=Grade.COULD, why="As a member.")
    sure = CandidatePrincipal(source="", name="arn:role", why="may take it away", sure=True)
    unsure = CandidatePrincipal(source="ldap", name="cn=db", why="may take it away", sure=False)
    elsewhere = CandidatePrincipal(source="nobody-reads-it", name="cn=db", why="may take it away", sure=True)

    assert proposed(known(SECRET, reasons=(could,), principals=(sure, unsure, elsewhere))) == [
        ({"principal": "arn:role"}, False),
        ({"group": {"source": "ldap", "name": "cn=db"}}, True),
    ]


def test_an_owner_who_is_somebody_is_proposed_and_anybody_else_named_as_owner() -> None:
    told = entry(
        known(SECRET, owners=(("Payments", None), ("lee@x", CustodianCandidate(worker="hr:2")))), (), NAMES, ()
    )

    assert (lines(told.custodians), told.owner) == ([({"worker": "hr:2"}, False)], "Payments")


def test_somebody_is_proposed_once_and_not_guessed_besides() -> None:
    both = tuple(
        Reason(person=CustodianCandidate(worker="hr:1"), grade=grade, why="x")
        for grade in (Grade.INFERRED, Grade.PROVED)
    )

    assert proposed(known(SECRET, reasons=both)) == [({"worker": "hr:1"}, False)]


def test_a_guarded_group_called_as_the_key_is_proposed_alone() -> None:
    signers, backup = (
        CandidateGroup(source="ldap", name=f"cn={name},dc=login", members=1) for name in ("logins", "backup")
    )

    assert proposed(known(LOGIN), signers, backup) == [
        ({"group": {"source": "ldap", "name": "cn=logins,dc=login"}}, False)
    ]
    assert proposed(known(LOGIN), backup) == [({"group": {"source": "ldap", "name": "cn=backup,dc=login"}}, True)]


def test_a_key_is_recognised_by_its_material_and_a_secret_by_its_name_in_all_versions() -> None:
    old = copy(secret("arn:x:db#v0"), "aws", untrusted_since=SEEN_AT)
    renamed = copy(secret("arn:x:db#v1"), "a-reader-that-is-no-more")

    def places(*copies: KeyCopy) -> list[dict[str, Any]]:
        return [fields for fields, _ in lines(entry(known(*copies), (), NAMES, ()).places)]

    assert places(LOGIN) == [{"thumbprint": "a" * 43}]
    assert places(SECRET, old) == [{"source": "aws", "id": "arn:x:db"}]
    assert places(renamed) == [{"material": renamed.key.material}]


def test_a_registered_key_keeps_its_name() -> None:
    told = entry(known(LOGIN, registered="login-key"), (), NAMES, {"login-key"})

    assert (told.name, told.registered) == ("login-key", True)
    assert entry(known(LOGIN), (), NAMES, {"login-2024"}).name == "login-2024-2"
