"""No text that somebody else writes keeps a pattern busy: each of these took from minutes to for ever."""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from types import FrameType

import pytest
from pydantic import ValidationError

from offboarding.identity import keys
from offboarding.net.revocation.certificates import CertificateFileError, certificates_in
from offboarding.net.sshkeys.lines import Unread, lines
from offboarding.rosters.csv.names import matches as path_matches
from offboarding.rosters.csv.proof import LONGEST_PROOF, FeedManifest, Trailer
from offboarding.sources.aws._api.policy.conditions import matches
from offboarding.sources.aws._api.policy.statements import arn_matches
from offboarding.sources.ldap import times
from offboarding.sources.ldap.names import canonical
from offboarding.sources.vault._api import policies
from offboarding.verifiers._collected.private import holds_private_key

Record = Callable[[str, object], None]
SECONDS = 20
"""A busy machine's; each takes less than one."""
LONG = 100_000


@contextmanager
def in_time(record: Record) -> Generator[None]:
    """Fails in the middle of a pattern that doesn't end."""

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError("it doesn't end")

    record("attacks", 1)
    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        record("silent", 0)


@pytest.mark.parametrize(
    "dn",
    ("a" + " " * LONG + ",b", " " * LONG + "+", "a=" + "\\" * LONG, "a=b+" * (LONG // 4), "a=" + " " * LONG + "\\"),
    ids=range(5),
)
def test_distinguished_names(dn: str, record_property: Record) -> None:
    with in_time(record_property):
        assert canonical(dn)


@pytest.mark.parametrize(
    "options", ('\\"' * LONG, '"\\"' * LONG, '"' + '\\"' * LONG, 'a="' + '\\"' * LONG, "a=" * LONG)
)
def test_options_before_an_ssh_key(options: str, record_property: Record) -> None:
    with in_time(record_property):
        (found,) = lines(f"{options} ssh-ed25519 AAAA\n".encode(), options=True)
        assert isinstance(found, Unread)


def test_beginnings_of_certificates(record_property: Record) -> None:
    with in_time(record_property), pytest.raises(CertificateFileError, match="a BEGIN without its END"):
        list(certificates_in(b"-----BEGIN CERTIFICATE-----\n" * 300_000))


@pytest.mark.parametrize("part", (b"-----BEGIN RSA ", b"-----BEGIN PRIVATE KEY---x", b"\0-\0-\0-\0-\0-"), ids=range(3))
def test_beginnings_of_private_keys(part: bytes, record_property: Record) -> None:
    with in_time(record_property):
        assert not holds_private_key(part * (8 * 1024 * 1024 // len(part)))


def test_wildcards_of_a_policy(record_property: Record) -> None:
    pattern, text = "*a" * 40 + "b", "a" * 2000
    with in_time(record_property):
        assert not matches(text, pattern)
        assert matches(f"{text}b", pattern)
        arn = "arn:aws:secretsmanager:us-east-1:111111111111:secret:"
        assert not arn_matches(arn + text, f"{arn}{pattern}")
        assert arn_matches(f"{arn}{text}b", f"{arn}{pattern}")


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    (
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("*", "", True),
        ("**", "x", True),
        ("a**b", "ab", True),
        ("a*a", "a", False),
        ("?*?", "ab", True),
        ("?*?", "a", False),
        ("*ab*ab", "abab", True),
        ("*ab*ab", "ab", False),
        ("*a?c*", "xxabcaac", True),
        ("a.b*", "axb", False),
        ("*\n*", "a\nb", True),
    ),
)
def test_wildcards_mean_what_they_did(pattern: str, text: str, covered: bool) -> None:
    assert matches(text, pattern) is covered


def test_templates_in_a_path_of_vaults(record_property: Record) -> None:
    path = "{{a}}/" * 30 + "x"
    text = 'path "' + path + '" { capabilities = ["read"] }'
    with in_time(record_property):
        rules = policies.rules_of("p", text)
        assert policies.verdict(rules, "transit/" + "a/" * 200, "read").policies == ("p",)


def test_shell_patterns(record_property: Record) -> None:
    """The configuration's own, over logins, groups and files that anybody may name."""
    with in_time(record_property):
        assert not fnmatchcase("a" * LONG, "*a" * 12 + "b")
        assert not path_matches("a/" * 400 + "c", "**/a/b")


def test_second_logins(record_property: Record) -> None:
    with in_time(record_property):
        assert keys._compiled("adm-{login}", "{login}").fullmatch("adm-" * LONG)
        assert not keys._any_of(["adm-{login}-x", "{login}-adm"], "{login}").fullmatch("adm-" * LONG)


def test_times(record_property: Record) -> None:
    with in_time(record_property), pytest.raises(ValueError, match="no generalizedTime"):
        times.generalized_time("1" * LONG)


@pytest.mark.parametrize("pattern", (r"(?P<rows>\d+)(,?\d+)*;", r"((?P<rows>\d+)+)*x", r"(?:a|(?P<rows>\d))+x"))
def test_a_pattern_that_could_take_for_ever_is_no_trailers(pattern: str) -> None:
    with pytest.raises(ValidationError, match="repeats what itself repeats"):
        Trailer(pattern=pattern)
    with pytest.raises(ValidationError, match="repeats what itself repeats"):
        FeedManifest(path="{name}.ok", pattern=pattern)


def test_a_long_last_row_is_no_trailer(record_property: Record) -> None:
    trailer = Trailer(pattern=r".*,.*,.*,(?P<rows>\d+) rows")
    with in_time(record_property):
        assert trailer.rows("," * LONG) is None
        assert trailer.rows("1" * LONGEST_PROOF) is None
        assert trailer.rows(",,,42 rows") == 42
        assert list(FeedManifest(path="{name}.ok", pattern=r"\S+ \S+ (?P<rows>\d+)x").entries("1" * LONG)) == []
