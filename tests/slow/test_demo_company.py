"""The demo company after two nights through its real servers, against what was written down by hand."""

import re
from collections import defaultdict
from typing import Any

import httpx
import pytest
from psycopg import sql

from demo.aws_key_seed import NEVER_SHOWN
from demo.company import company
from demo.nights import Night
from demo.roundup import RoundupServer
from demo.servers import AWS_KEY
from offboarding.model import TicketRef
from offboarding.store.events import broken_at
from offboarding.store.runs import run
from tests.support import canaries
from tests.support.demo_company import DemoCompany, demo_company
from tests.support.demo_expected import (
    EXPECTED,
    FINDINGS,
    LISTED_ONLY,
    SPECIAL_LINKS,
    check_tickets,
    holder,
    kind_of,
)
from tests.support.desk import SeenTicket, seen
from tests.support.rows import changed, versions
from tests.support.telling import of_everyone, said
from tests.systems.roundup.tracker import RoundupPeople, client, people, roundup, tracker

__all__ = ["demo_company", "people", "roundup", "tracker"]  # fixtures

RESOLVED_REASONS = {
    "10406": "the departure was withdrawn",
    "10305": "works here, says the roster",
    "10446": "seen dead",
    "10427": "seen gone",
    "10445": "seen dead",
    "10465": "declared: filter (loginShell=/usr/sbin/nologin) in disabled_when",
    "10462": "seen gone",
    "10481": "sessions made with it may live until 2026-11-25 09:15 KST",
}
OWN_ROWS = {"run", "roster_read", "source_read", "scope", "key_scope", "guard_accepted", "finding_event"}
"""What a night without change writes anew: of the record, how it ended."""


@pytest.fixture(scope="module")
def tickets(demo_company: DemoCompany) -> list[SeenTicket]:
    """Every ticket in the demo's own tracker."""
    server = tracker_of(demo_company)
    with client(server, "analyst") as analyst, client(server, "admin") as admin:
        people = RoundupPeople(analyst=analyst, admin=admin, url=server.url)
        refs = demo_company.session.execute("select ref from ticket order by ref::int").fetchall()
        found = [seen(people, ref(server.url, str(number))) for (number,) in refs]
        assert len(found) == everything_in(analyst)
        return found


def tracker_of(demo_company: DemoCompany) -> RoundupServer:
    assert isinstance(demo_company.servers.tracker, RoundupServer)
    return demo_company.servers.tracker


def ref(url: str, number: str) -> TicketRef:
    return TicketRef(ref=number, url=f"{url}issue{number}")


def everything_in(analyst: httpx.Client) -> int:
    return analyst.get("issue", params={"@page_size": "1"}).raise_for_status().json()["data"]["@total_size"]


def shortened(label: str, kind: str, realm: str) -> str:
    """As the file of expectations writes an account."""
    if kind == "worker":
        return ""
    if kind == "source":
        return realm if re.fullmatch(r"\d{12}", realm) else ""
    label = portless(label)
    return label.removeprefix("arn:aws:iam::") if label.startswith("arn:") else label.partition(",")[0]


def test_every_finding_is_expected_and_every_expected_one_is_found(demo_company: DemoCompany) -> None:
    rows = demo_company.session.execute(
        "select f.rule, f.severity, f.state, w.id_space, w.worker_id, nullif(f.source, ''), f.subject_kind,"
        " case when f.subject_kind in ('access_key', 'ssh_key', 'certificate', 'service_credential', 'role')"
        " then f.subject_native_id else '' end,"
        " coalesce(nullif(f.account_label, ''), f.subject_label), f.realm"
        " from finding f left join person p using (person_uid) left join worker w on w.worker_pk = p.shown_worker_pk"
    ).fetchall()

    found = [(*row[:8], shortened(str(row[8]), str(row[6]), str(row[9]))) for row in rows]

    assert len(found) == len(set(found))
    assert {row for row in found if row not in FINDINGS} == set()
    assert {row for row in FINDINGS if row not in found} == set()


REFERENCES = (
    ("worker", "roster", "roster", "name"),
    ("worker", "person_uid", "person", "person_uid"),
    ("person", "shown_worker_pk", "worker", "worker_pk"),
    ("employment", "worker_pk", "worker", "worker_pk"),
    ("worker_key", "worker_pk", "worker", "worker_pk"),
    ("departure", "person_uid", "person", "person_uid"),
    ("departure", "worker_pk", "worker", "worker_pk"),
    ("account", "realm", "realm", "realm"),
    ("account_key", "account_pk", "account", "account_pk"),
    ("account_use", "account_pk", "account", "account_pk"),
    ("credential", "account_pk", "account", "account_pk"),
    ("link", "account_pk", "account", "account_pk"),
    ("link", "person_uid", "person", "person_uid"),
)
"""What no foreign key holds: table, column, and what it refers to."""


