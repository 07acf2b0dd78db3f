from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from offboarding.model import (
    Basis,
    DecisionStep,
    Effect,
    FindingState,
    Language,
    Resolution,
    Severity,
    Standing,
    SubjectKind,
    TicketKind,
    TicketPriority,
    TicketStatus,
    say,
)
from offboarding.report.texts import languages
from offboarding.report.texts.rendering import TicketTexts
from offboarding.report.ticket import closing, draft
from offboarding.store.tickets import TicketItem, TicketRow

ENGLISH = TicketTexts(zone="Asia/Seoul")
NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
TICKET = TicketRow(
    ticket_key="offb-3fa9c1d2e4b7",
    kind=TicketKind.REVOKE,
    holder="74c759d8-46e9-51c9-aa92-727ec113e98e",
    queue="",
    episode=1,
    generation=1,
    tracker="secops",
    state=TicketStatus.OPEN,
    ref="231",
    url=None,
    digest="",
    due_at=None,
    opened_at=NIGHT,
    closed_at=None,
)
NOT_THEIRS = DecisionStep(
    asks="Not theirs? Revoke nothing, and say so",
    decision="link reject",
    fields=(("source", "corp-ldap"), ("account", "x"), ("worker", "1042")),
)
LOCK = "Lock it:\nldapmodify <<'LDIF'\ndn: uid=kim,dc=corp\nLDIF"
LEFT = say("Worker {worker} left {ended}, {word}.", worker="1042", ended="then", word="says hr")
ACCOUNT = TicketItem(
    finding_key="7c31aa01" + "0" * 24,
    rule="leaver-account-works",
    ticket_kind=TicketKind.REVOKE,
    of_keys=False,
    realm="d1",
    source="corp-ldap",
    roster="hr",
    subject_kind=SubjectKind.ACCOUNT,
    subject_native_id="n1",
    subject_label="uid=kim,dc=corp",
    account_native_id="n1",
    account_label="uid=kim,dc=corp",
    state=FindingState.OPEN,
    severity=Severity.HIGH,
    standing=Standing.WORKS,
    standing_reason="no lock",
    effect=Effect.FULL,
    privileged=False,
    evidence=["employeeNumber 1042 = hr worker 1042", "mail is their work mail", LEFT, "It works."],
    revoke=[LOCK, NOT_THEIRS],
    warning="",
    holds_ticket=True,
    attestable=False,
    last_used_at=None,
    due_at=NIGHT,
    resolved_at=None,
    resolution=None,
    resolution_details={},
    left_at=NIGHT,
    basis=Basis.ACTUAL,
    worker_id="1042",
    id_space="hr",
    name="Kim Minjun",
    left_on=date(2026, 11, 13),
    zone="Asia/Seoul",
    told="status Terminated, last working day 2026-11-13",
    reopened=0,
    ticket_says="open",
)
SSH_KEY = replace(
    ACCOUNT,
    finding_key="90ab" + "1" * 28,
    subject_kind=SubjectKind.SSH_KEY,
    subject_label="ssh-ed25519 SHA256:x (kim@laptop)",
)
DONE: dict[str, Any] = {
    "state": "resolved",
    "resolution": "seen dead",
    "resolution_details": {"reason": "pwdAccountLockedTime"},
    "resolved_at": NIGHT,
}


def lines(*items: TicketItem, row: TicketRow = TICKET) -> list[str]:
    return draft(row, items, [], ENGLISH).body.splitlines()


def test_it_begins_with_who_left_when_and_by_whose_word() -> None:
    told = draft(TICKET, [ACCOUNT, SSH_KEY], [], ENGLISH)

    assert told.title == "Revoke what still works of worker 1042 (left 2026-11-13) [offb-3fa9c1d2e4b7]"
    assert told.body.split("\n\n")[0].replace("\n", " ") == (
        "Kim Minjun's last working day was Friday 13 November 2026 (Asia/Seoul), says roster hr: status Terminated,"
        " last working day 2026-11-13."
    )
    assert "2 things of theirs still work. Due by 25 November 2026 01:30 KST." in told.body
    assert LEFT not in told.body
    of_another = say(LEFT.pattern, **{**LEFT.values, "worker": "1057"})
    assert of_another in draft(TICKET, [replace(ACCOUNT, evidence=[of_another])], [], ENGLISH).body


