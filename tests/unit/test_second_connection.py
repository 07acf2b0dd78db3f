"""Who may write is said whole in the configuration, by another connection than the one that reads; else nobody may."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offboarding import wiring
from offboarding.model.errors import ConfigError, OffboardingError
from tests.unit.test_config import checked

Change = Callable[[dict[str, Any]], object]
POLICY: dict[str, Any] = {"sources": ["corp-ldap"], "subjects": ["account"]}


def switched_on(settings: dict[str, Any]) -> None:
    settings["sources"][0]["revoke_connection"] = "corp_ldap_revoke"
    settings["policy"] = {"revocation": dict(POLICY)}
    settings["guard"] = {"approvers": ["sam"]}


def also(change: Change) -> Change:
    def both(settings: dict[str, Any]) -> None:
        switched_on(settings)
        change(settings)

    return both


def revoked(**changes: Any) -> Change:
    return also(lambda s: s["policy"]["revocation"].update(changes))


ELSEWHERE: dict[str, dict[str, Any]] = {
    "sources": {"name": "other", "kind": "ldap", "connection": "corp_ldap_revoke", "base_dn": "dc=other"},
    "rosters": {
        "name": "agency",
        "kind": "postgres",
        "connection": "corp_ldap_revoke",
        "query": "select 1",
        "coverage": "full",
        "columns": {"worker_id": "id"},
    },
    "trackers": {"name": "other", "kind": "roundup", "connection": "corp_ldap_revoke"},
    "pagers": {"name": "phone", "kind": "pagerduty", "connection": "corp_ldap_revoke"},
    "notifiers": {"name": "mail", "kind": "smtp", "connection": "corp_ldap_revoke", "to": ["a@corp.example"]},
}
"""By whatever else the second connection may be named, too."""


def source(index: int, **changes: Any) -> Change:
    return also(lambda s: s["sources"][index].update(changes))


def test_it_is_off_by_default_and_good_when_switched_on(tmp_path: Path) -> None:
    off, on = (checked(tmp_path, change).loaded for change in (lambda _: None, switched_on))

    assert off
    assert off.settings.policy.revocation is None
    assert on
    assert on.settings.policy.revocation
    assert (on.settings.policy.revocation.most_a_day, on.warnings) == (10, ())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            source(0, revoke_connection="corp_ldap"),
            "revoke_connection is the connection of sources.corp-ldap: who reads must not be able to write",
            id="the reading connection",
        ),
        pytest.param(
            source(0, revoke_connection="CORP_LDAP"),
            "revoke_connection is the connection of sources.corp-ldap",
            id="the reading connection, in capitals as the environment names it",
        ),
        *(
            pytest.param(
                also(lambda s, room=room, more=more: s.setdefault(room, []).append(more)),
                f"revoke_connection is the connection of {room}.{more['name']}: who reads must not",
                id=f"one of {room}",
            )
            for room, more in ELSEWHERE.items()
        ),
        pytest.param(
            source(0, revoke_connection="offboarding_store"),
            "revoke_connection is the connection of store: who reads must not",
            id="the store's",
        ),
        pytest.param(
            source(0, revoke_connection=None),
            "no source with a revoke_connection is named 'corp-ldap'",
            id="no second connection",
        ),
        pytest.param(revoked(sources=["corp-ladp"]), "Did you mean corp-ldap?", id="a source that there isn't"),
        pytest.param(revoked(rules=["leaver-acces-key"]), "Did you mean leaver-access-key?", id="no rule"),
        pytest.param(revoked(subjects=["ssh_key"]), "subjects", id="what can only be deleted"),
        pytest.param(revoked(subjects=[]), "policy.revocation.subjects is empty: name one at least", id="nothing"),
        *(
            pytest.param(
                revoked(**{key: []}),
                f"policy.revocation.{key} is empty: name one at least, or leave it out",
                id=f"no {key}, which aren't every one",
            )
            for key in ("rules", "severities", "never")
        ),
        *(
            pytest.param(
                revoked(**{key: ["*emergency*", blank]}),
                f"policy.revocation.{key}: holds an empty word, which fits nothing: fill it in, or leave it out",
                id=f"{key} with {blank!r}",
            )
            for key in ("sources", "rules", "never")
            for blank in ("", " ")
        ),
        pytest.param(revoked(most_a_day=0), "most_a_day", id="none a day"),
        pytest.param(revoked(most_a_day=101), "most_a_day", id="too many a day"),
        pytest.param(also(lambda s: s.pop("guard")), "says who may approve", id="no approvers"),
        pytest.param(
            also(lambda s: s["guard"].update(approvers=[])),
            "guard.approvers is empty: name one at least, or leave it out",
            id="an empty list of approvers",
        ),
        pytest.param(
            source(1, revoke_connection="aws_revoke"), "several accounts need a role, as for reading", id="no role"
        ),
        pytest.param(
            source(1, revoke_connection="aws_revoke", revoke_role_name="OffboardingAudit"),
            "is the role that reads",
            id="the role that reads",
        ),
        pytest.param(
            source(1, revoke_role_name="OffboardingRevoke"), "and there is none", id="a role without a connection"
        ),
        pytest.param(
            also(
                lambda s: s["sources"].append(
                    {
                        "name": "keys",
                        "kind": "aws_kms",
                        "connection": "aws_audit",
                        "accounts": ["111111111111"],
                        "revoke_connection": "aws_revoke",
                    }
                )
            ),
            "of kind aws_kms nothing can be shut so that it opens again",
            id="a kind that shuts nothing",
        ),
    ],
)
def test_what_isn_t_whole_is_refused(tmp_path: Path, change: Change, said: str) -> None:
    found = checked(tmp_path, change)

    assert found.loaded is None
    assert any(said in str(mistake) for mistake in found.mistakes)


READER = {"host": "ldap.corp.example", "login": "cn=reader,dc=corp,dc=example", "password": "x"}


def revoker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change = switched_on, **writer: Any) -> object:
    fields = {"CORP_LDAP": READER, "CORP_LDAP_REVOKE": READER | writer}
    for name, given in fields.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps({"conn_type": "ldap", **given}))
    loaded = checked(tmp_path, change).loaded
    assert loaded
    return wiring.revoker(loaded.settings, "corp-ldap", "")


def test_a_login_of_its_own_may_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert revoker(tmp_path, monkeypatch, login="cn=revoker,dc=corp,dc=example")


@pytest.mark.parametrize("login", [READER["login"], READER["login"].upper()])
def test_one_login_by_two_connections_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    with pytest.raises(ConfigError, match="who reads must not be able to write"):
        revoker(tmp_path, monkeypatch, login=login)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"host": READER["host"].upper()},
        {"host": f"{READER['host']}."},
        {"host": "ldap2.corp.example"},
        {"login": "cn=revoker, dc=corp, dc=example"},
    ],
    ids=repr,
)
def test_one_login_by_another_entry_s_connection_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    """As its id alone doesn't show; a connection that there isn't keeps nothing from being opened again."""
    fields = READER | {"login": "cn=revoker,dc=corp,dc=example"} | other
    monkeypatch.setenv("AIRFLOW_CONN_OTHER_LDAP", json.dumps({"conn_type": "ldap", **fields}))
    added = {**ELSEWHERE["sources"], "connection": "other_ldap"}
    change = also(lambda s: s["sources"].append(added))

    with pytest.raises(ConfigError, match="corp_ldap_revoke logs in as other_ldap does: who reads must not be able"):
        revoker(tmp_path, monkeypatch, change, login="CN=Revoker,dc=corp,dc=example")
    monkeypatch.setenv("AIRFLOW_CONN_OTHER_LDAP", "{cut off")
    with pytest.raises(ConfigError, match="AIRFLOW_CONN_OTHER_LDAP is no JSON"):
        revoker(tmp_path, monkeypatch, change, login="cn=revoker,dc=corp,dc=example")
    monkeypatch.delenv("AIRFLOW_CONN_OTHER_LDAP")
    assert revoker(tmp_path, monkeypatch, change, login="cn=revoker,dc=corp,dc=example")


def test_every_connection_s_login_is_told_to_whoever_proposes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each source, roster and tracker, and of the second connections."""
    for conn_id in ("CORP_LDAP", "CORP_LDAP_REVOKE", "OFFBOARDING_STORE"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id}", json.dumps({"conn_type": "x", "login": f"logs in {conn_id}"}))
    loaded = checked(tmp_path, switched_on).loaded
    assert loaded

    assert wiring.logins(loaded.settings) == {
        "logs in CORP_LDAP",
        "logs in CORP_LDAP_REVOKE",
        "logs in OFFBOARDING_STORE",
    }


def test_hosts_and_clear_text_hold_for_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    login = "cn=revoker,dc=corp,dc=example"
    pinned = source(0, hosts=["ldap.corp.example"])

    with pytest.raises(ConfigError, match=r"connection corp_ldap_revoke names ldap\.evil\.example, which isn't among"):
        revoker(tmp_path, monkeypatch, pinned, login=login, host="ldap.evil.example")
    with pytest.raises(ConfigError, match=r"connection corp_ldap_revoke would speak to .* without TLS"):
        revoker(tmp_path, monkeypatch, login=login, extra={"tls": "none"})


def test_without_one_nobody_may_write(tmp_path: Path) -> None:
    loaded = checked(tmp_path, lambda _: None).loaded
    assert loaded

    for name in ("corp-ldap", "aws"):
        with pytest.raises(OffboardingError, match="there is no revoke_connection: nothing may be shut there"):
            wiring.revoker(loaded.settings, name, "")
