"""SSH keys as directories hold them; ssh-keygen's fingerprints are the measure."""

import base64

import pytest

from offboarding.sources.ldap.sshkeys import KeyFormatError, lines, parse

# GitHub's host keys and their fingerprints, as GitHub publishes them.
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
ED25519_PRINT = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
ECDSA = (
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNu"
    "G5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg="
)
ECDSA_PRINT = "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM"


@pytest.mark.parametrize(
    ("line", "fingerprint", "comment"),
    (
        (ED25519, ED25519_PRINT, ""),
        (f"{ED25519} kim@laptop", ED25519_PRINT, "kim@laptop"),
        (f"  {ED25519}   two words ", ED25519_PRINT, "two words"),
        (f"{ECDSA} 김민준", ECDSA_PRINT, "김민준"),
        (f'no-pty,command="echo \\"ssh-rsa AAAA\\"" {ED25519} c', ED25519_PRINT, "c"),
        (f'from="10.0.0.0/8, 10.1.0.0/16" {ED25519}', ED25519_PRINT, ""),
    ),
)
def test_a_key(line: str, fingerprint: str, comment: str) -> None:
    key = parse(line.strip())

    assert (key.fingerprint, key.comment) == (fingerprint, comment)


def test_the_label_says_type_fingerprint_and_comment() -> None:
    assert parse(f"{ED25519} kim@laptop").label == f"ssh-ed25519 {ED25519_PRINT} (kim@laptop)"


@pytest.mark.parametrize(
    ("line", "why"),
    (
        ("rubbish", "no key type"),
        ("ssh-ed25519", "holds no key"),
        ("ssh-ed25519 AAAA!", "base64 is broken"),
        ("ssh-ed25519 AAAA", "no ssh-ed25519 key"),
        (ED25519.replace("ssh-ed25519", "ssh-rsa"), "no ssh-rsa key"),
        ("ssh-rsa " + base64.b64encode(b"\0\0\0\7ssh-rsa").decode(), "no ssh-rsa key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "no key type"),
        ('command="unended ' + ED25519, "no key type"),
    ),
)
def test_no_key_and_never_the_value(line: str, why: str) -> None:
    with pytest.raises(KeyFormatError, match=why) as told:
        parse(line)

    assert "BEGIN" not in str(told.value)
    assert "AAAA" not in str(told.value)


def test_a_value_may_hold_a_whole_file() -> None:
    pasted = f"# my keys\n\n{ED25519} a\r\n{ECDSA} b\n".encode()

    assert [parse(line).fingerprint for line in lines(pasted)] == [ED25519_PRINT, ECDSA_PRINT]