def test_all_moments_are_in_the_companys_zone() -> None:
    used = replace(
        ACCOUNT, evidence=["Last used 2026-11-23 17:10 UTC by s3."], standing_reason="ended 2026-11-01 00:00 UTC"
    )

    told = draft(TICKET, [used, replace(SSH_KEY, **DONE, reopened=1)], [], ENGLISH)

    assert "Last used 2026-11-24 02:10 KST by s3." in told.body
    assert "UTC" not in told.body


@pytest.mark.parametrize(
    ("basis", "begins"),
    [
        ("actual", "Kim Minjun's last working day was Friday 13 November 2026 (America/Los_Angeles, over on"),
        ("notice", "Kim Minjun has left, on"),
    ],
)
def test_who_lives_by_another_clock_is_told_with_both(basis: Any, begins: str) -> None:
    there = replace(ACCOUNT, zone="America/Los_Angeles", left_at=datetime(2026, 11, 14, 8, tzinfo=UTC), basis=basis)

    told = " ".join(draft(TICKET, [there], [], ENGLISH).body.split())

    assert told.startswith(f"{begins} 14 November 2026 17:00 KST")
    assert ("(14 November 00:00, UTC-08:00, in America/Los_Angeles)" in told) == (basis == "notice")


def test_a_here_document_can_be_pasted_as_it_stands() -> None:
    told = lines(ACCOUNT)

    start = told.index("ldapmodify <<'LDIF'")
    assert told[start : start + 3] == ["ldapmodify <<'LDIF'", "dn: uid=kim,dc=corp", "LDIF"]


def test_a_command_is_never_broken_and_prose_is() -> None:
    command = "aws iam update-access-key " + "--user-name a-very-long-name " * 6
    prose = "word " * 60
    told = lines(replace(ACCOUNT, revoke=[f"Switch it off:\n{command}"], evidence=[f"{prose.strip()}."]))

    assert f"         {command}" in told
    assert max(len(line) for line in told if "word" in line) <= 100


def test_what_two_items_share_is_said_once() -> None:
    told = "\n".join(lines(ACCOUNT, SSH_KEY))

    assert told.count("employeeNumber 1042 = hr worker 1042; mail is their work mail.") == 1
    assert "Theirs: as in 1." in told
    assert told.count("Not theirs?") == 1


def test_an_item_that_is_done_says_when_and_why_and_is_no_reference() -> None:
    told = lines(replace(ACCOUNT, **DONE), SSH_KEY)

    assert "[x] 1. Account uid=kim,dc=corp, corp-ldap (high, f-7c31aa01)" in told
    assert "       Done on 25 November 2026 01:30 KST: seen dead: pwdAccountLockedTime." in told
    assert "Theirs: as in" not in "\n".join(told)


def test_a_label_cannot_forge_a_line() -> None:
    """A leaver may have chosen it."""
    told = lines(replace(ACCOUNT, subject_label="uid=kim\n[x] 2. Everything else", name="Kim\n\nNothing to do\x1b[2J"))

    assert not any(line.startswith(("[x]", "Nothing to do")) for line in told)
    assert "\x1b" not in "\n".join(told)


def test_a_withdrawn_departure_is_no_leaver_any_more() -> None:
    gone = replace(ACCOUNT, **DONE, told=None, left_on=None, zone=None)
    told = draft(TICKET, [gone], [], ENGLISH)

    assert told.title.startswith("Revoke what still works of worker 1042 (departure withdrawn)")
    assert "counts as working here" in told.body
    assert "still work" not in told.body.split("[x]")[0]
    assert "Due by" not in told.body


OLD = replace(ACCOUNT, rule="rehire-old-account")
MOVED = replace(ACCOUNT, rule="link-moved", ticket_kind=TicketKind.REVIEW, left_at=None)
REVIEW = replace(TICKET, kind=TicketKind.REVIEW, holder="realm:d1")