@pytest.mark.parametrize(("table", "column", "other", "key"), REFERENCES)
def test_no_row_refers_to_nothing(demo_company: DemoCompany, table: str, column: str, other: str, key: str) -> None:
    statement = sql.SQL(
        "select count(*), count(*) filter (where not exists (select from {other} o where o.{key} = t.{column}))"
        " from {table} t where t.{column} is not null"
    ).format(
        table=sql.Identifier(table), column=sql.Identifier(column), other=sql.Identifier(other), key=sql.Identifier(key)
    )

    ((rows, lost),) = demo_company.session.execute(statement).fetchall()

    assert rows
    assert lost == 0


def test_the_special_cases_are_linked_as_expected_and_to_nobody_else(demo_company: DemoCompany) -> None:
    rows = demo_company.session.execute(
        "select r.source, a.label, coalesce(l.decision, 'orphan'), l.relation, w.id_space, w.worker_id"
        " from account a join realm r using (realm) left join link l on l.account_pk = a.account_pk"
        " and l.valid_to is null left join person p using (person_uid)"
        " left join worker w on w.worker_pk = p.shown_worker_pk"
        " where a.gone_at is null and (l.decision is null or l.decision <> 'candidate' or not exists ("
        " select from link o where o.account_pk = a.account_pk and o.valid_to is null and o.decision <> 'candidate'))"
    ).fetchall()
    found: dict[tuple[Any, ...], set[tuple[Any, ...]]] = defaultdict(set)
    for source, label, *linked in rows:
        found[source, shortened(str(label), "account", "")].add(tuple(linked))
    expected: dict[tuple[Any, ...], set[tuple[Any, ...]]] = defaultdict(set)
    for source, account, *linked in SPECIAL_LINKS:
        expected[source, account].add(tuple(linked))

    assert {account: found[account] for account in expected if not expected[account] <= found[account]} == {}
    # The file holds the one that matters where several are disputed; linked and orphan accounts have one row alone.
    single = {a: rows for a, rows in expected.items() if {row[0] for row in rows} & {"linked", "orphan"}}
    assert {account: found[account] for account in single} == single


def test_memberships_of_groups_that_guard_keys_are_kept_with_dates(demo_company: DemoCompany) -> None:
    rows = demo_company.session.execute(
        "select m.group_label, a.label, m.valid_from, m.valid_to from membership m"
        " join account a on a.realm = m.realm and a.native_id = m.account_native_id"
    ).fetchall()

    found = {
        (shortened(str(group), "group", ""), shortened(str(label), "account", "")): dates
        for group, label, *dates in rows
    }

    assert {(*names, until is None) for names, (_, until) in found.items()} == {
        tuple(row[1:]) for row in EXPECTED["memberships"]
    }
    # Dated by the reads that saw it: what is there is there from when it was looked at.
    reads = demo_company.session.execute(
        "select observed_at from source_read where source = 'corp-ldap' and phase = 'collect' order by run_id"
    ).fetchall()
    first, second = (moment for (moment,) in reads[:2])
    assert {since for since, _ in found.values()} == {first}
    assert {until for _, until in found.values()} == {None, second}


def test_who_has_access_to_keys_is_known_and_bound_by_what_stands_above_the_account(demo_company: DemoCompany) -> None:
    rows = demo_company.session.execute(
        "select source_kind, action, standing from key_access where source_kind in ('aws_kms', 'aws_secrets')"
    ).fetchall()

    # KeysStayOurs takes kms:PutKeyPolicy and kms:CreateGrant from everybody, the root user too.
    assert {(kind, action) for kind, action, _ in rows} == {
        ("aws_kms", "kms:Sign"),
        ("aws_secrets", "secretsmanager:GetSecretValue"),
        ("aws_secrets", "secretsmanager:PutResourcePolicy"),
    }
    assert {standing for _, _, standing in rows} == {"works"}


# --- tickets ---------------------------------------------------------------------------------------------------------


STARTS = {"revoke": "Revoke", "event": "Used", "rotate": ("Rotate", "Cut")}


def portless(text: str) -> str:
    """The login service listens wherever there's room."""
    return re.sub(r"(127\.0\.0\.1):\d+", r"\1", text)


def test_one_ticket_a_person_and_one_an_event_stands_in_the_tracker(tickets: list[SeenTicket]) -> None:
    check_tickets((ticket.title, ticket.is_open) for ticket in tickets)


def test_each_ticket_lists_what_is_expected_of_it(tickets: list[SeenTicket]) -> None:
    for row in sorted(FINDINGS, key=str):
        rule, severity, state, _, worker_id, _, _, subject, account = row
        told = account if kind_of(rule) == "rotate" else f"worker {worker_id} "
        title = told if kind_of(rule) in STARTS else None
        if title is None or rule in LISTED_ONLY:
            continue
        start = STARTS[kind_of(rule)]
        (ticket,) = [each for each in tickets if each.title.startswith(start) and title in portless(each.title) + " "]
        assert account in portless(ticket.body + ticket.title) or subject in ticket.body, row
        worst = (
            {other[1] for other in FINDINGS if holder(other) == holder(row)}
            if start == STARTS["rotate"]
            else {severity}
        )
        assert (ticket.priority == "critical") == ("critical" in worst), row
        if state == "resolved":
            assert "[x]" in ticket.body, row


