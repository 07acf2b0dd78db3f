"""What a local Git repository tells of who had a key at hand."""

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from offboarding.custody.commits import Repository
from offboarding.custody.thumbprints import material_of
from offboarding.model.errors import FatalError

Commit = Callable[..., None]
SIGNER = ec.generate_private_key(ec.SECP256R1())
USER = ed25519.Ed25519PrivateKey.generate()


def pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def commit(tmp_path: Path) -> Commit:
    """Commits a file as somebody, on a day of November."""

    def git(*words: str, **more: str) -> None:
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", **more}
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True, env=environment)

    git("init", "-q", "-b", "main")

    def commit(path: str, content: bytes, mail: str, day: int = 1) -> None:
        (tmp_path / path).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / path).write_bytes(content)
        git("add", path)
        who = {}
        for name in ("AUTHOR", "COMMITTER"):
            who |= {
                f"GIT_{name}_NAME": "x",
                f"GIT_{name}_EMAIL": mail,
                f"GIT_{name}_DATE": f"2026-11-{day:02}T10:00:00Z",
            }
        git("commit", "-q", "-m", "A key", **who)

    return commit


def test_public_halves_are_found_however_they_are_written(tmp_path: Path, commit: Commit) -> None:
    ssh = USER.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    numbers = SIGNER.public_key().public_numbers()
    from joserfc.jwk import ECKey

    jwk = ECKey.import_key(pem(SIGNER)).as_dict(private=False)
    assert numbers.curve.name == "secp256r1"
    commit(
        "keys/signer.pem",
        b"# ours\n" + pem(SIGNER) + b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "a@x",
    )
    commit("authorized keys", ssh + b" a comment\nssh-rsa broken\n", "a@x")
    commit("jwks.json", json.dumps({"keys": [jwk, {"kty": "oct", "k": "c2VjcmV0"}, 5]}).encode(), "a@x")
    commit("notes.txt", b"nothing of that\n", "a@x")

    found = {(half.path, half.material) for half in Repository(folder=tmp_path).public_halves()}

    assert found == {
        ("keys/signer.pem", material_of(SIGNER.public_key())),
        ("authorized keys", material_of(USER.public_key())),
        ("jwks.json", material_of(SIGNER.public_key())),
    }


def test_whoever_committed_a_file_is_told_with_their_last_commit(tmp_path: Path, commit: Commit) -> None:
    commit("signer.pem", pem(SIGNER), "mj.kim@corp.example", 1)
    commit("signer.pem", pem(SIGNER) + b"\n", "Lee@corp.example", 2)
    commit("signer.pem", pem(SIGNER) + b"\n\n", "MJ.Kim@corp.example", 3)

    found = Repository(folder=tmp_path).committers("signer.pem")

    assert [(each.mail, each.at) for each in found] == [
        ("MJ.Kim@corp.example", datetime(2026, 11, 3, 10, tzinfo=UTC)),
        ("Lee@corp.example", datetime(2026, 11, 2, 10, tzinfo=UTC)),
    ]


@pytest.mark.parametrize("end", ["\u2028", "\x0b", "\x1c", "\x85"])
def test_what_ends_a_line_elsewhere_ends_none_of_git_s(tmp_path: Path, commit: Commit, end: str) -> None:
    commit("signer.pem", pem(SIGNER), "kim@corp.example")
    commit("signer.pem", pem(SIGNER) + b"\n", f"lee@home{end}.example", 2)

    found = Repository(folder=tmp_path).committers("signer.pem")

    assert [each.mail for each in found] == [f"lee@home{end}.example", "kim@corp.example"]


def test_a_mailmap_counts(tmp_path: Path, commit: Commit) -> None:
    commit("signer.pem", pem(SIGNER), "kim@home.example", 1)
    commit(".mailmap", b"Kim <kim@corp.example> <kim@home.example>\n", "kim@home.example", 2)

    assert [each.mail for each in Repository(folder=tmp_path).committers("signer.pem")] == ["kim@corp.example"]


def test_of_a_private_key_the_path_alone_is_told(tmp_path: Path, commit: Commit) -> None:
    commit("signer.key", SIGNER.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "a@x")

    repository = Repository(folder=tmp_path)

    assert repository.private_files() == ["signer.key"]
    assert list(repository.public_halves()) == []


def test_a_repository_without_keys_tells_nothing(tmp_path: Path, commit: Commit) -> None:
    commit("notes.txt", b"nothing\n", "a@x")

    assert list(Repository(folder=tmp_path).public_halves()) == []
    assert Repository(folder=tmp_path).private_files() == []


def test_nothing_that_the_repository_configures_is_run(tmp_path: Path, commit: Commit) -> None:
    commit("signer.pem", pem(SIGNER), "a@x")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\n", encoding="utf-8")
    trap.chmod(0o700)
    for setting in ("core.fsmonitor", "gpg.program", "core.pager", "diff.external", "core.sshCommand"):
        subprocess.run(["git", "-C", str(tmp_path), "config", setting, str(trap)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "config", "log.showSignature", "true"], check=True)

    repository = Repository(folder=tmp_path)

    assert (len(list(repository.public_halves())), len(repository.committers("signer.pem"))) == (1, 1)
    assert not (tmp_path / "sprung").exists()


def test_what_is_no_repository_is_a_sentence(tmp_path: Path, commit: Commit) -> None:
    with pytest.raises(FatalError, match=r"not a git repository|cannot change to"):
        list(Repository(folder=tmp_path / "none").public_halves())
    commit("a.txt", b"a\n", "a@x")
    with pytest.raises(FatalError, match=r"no commit holds b\.txt"):
        Repository(folder=tmp_path).committers("b.txt")
