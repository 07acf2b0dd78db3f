from datetime import UTC, datetime, timedelta

import pytest

from offboarding.model import THIS_FINDING, DecisionStep, SubjectKind, counted, first_few
from offboarding.report import wording

AT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Asia/Seoul", "2026-11-25 01:30 KST"),
        ("America/Los_Angeles", "2026-11-24 08:30 PST"),
        ("UTC", "2026-11-24 16:30 UTC"),
    ],
)
def test_a_moment_names_its_zone(zone: str, told: str) -> None:
    assert wording.moment(AT, zone) == told


def test_moments_within_a_sentence_come_into_one_zone() -> None:
    sentence = "Used 2026-11-22 17:10 UTC, again 2026-11-30 23:59 UTC; pwdAccountLockedTime 000001010000Z, UTC."

    assert wording.zoned(sentence, "Asia/Seoul") == (
        "Used 2026-11-23 02:10 KST, again 2026-12-01 08:59 KST; pwdAccountLockedTime 000001010000Z, UTC."
    )


def test_a_moment_that_no_clock_shows_there_is_told_in_utc() -> None:
    """As of what ends never."""
    assert wording.moment(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "Asia/Seoul") == "9999-12-31 23:59 UTC"
    assert wording.zoned("Ends 9999-12-31 23:59 UTC.", "Asia/Seoul") == "Ends 9999-12-31 23:59 UTC."


def test_what_is_only_written_like_a_moment_stays_as_it_is() -> None:
    assert wording.zoned("kim 2026-99-99 25:61 UTC", "Asia/Seoul") == "kim 2026-99-99 25:61 UTC"


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 findings"), (1, "1 finding"), (2, "2 findings"), (12345, "12,345 findings")]
)
def test_one_is_no_plural(number: int, told: str) -> None:
    assert counted(number, "finding") == told


@pytest.mark.parametrize(("most", "told"), [(1, "a and 2 more"), (2, "a, b and 1 more"), (3, "a, b, c")])
def test_the_first_few_say_how_many_more_there_are(most: int, told: str) -> None:
    assert first_few(["a", "b", "c"], most) == told


def test_days_are_whole_and_never_negative() -> None:
    assert wording.whole_days(AT, AT + timedelta(hours=47)) == 1
    assert wording.whole_days(AT, AT - timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    ("ref", "tracker", "told"),
    [
        ("231", "", "ticket #231"),
        ("SEC-231", "", "ticket SEC-231"),
        ("231", "secops", "ticket secops #231"),
        (None, "secops", "ticket wanted"),
    ],
)
def test_a_ticket_is_called_as_its_tracker_calls_it(ref: str | None, tracker: str, told: str) -> None:
    assert wording.ticket(ref, tracker) == told


def test_a_long_id_keeps_both_ends() -> None:
    assert wording.shortened("AKIAEXAMPLEDOE007Q3A") == "AKIAEXAMPLEDOE007Q3A"
    assert wording.shortened("3f0e7a10-0001-4c0e-9d0f-000000000001") == "3f0e7a10-000...000001"


def test_a_label_is_said_once() -> None:
    assert wording.labelled("Open", ["one", "two"], 6) == ["Open   one", "       two"]
    assert wording.labelled("Open", []) == []


def test_items_flow_over_lines_and_are_not_torn() -> None:
    assert wording.flowing(["aaaa", "bbbb", "cccc"], room=12) == ["aaaa · bbbb", "cccc"]


def test_a_command_stays_whole() -> None:
    command = f'{wording.COMMAND} verdict f-7c31a0b2 --reason "..." --author "..."'

    assert wording.wrapped(f"some words to wrap\n{command}", room=10) == ["some words", "to wrap", command]


def test_what_is_typed_stays_as_it_is_below_an_item_that_is_wrapped() -> None:
    step = "  - some words to wrap:\n  aws iam a-very-long-command --of many words"

    assert wording.wrapped(step, room=16) == ["  - some words", "    to wrap:", step.splitlines()[1]]
    assert wording.wrapped("", room=10) == [""]
    assert wording.wrapped("some words", room=6, hang=2) == ["some", "  words"]


def test_whoever_chose_a_label_moves_no_cursor() -> None:
    assert wording.printable("uid=\x1b[2Jeve\u202e,dc=corp\n김") == "uid=\\x1b[2Jeve\\u202e,dc=corp\\n김"


def test_a_worker_is_named_as_commands_take_one() -> None:
    assert wording.worker("hr", "10442") == "hr:10442"
    assert wording.worker("default", "10442") == "10442"


@pytest.mark.parametrize("kind", list(SubjectKind))
def test_every_kind_of_thing_has_a_word(kind: SubjectKind) -> None:
    assert wording.SUBJECTS[kind]


@pytest.mark.parametrize(
    ("kind", "label", "account", "told"),
    [
        (SubjectKind.ACCOUNT, "uid=kim", "uid=kim", "account uid=kim"),
        (SubjectKind.ACCESS_KEY, "AKIA...7Q3A", "arn:user/kim", "access key AKIA...7Q3A on arn:user/kim"),
        (SubjectKind.CONSOLE_PASSWORD, "console password", "arn:user/kim", "console password on arn:user/kim"),
        (SubjectKind.SSH_KEY, "ssh-ed25519 SHA256:x", "uid=kim", "SSH key ssh-ed25519 SHA256:x on uid=kim"),
        (SubjectKind.SSH_KEY, "SSH key APKA1", "arn:user/kim", "SSH key APKA1 on arn:user/kim"),
        (SubjectKind.CERTIFICATE, "certificate 1F by CA", "uid=kim", "certificate 1F by CA on uid=kim"),
        (SubjectKind.SERVICE_CREDENTIAL, "Bedrock API key AB", "arn:user/kim", "Bedrock API key AB on arn:user/kim"),
        (SubjectKind.ROLE, "arn:role/ops", "arn:user/kim", "role arn:role/ops that trusts arn:user/kim"),
        (SubjectKind.ROOT_ACCOUNT, "root of AWS account 1", "root of AWS account 1", "root of AWS account 1"),
        (SubjectKind.WORKER, "worker E1", "", "worker E1"),
    ],
)
def test_a_thing_is_named_once(kind: SubjectKind, label: str, account: str, told: str) -> None:
    assert wording.thing(kind, label, account) == told


@pytest.mark.parametrize(("of_keys", "told"), [(False, "accounts of login"), (True, "keys of login")])
def test_a_system_s_keys_are_called_no_accounts(of_keys: bool, told: str) -> None:
    assert wording.thing(SubjectKind.SOURCE, "login", "", of_keys=of_keys) == told


def test_a_verdict_is_asked_for_with_the_finding_s_own_key() -> None:
    question = DecisionStep(asks="Say what it was", decision="verdict", fields=(("finding", THIS_FINDING),))

    asked = wording.with_key(question, "7c31a0b2" + "0" * 24)

    assert asked.text == (f'Say what it was:\n{wording.COMMAND} verdict f-7c31a0b2 --reason "..." --author "..."')


def test_a_line_end_in_a_value_ends_no_line() -> None:
    assert wording.joined(["uid=a\nRun 1 is green", "\x1b[2J"]) == "uid=a\\nRun 1 is green\n\\x1b[2J"