@pytest.mark.parametrize(
    ("row", "items", "title"),
    [
        (TICKET, [OLD], "Revoke old accounts of worker 1042 (left 2026-11-13, works here again)"),
        (TICKET, [OLD, ACCOUNT], "Revoke what still works of worker 1042 (left 2026-11-13)"),
        (TICKET, [replace(OLD, told=None)], "Revoke old accounts of worker 1042 (departure withdrawn)"),
        (
            replace(TICKET, kind=TicketKind.UNVERIFIED),
            [OLD],
            "Can't tell what works in corp-ldap: a person has to look",
        ),
        (REVIEW, [MOVED], "Review accounts of corp-ldap that say otherwise whose they are"),
        (REVIEW, [replace(MOVED, left_at=NIGHT)], "Review accounts of corp-ldap that may be a leaver's, or nobody's"),
    ],
)
def test_a_ticket_of_one_rule_alone_is_called_as_that_rule_says(
    row: TicketRow, items: list[TicketItem], title: str
) -> None:
    assert draft(row, items, [], ENGLISH).title == f"{title} [offb-3fa9c1d2e4b7]"


def test_use_after_the_departure_says_when_and_asks_for_a_verdict() -> None:
    used = replace(
        ACCOUNT,
        rule="used-after-departure",
        ticket_kind=TicketKind.EVENT,
        last_used_at=NIGHT,
        revoke=[DecisionStep(asks="Say what it was", decision="verdict", fields=(("finding", "KEY"),))],
    )
    told = draft(replace(TICKET, kind=TicketKind.EVENT), [used], [], ENGLISH)

    assert told.title.startswith("Used after departure: account uid=kim,dc=corp of worker 1042 [")
    assert "It was used after that on 25 November 2026 01:30 KST." in told.body
    assert "python -m offboarding verdict f-7c31aa01" in told.body
    assert "KEY" not in told.body
    assert told.priority is TicketPriority.URGENT


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    ("resolution", "details"),
    [
        (Resolution.VERDICT, {"reason": "a job of theirs"}),
        (Resolution.WITHDRAWN, {}),
        (Resolution.USED_BEFORE, {"moment": "2026-12-01"}),
        (Resolution.ANOTHERS, {"author": "analyst", "worker": "hr:1050"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nobody_is_said_to_have_judged_a_use_that_ended_otherwise(
    resolution: Resolution, details: dict[str, str], language: Language
) -> None:
    over = replace(
        ACCOUNT,
        rule="used-after-departure",
        ticket_kind=TicketKind.EVENT,
        state=FindingState.RESOLVED,
        resolved_at=NIGHT,
        resolution=resolution,
        resolution_details=details,
    )
    judged = languages.told(say("It was used after that, and somebody said what it was."), language)
    ended = languages.told(say("Nothing is left to do here."), language)

    body = draft(replace(TICKET, kind=TicketKind.EVENT), [over], [], replace(ENGLISH, language=language)).body.replace(
        "\n", " "
    )

    assert (judged in body, ended in body) == ((True, False) if resolution is Resolution.VERDICT else (False, True))


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("review", "Review accounts of corp-ldap that may be a leaver's, or nobody's ["),
        ("confirm", "Confirm departures that roster hr doesn't tell clearly ["),
        ("unverified", "Can't tell what works in corp-ldap: a person has to look ["),
    ],
)
def test_titles_of_the_other_kinds(kind: Any, start: str) -> None:
    assert draft(replace(TICKET, kind=kind), [ACCOUNT], [], ENGLISH).title.startswith(start)


def test_each_aws_account_is_told_apart() -> None:
    theirs = replace(ACCOUNT, realm="222222222222", source="aws")

    title = draft(replace(TICKET, kind=TicketKind.REVIEW), [theirs], [], ENGLISH).title

    assert title.startswith("Review accounts of aws 222222222222 that")


def test_a_missing_right_is_named() -> None:
    told = draft(replace(TICKET, kind=TicketKind.UNVERIFIED), [ACCOUNT], ["ListAccessKeys denied. Grant it."], ENGLISH)
    assert told.title.startswith("Can't tell what works in corp-ldap: a right is missing [")

    assert "What is missing:\n- ListAccessKeys denied. Grant it." in told.body


def test_the_text_depends_on_nothing_but_what_it_tells() -> None:
    assert draft(TICKET, [ACCOUNT], [], ENGLISH) == draft(
        replace(TICKET, digest="another", closed_at=NIGHT), [replace(ACCOUNT, ticket_says="")], [], ENGLISH
    )


def test_a_closed_ticket_says_what_can_still_be_switched_on() -> None:
    inactive = replace(ACCOUNT, subject_kind=SubjectKind.ACCESS_KEY, subject_label="AKIA...AAAA", holds_ticket=False)

    told = closing(ENGLISH, TICKET, [replace(ACCOUNT, **DONE), inactive], [replace(ACCOUNT, **DONE)])

    assert told.splitlines() == [
        "Nothing is left to do here:",
        "- Account uid=kim,dc=corp (f-7c31aa01): seen dead: pwdAccountLockedTime",
        "Still there, and can be switched on again; better deleted:",
        "- Access key AKIA...AAAA of uid=kim,dc=corp (f-7c31aa01)",
    ]


KEY = replace(
    ACCOUNT,
    finding_key="9a10bb02" + "0" * 24,
    rule="leaver-signing-key",
    ticket_kind=TicketKind.ROTATE,
    realm="",
    source="login",
    subject_kind=SubjectKind.SIGNING_KEY,
    subject_native_id="jkt:abc",
    subject_label="login-signing",
    account_native_id="",
    account_label="",
    severity=Severity.CRITICAL,
    evidence=["Worker 1042 left then.", "Registered custodian since 2023.", "It's trusted: published."],
    revoke=["Make a new key; nobody exports it.", "Take the old one from every verifier."],
)
ROTATE = replace(TICKET, kind=TicketKind.ROTATE, holder="key:jkt:abc")


def test_a_keys_ticket_says_that_closed_accounts_change_nothing_and_what_to_do_once() -> None:
    other = replace(
        KEY, finding_key="9b" + "0" * 30, worker_id="1057", evidence=["Worker 1057 left then.", *KEY.evidence[1:]]
    )

    told = draft(ROTATE, [KEY, other], [], ENGLISH)

    assert told.title == "Rotate signing key login-signing (2 people left) [offb-3fa9c1d2e4b7]"
    assert "it is still trusted. Closing their accounts changes nothing" in " ".join(told.body.split())
    assert told.body.count("Make a new key") == 1
    assert told.body.count("It's trusted: published.") == 1
    assert "To do: as in 1." in told.body
    assert "Worker 1057 left then." in told.body
    assert told.priority is TicketPriority.URGENT


def test_a_key_that_cant_leave_is_no_rotation() -> None:
    access = replace(KEY, rule="leaver-key-access", severity=Severity.MEDIUM, standing_reason="kms:Sign is granted")

    told = draft(ROTATE, [access], [], ENGLISH)

    assert told.title == "Cut access of leavers to signing key login-signing (worker 1042 left) [offb-3fa9c1d2e4b7]"
    assert "It can't have been carried away" in " ".join(told.body.split())


def test_keys_that_nobody_answers_for_are_asked_about() -> None:
    digest = replace(
        KEY,
        rule="uncustodied-signing-key",
        ticket_kind=TicketKind.REVIEW,
        of_keys=True,
        subject_kind=SubjectKind.SOURCE,
        subject_label="login",
        worker_id=None,
    )

    told = draft(replace(TICKET, kind=TicketKind.REVIEW), [digest], [], ENGLISH)

    assert told.title.startswith("Say who may hold the keys that login trusts")
    assert "Keys of login that nobody claims" in told.body


def test_a_use_of_a_key_names_the_key() -> None:
    used = replace(KEY, rule="signing-key-used-after-departure", ticket_kind=TicketKind.EVENT, last_used_at=NIGHT)

    told = draft(replace(TICKET, kind=TicketKind.EVENT), [used], [], ENGLISH)

    assert told.title == "Used after departure: signing key login-signing of worker 1042 [offb-3fa9c1d2e4b7]"


FORMS = "https://airflow.corp.example/offboarding/decide/{form}"


def test_who_has_no_shell_decides_by_a_form_and_the_command_stands_last() -> None:
    body = draft(TICKET, [ACCOUNT, SSH_KEY], [], ENGLISH, FORMS).body

    asked = body[body.index("What may be decided") :]
    assert asked.splitlines()[:5] == [
        "What may be decided: answer here, or fill in this form:",
        FORMS.format(form="link"),
        "- Not theirs? Revoke nothing, and say so: the decision is reject.",
        "What goes into the form:",
        "source corp-ldap, account x, worker 1042",
    ]
    assert body.count("python -m offboarding link reject") == 1
    assert asked.index("decide/link") < asked.index("python -m offboarding link reject corp-ldap x 1042")


def test_where_nobody_knows_the_forms_address_its_name_is_told_and_whom_to_ask() -> None:
    body = " ".join(draft(TICKET, [ACCOUNT], [], ENGLISH).body.split())

    assert "or fill in the form link on the page Decide. Whoever runs this check shows you where it is" in body
    assert "http" not in body


def test_what_is_done_already_asks_nothing() -> None:
    assert "may be decided" not in draft(TICKET, [replace(ACCOUNT, **DONE)], [], ENGLISH, FORMS).body


def to_review(number: int, name: str = "uid=kim{},dc=corp") -> TicketItem:
    dn, fields = name.format(number), (("source", "corp-ldap"), ("account", f"id-{number}"), ("worker", f"{number}"))
    return replace(
        ACCOUNT,
        finding_key=f"{number}c31aa01".ljust(32, "0"),
        ticket_kind=TicketKind.REVIEW,
        subject_label=dn,
        account_label=dn,
        revoke=[
            "Ask their former team.",
            DecisionStep(asks="Theirs? Then the next run judges it as theirs", decision="link confirm", fields=fields),
            DecisionStep(asks="Not theirs? Revoke nothing, and say so", decision="link reject", fields=fields),
            f"Lock it:\nldapmodify <<'LDIF'\ndn: {dn}\nreplace: pwdAccountLockedTime\nLDIF",
        ],
    )


def test_a_review_says_once_what_is_to_be_done_with_many_and_names_what_differs() -> None:
    nine = [to_review(number) for number in range(1, 10)]

    body = draft(REVIEW, [*nine[:3], replace(nine[3], **DONE), *nine[4:]], [], ENGLISH, FORMS).body

    once = ("Ask their former team.", "ldapmodify", "Theirs? Then", "Not theirs?", "link reject SOURCE ACCOUNT WORKER")
    assert {text: body.count(text) for text in once} == dict.fromkeys(once, 1)
    assert "How it's done for 1-3 and 5-9 alike, where NAME is the account's name in the list:\n- Ask" in body
    assert "\nldapmodify <<'LDIF'\ndn: NAME\nreplace: pwdAccountLockedTime\nLDIF\n" in body
    assert "\n7: source corp-ldap, account id-7, worker 7\n" in body
    assert "id-4" not in body
    assert all(f"Account uid=kim{number},dc=corp" in body for number in range(1, 10))


def test_a_name_that_a_shell_would_act_on_is_never_left_for_a_person_to_paste() -> None:
    hostile = "uid=kim{} $(id),dc=corp"

    body = draft(REVIEW, [to_review(1, hostile), to_review(2, hostile)], [], ENGLISH, FORMS).body

    assert "NAME" not in body
    assert body.count("ldapmodify") == 2


def test_many_accounts_of_one_person_are_told_by_their_numbers() -> None:
    other = replace(NOT_THEIRS, fields=(("source", "aws"), ("account", "AIDA"), ("worker", "1042")))

    body = draft(TICKET, [ACCOUNT, replace(SSH_KEY, revoke=[LOCK, other]), SSH_KEY], [], ENGLISH, FORMS).body

    assert "\n1, 3: source corp-ldap, account x, worker 1042\n2: source aws, account AIDA, worker 1042\n" in body


def test_a_list_of_which_some_will_not_be_seen_begins_with_what_still_works() -> None:
    """Trackers fold the end of a long list, or leave it out; a short one stays in its order."""
    items = [replace(ACCOUNT, finding_key=f"{n:08x}" + "0" * 24, subject_label=f"uid=k{n}") for n in range(300)]
    dead = {
        "state": FindingState.RESOLVED,
        "standing": Standing.DEAD,
        "resolved_at": NIGHT,
        "resolution": Resolution.SEEN_DEAD,
    }
    half = [*(replace(item, **dead) for item in items[:150]), *items[150:]]

    body = draft(TICKET, half, [], ENGLISH, FORMS).body
    short = draft(TICKET, [*half[:10], *items[150:160]], [], ENGLISH, FORMS).body

    assert (body.count("\n[ ] "), body.count("\n[x] ")) == (100, 0)
    assert "uid=k150" in body
    assert "And 200 more" in body
    assert short.index("[x] 1.") < short.index("[x] 10.") < short.index("[ ] 11.")