def test_what_resolved_says_why(tickets: list[SeenTicket]) -> None:
    for worker_id, reason in RESOLVED_REASONS.items():
        told = [ticket for ticket in tickets if re.search(rf"\b{worker_id}\b", ticket.title + ticket.body)]
        assert any(reason in text for ticket in told for text in ticket.comments), worker_id


def test_no_ticket_says_anything_of_those_who_work_here(tickets: list[SeenTicket]) -> None:
    """Whom a leaver's account may also belong to stands on its review alone."""
    tonight = company(Night.TONIGHT)
    concerned = {row[4] for row in FINDINGS if row[4]}
    concerned |= {row.previous_worker_id for row in tonight.hr if row.worker_id in concerned}
    everyone = {row.worker_id for row in tonight.hr} | {contract.worker_id for contract in tonight.contracts}
    suspects = {row[5] for row in SPECIAL_LINKS if row[2] == "disputed"}
    claimed = {"10466": "10467"}
    """Whose an account would be by what it says now, named wherever it stays another's."""
    assert len(everyone - concerned) > 300

    for ticket in tickets:
        text = "\n".join((ticket.title, *ticket.texts))
        named = set(re.findall(r"\b\d{5}\b", text)) & everyone
        allowed = concerned | suspects if ticket.title.startswith("Review") else concerned
        allowed = allowed | {claimed[each] for each in named & claimed.keys()}
        assert named <= allowed, ticket.title


# --- what is written down --------------------------------------------------------------------------------------------


def test_no_log_holds_a_name_a_mail_or_a_label(demo_company: DemoCompany) -> None:
    private: set[str] = set()
    for night in Night:
        part = company(night)
        for person in (*part.hr, *part.contracts):
            private |= {person.name, person.mail}
        private |= {entry.dn for entry in part.entries} | {mail for entry in part.entries for mail in entry.mails}
        private |= {user.arn for user in part.users} | {key.comment for user in part.users for key in user.ssh_keys}
        private |= {f"user/{user.name}" for user in part.users}
        private |= {root.mail for root in part.roots} | {user.mail for user in part.center}
        private |= {f"role/{role.name}" for role in part.roles}
    private.discard("")
    log = "\n".join(demo_company.logged)
    assert "tickets told" in log

    assert sorted(text for text in private if text in log) == []


def test_no_name_or_secret_goes_into_what_is_kept_for_good(demo_company: DemoCompany) -> None:
    """The chain of events is never cut, and outlives what retention takes away."""
    part = company(Night.TONIGHT)
    names = {person.name for person in (*part.hr, *part.contracts)} - {""}
    texts = demo_company.session.execute("select text, actor from finding_event").fetchall()
    whole = "\n".join(f"{text} {actor}" for text, actor in texts)

    assert sorted(name for name in names if name in whole) == []
    assert broken_at(demo_company.session) is None


def test_no_secret_of_a_connection_or_a_system_is_kept_logged_or_told(
    demo_company: DemoCompany, tickets: list[SeenTicket]
) -> None:
    servers = demo_company.servers
    secrets = {
        "the directory's reader's password": servers.reader_password,
        "the tracker's password": tracker_of(demo_company).passwords["offboarding"],
        "AWS's key": AWS_KEY,
        "a secret's own value": NEVER_SHOWN,
    }
    store = dict(canaries.tables(demo_company.session))
    log = {"the log": "\n".join(demo_company.logged).encode()}
    told = {ticket.title: ticket.body.encode() for ticket in tickets}

    assert canaries.found(secrets, {**store, **log, **told}) == []
    for place in (store, log, told):
        assert canaries.found({"a leaver's number": "10442"}, place), "that is how something is found there"


def test_the_same_findings_of_fewer_cases(demo_company: DemoCompany) -> None:
    """Of those leavers of whom there is something to tell the rules say what they say of every one."""
    session = demo_company.session
    ((run_id,),) = session.execute("select max(run_id) from run where kind = 'nightly'").fetchall()
    assert isinstance(run_id, int)
    night = run(session, run_id)

    fewer, told = said(session, night, night.as_of)
    with of_everyone():
        every, told_of_everyone = said(session, night, night.as_of)

    assert told == told_of_everyone
    assert told
    assert fewer < every


def test_a_second_night_without_change_changes_nothing(demo_company: DemoCompany) -> None:
    before = versions(demo_company.session)

    told = demo_company.night(Night.TONIGHT)

    # How exactly a use is remembered follows what the night itself decided: that is settled in the next.
    assert set(changed(before, versions(demo_company.session))) - {"account_use"} == OWN_ROWS
    assert demo_company.calls == []
    assert (told.evaluated.begun, told.evaluated.resolved, told.evaluated.reopened, told.failed) == (0, 0, 0, ())
