"""Records as the store holds them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import groupby

from psycopg import sql

from offboarding.store.connect import Session
from tests.support.held.drawing import CLOUD, DIRECTORY, FIRST, ISSUER
from tests.support.held.records import Copy, Records

BORNE = (("1001", "kimm"), ("1001", "both"), ("1002", "both"), ("1002", "lee"), ("1003", "admin"))
"""Which worker bears which login: one is two people's, one too short, one reserved."""
RESERVED = ("admin",)

Row = dict[str, object]
Rows = Iterator[tuple[str, Row]]


def store_all(session: Session, told: Records) -> None:
    """Put them into an empty store."""
    for made in _MADE:
        for table, rows in groupby(made(told), key=lambda pair: pair[0]):
            _insert(session, table, [row for _, row in rows])
    session.execute("update person p set shown_worker_pk = w.worker_pk from worker w where w.person_uid = p.person_uid")


def material_number(material: str) -> int:
    """The primary key of a material."""
    return int(material.removeprefix("m"))


def _insert(session: Session, table: str, rows: list[Row]) -> None:
    statement = sql.SQL("insert into {} ({}) overriding system value values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, rows[0])),
        sql.SQL(", ").join(sql.Placeholder() * len(rows[0])),
    )
    with session.cursor() as cursor:
        cursor.executemany(statement, [list(row.values()) for row in rows])


def _company(told: Records) -> Rows:
    yield "roster", {"name": "hr", "id_space": "hr", "coverage": "full", "configured": True}
    for realm, kind, source in (
        (DIRECTORY, "ldap", "corp-ldap"),
        (CLOUD, "aws_iam", "aws"),
        (ISSUER, "jwks", "login"),
    ):
        yield "realm", {"realm": realm, "kind": kind, "source": source, "part": ""}
    for number, night in enumerate(told.nights):
        row: Row = {"kind": "nightly", "caller": f"night {number}", "as_of": night.as_of}
        yield "run", {**row, "reads_since": night.as_of, "started_at": night.started_at}


def _people(told: Records) -> Rows:
    for person in told.people:
        row: Row = {"person_uid": person.uid, "id_space": "hr", "worker_id": person.worker_id, "first_seen_at": FIRST}
        yield "person", row
    for person in told.people:
        if person.once:
            yield (
                "person_alias",
                {"alias_uid": person.once, "person_uid": person.uid, "merged_at": FIRST, "evidence": ""},
            )
    for person in told.people:
        row = {"worker_pk": int(person.worker_id), "roster": "hr", "id_space": "hr", "worker_id": person.worker_id}
        row |= {"person_uid": person.uid, "name": f"Person {person.worker_id}", "manager": "", "location": ""}
        yield "worker", {**row, "in_complete_read": True, "first_told_at": FIRST, "observed_at": FIRST}
    borne = [("number", person.worker_id, person.worker_id) for person in told.people]
    for kind, worker, value in (*borne, *(("login", worker, login) for worker, login in BORNE)):
        row = {"worker_pk": int(worker), "kind": kind, "value": value, "loose": "", "space": "hr", "origin": "current"}
        yield "worker_key", {**row, "raw": value, "valid_from": FIRST}
    for person in told.people:
        if person.left_at:
            row = {"person_uid": person.uid, "episode": 1, "returned": False, "left_at": person.left_at}
            row |= {"certain_at": person.left_at, "zone": "UTC", "basis": "actual", "confirmed": person.counts}
            row |= {"roster": "hr", "worker_pk": int(person.worker_id), "told": "", "valid_from": FIRST}
            yield "departure", row


def _accounts(told: Records) -> Rows:
    for number, login in enumerate(told.logins):
        row: Row = {"account_pk": number, "realm": login.realm, "native_id": login.native_id, "label": login.label}
        row |= {"login": "", "display_name": "", "owner_labels": [], "created_by": "", "standing": login.standing}
        row |= {"standing_reason": "", "has_own_login": True, "service_like": False, "privileged_by": "", "keys": "[]"}
        row |= {"last_used_exact": False, "first_seen_at": FIRST, "observed_at": FIRST, "gone_at": login.gone_at}
        yield "account", row
    for key in told.own_keys:
        row = {"account_pk": told.logins.index(key.account), "kind": "ssh_key", "native_id": "k", "label": ""}
        row |= {"standing": "works", "standing_reason": "", "can_reactivate": False, "effect": "full"}
        row |= {"fingerprint": key.fingerprint, "created_at": key.created_at, "last_used_service": ""}
        yield "credential", {**row, "last_used_region": "", "observed_at": FIRST}
    for member in told.members:
        row = {"realm": DIRECTORY, "group_native_id": member.group, "group_label": f"cn={member.group},dc=corp"}
        row |= {"account_native_id": member.account, "valid_from": member.valid_from, "valid_to": member.valid_to}
        yield "membership", row
    for role in told.roles:
        row = {"realm": CLOUD, "native_id": role.native_id, "label": role.label, "principal_realm": CLOUD}
        row |= {"principal": role.principal, "standing": role.standing, "standing_reason": "", "privileged_by": ""}
        yield "trust", {**row, "observed_at": FIRST, "gone_at": role.gone_at}


def _links(told: Records) -> Rows:
    for link in told.owned:
        row: Row = {"account_pk": told.logins.index(link.account), "person_uid": link.uid, "relation": "is"}
        row |= {"decision": link.decision, "score": 90, "evidence": "[]", "definite": True, "own_now": False}
        yield "link", {**row, "valid_from": link.valid_from, "valid_to": link.valid_to}
    for word in told.rejected:
        row = {"realm": word.account.realm, "native_id": word.account.native_id, "person_uid": word.uid}
        row |= {"verdict": "reject", "reason": "", "author": ""}
        yield "link_decision", {**row, "revoked_at": FIRST if word.revoked else None}


def _keys(told: Records) -> Rows:
    for material in ("m1", "m2", "m3"):
        row: Row = {"key_pk": material_number(material), "material": material, "kind": "shared_secret"}
        yield "signing_key", {**row, "first_seen_at": FIRST}
    for copy in told.copies:
        yield "key_copy", _copy(copy)
    for scope in told.scopes:
        row = {"realm": scope.realm, "source_kind": scope.source_kind, "kind": scope.kind, "source": "secrets"}
        row["scope"] = scope.begins
        before = told.as_of - timedelta(days=1)
        row["observed_at"] = told.as_of if scope.fresh else before
        row["access_at"] = row["observed_at"] if scope.access else before
        yield "key_scope", {**row, "complete": True}
    for way in told.granted:
        row = {"realm": way.realm, "source_kind": way.source_kind, "key": way.key, "principal_kind": way.kind}
        row |= {"principal_realm": way.principal_realm, "principal": way.principal, "action": way.action}
        row |= {"carries": way.carries, "standing": way.standing, "reason": way.reason}
        yield "key_access", {**row, "valid_from": way.valid_from, "valid_to": way.valid_to}


def _copy(copy: Copy) -> Row:
    row: Row = {"key_pk": material_number(copy.material), "realm": copy.realm, "source": copy.source}
    row |= {"source_kind": copy.source_kind, "kind": copy.kind, "native_id": copy.native_id, "name": copy.name}
    row |= {"label": copy.native_id, "version": "", "algorithm": "", "created_at": copy.created_at}
    row |= {"carryable": "yes", "carryable_reason": "", "verifies": copy.verifies, "standing": "works"}
    row |= {"standing_reason": "", "cache": timedelta(0), "ssh_fingerprint": copy.ssh_fingerprint, "owner": ""}
    row |= {"first_seen_at": copy.first_seen_at, "not_seen_at": copy.not_seen_at, "observed_at": copy.first_seen_at}
    left_out_at = copy.first_seen_at if copy.left_out else None
    return {**row, "gone_at": copy.gone_at, "last_seen_at": copy.gone_at or left_out_at}


def _register(told: Records) -> Rows:
    for entry in sorted({place.entry for place in told.places} | {named.entry for named in told.custodians}):
        row: Row = {"name": entry, "kind": "shared_secret", "carryable": "yes", "carryable_reason": ""}
        row |= {"signs_for": "", "owner": "", "queue": "", "threshold": 1}
        yield "registered_key", {**row, "valid_from": FIRST}
    for place in told.places:
        yield (
            "registered_place",
            {"name": place.entry, "reader": place.reader, "place": place.place, "valid_from": FIRST},
        )
    for named in told.custodians:
        row = {"name": named.entry, "kind": named.kind, "space": named.space, "holder": named.holder}
        row |= {"team": named.team, "since": named.since, "until": named.until}
        yield "custodian", {**row, "valid_from": named.valid_from, "valid_to": named.valid_to}


def _trail(told: Records) -> Rows:
    for event in told.events:
        for what in event.objects:
            row: Row = {"realm": CLOUD, "event_id": event.event_id, "at": event.at, "action": event.action}
            row |= {"deed": event.deed, "object_realm": CLOUD, "object": what, "actor_realm": CLOUD}
            row |= {"actor": event.actor, "actor_label": f"as {event.actor or event.session}", "failed": event.failed}
            yield "event", {**row, "observed_at": event.at}
    for event in told.events:
        if event.session:
            row = {"realm": CLOUD, "event_id": event.event_id, "kind": "login", "value": event.session, "loose": ""}
            yield "event_key", {**row, "origin": "attribute", "name": "session name", "raw": event.session}


_MADE: tuple[Callable[[Records], Rows], ...] = (_company, _people, _accounts, _links, _keys, _register, _trail)
