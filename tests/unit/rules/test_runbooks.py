"""What a person is told to type, when a leaver chose the names."""

import base64
import shlex

import pytest

from include.offboarding.model import Account, Subject, SubjectKind
from include.offboarding.rules._runbooks import not_theirs, runbook
from tests.support import cases

HOSTILE = "jdoe'; rm -rf ~ #"


def subject(kind: SubjectKind, native_id: str = "AKIA1") -> Subject:
    return Subject(kind=kind, native_id=native_id, label="label")


def commands(steps: tuple[str, ...], program: str) -> list[list[str]]:
    lines = "\n".join(steps).splitlines()
    return [shlex.split(line) for line in lines if line.startswith(program)]


@pytest.mark.parametrize(
    ("kind", "command", "option"),
    [
        (SubjectKind.ACCESS_KEY, "update-access-key", "--access-key-id"),
        (SubjectKind.SSH_KEY, "update-ssh-public-key", "--ssh-public-key-id"),
        (SubjectKind.CERTIFICATE, "update-signing-certificate", "--certificate-id"),
        (
            SubjectKind.SERVICE_CREDENTIAL,
            "update-service-specific-credential",
            "--service-specific-credential-id",
        ),
    ],
)
def test_aws_switches_off_and_back_on(kind: SubjectKind, command: str, option: str) -> None:
    steps = runbook("aws_iam").close(cases.iam_user(), subject(kind))

    words = ["aws", "iam", command, "--user-name", "jdoe", option, "AKIA1", "--status"]
    assert commands(steps, "aws") == [[*words, "Inactive"], [*words, "Active"]]
    assert steps[0] == "As an IAM administrator of AWS account 222222222222:"


def test_aws_takes_a_console_password_away() -> None:
    steps = runbook("aws_iam").close(cases.iam_user(), subject(SubjectKind.CONSOLE_PASSWORD))

    first, undo = commands(steps, "aws")
    assert first == ["aws", "iam", "delete-login-profile", "--user-name", "jdoe"]
    assert undo[2] == "create-login-profile"


@pytest.mark.parametrize(
    ("kind", "command", "option"),
    [
        (SubjectKind.ACCESS_KEY, "delete-access-key", "--access-key-id"),
        (SubjectKind.SSH_KEY, "delete-ssh-public-key", "--ssh-public-key-id"),
        (SubjectKind.CERTIFICATE, "delete-signing-certificate", "--certificate-id"),
        (
            SubjectKind.SERVICE_CREDENTIAL,
            "delete-service-specific-credential",
            "--service-specific-credential-id",
        ),
    ],
)
def test_aws_deletes_what_is_off(kind: SubjectKind, command: str, option: str) -> None:
    steps = runbook("aws_iam").remove(cases.iam_user(), subject(kind))

    assert commands(steps, "aws") == [["aws", "iam", command, "--user-name", "jdoe", option, "AKIA1"]]


def test_aws_takes_a_user_out_of_a_role_s_trust_in_the_role_s_own_account() -> None:
    arn = "arn:aws:iam::333333333333:role/ops/$(rm -rf ~) deploy"
    role = Subject(kind=SubjectKind.ROLE, native_id="AROA1", label=arn, account_label=cases.ARN)

    steps = runbook("aws_iam").close(cases.iam_user(), role)

    show, put, undo = commands(steps, "aws")
    assert steps[0] == "As an IAM administrator of AWS account 333333333333:"
    assert show[:5] == ["aws", "iam", "get-role", "--role-name", "$(rm -rf ~) deploy"]
    assert put == [
        *("aws", "iam", "update-assume-role-policy", "--role-name", "$(rm -rf ~) deploy"),
        *("--policy-document", "file://trust.json"),
    ]
    assert undo == [*put[:-1], "file://trust-before.json"]
    assert cases.ARN in "\n".join(steps)


def test_aws_gives_a_root_user_another_address() -> None:
    root = cases.root_account()

    steps = runbook("aws_iam").close(root, subject(SubjectKind.ROOT_ACCOUNT))

    start, accept = commands(steps, "aws")
    assert start[:5] == ["aws", "account", "start-primary-email-update", "--account-id", root.native_id]
    assert accept[2] == "accept-primary-email-update"
    assert "old address" in steps[0]


@pytest.mark.parametrize("kind", sorted(set(SubjectKind) - {SubjectKind.ROLE, SubjectKind.ROOT_ACCOUNT}))
def test_aws_quotes_what_a_leaver_chose(kind: SubjectKind) -> None:
    steps = runbook("aws_iam").close(cases.iam_user(login=HOSTILE), subject(kind, HOSTILE))

    for words in commands(steps, "aws"):
        assert words[words.index("--user-name") + 1] == HOSTILE
        assert "rm" not in words


def test_ldap_locks_for_good_and_unlocks() -> None:
    steps = runbook("ldap").close(cases.directory_account(), subject(SubjectKind.ACCOUNT))

    text = "\n".join(steps)
    assert (
        f"dn: {cases.DN}\nchangetype: modify\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z"
        in text
    )
    assert "delete: pwdAccountLockedTime" in text


@pytest.mark.parametrize(
    "label",
    [
        "uid=jdoe,ou=people\nLDIF\nrm -rf ~",
        "uid=김민준,ou=people,dc=corp,dc=example",
        " uid=jdoe",
        ":uid=jdoe",
        "uid=jdoe ",
    ],
)
def test_ldif_writes_an_unsafe_dn_as_base64(label: str) -> None:
    account: Account = cases.directory_account(label=label)

    text = "\n".join(runbook("ldap").close(account, subject(SubjectKind.ACCOUNT)))

    assert label not in text
    encoded = text.split("dn:: ", 1)[1].splitlines()[0]
    assert base64.b64decode(encoded).decode() == label


def test_ldap_takes_one_ssh_key_off_by_its_fingerprint() -> None:
    steps = runbook("ldap").close(cases.directory_account(), subject(SubjectKind.SSH_KEY, "SHA256:abc"))

    text = "\n".join(steps)
    assert "delete: sshPublicKey" in text
    assert "fingerprint is SHA256:abc" in text
    assert "pwdAccountLockedTime" not in text


def test_ldap_revokes_a_certificate_and_takes_it_off_by_its_thumbprint() -> None:
    steps = runbook("ldap").close(cases.directory_account(), subject(SubjectKind.CERTIFICATE, "ab12"))

    text = "\n".join(steps)
    assert steps[0].startswith("Have its issuer revoke label")
    assert "delete: userCertificate;binary\nuserCertificate;binary:< file://FILE" in text
    assert "is ab12" in text
    assert "pwdAccountLockedTime" not in text


@pytest.mark.parametrize("kind", list(SubjectKind))
@pytest.mark.parametrize("source_kind", ["ldap", "aws_iam", "one_that_comes_later"])
def test_every_kind_of_source_has_steps_for_every_kind_of_thing(source_kind: str, kind: SubjectKind) -> None:
    book, account, thing = runbook(source_kind), cases.directory_account(), subject(kind)

    for steps in (
        book.close(account, thing),
        book.remove(account, thing),
        book.replace(account, thing),
        book.keep_traces(account, thing),
    ):
        assert steps
        assert all(step.strip() for step in steps)


def test_the_way_back_is_quoted() -> None:
    command = not_theirs("aws", cases.iam_user(native_id=HOSTILE), HOSTILE).splitlines()[1]

    assert shlex.split(command)[:8] == [
        "python", "-m", "include.offboarding", "link", "reject", "aws", HOSTILE, HOSTILE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("product", "program", "command"),
    (
        ("ad", "Disable-ADAccount", ["Disable-ADAccount", "-Identity", "3f0e7a10-0001-4c0e-9d0f-000000000001"]),
        ("ad", "samba-tool user disable", ["samba-tool", "user", "disable", "-H", "$LDAP_URI", "-U", "$ADMIN_NAME"]),
        ("freeipa", "ipa user-disable", ["ipa", "user-disable"]),
    ),
)
def test_each_directory_is_locked_in_its_own_way(product: str, program: str, command: list[str]) -> None:
    account = cases.directory_account(product=product, login=HOSTILE)

    (words,) = commands(runbook("ldap").close(account, subject(SubjectKind.ACCOUNT)), program)

    assert words == (command if "ADAccount" in program else [*command, "--", HOSTILE])


@pytest.mark.parametrize(
    ("product", "key", "certificate"),
    (
        ("openldap", "sshPublicKey", "userCertificate;binary"),
        ("389ds", "nsSshPublicKey", "userCertificate;binary"),
        ("freeipa", "ipaSshPubKey", "userCertificate;binary"),
        ("ad", "sshPublicKey", "userCertificate"),
    ),
)
def test_each_directory_keeps_keys_under_a_name_of_its_own(product: str, key: str, certificate: str) -> None:
    account = cases.directory_account(product=product)
    for kind, attribute in ((SubjectKind.SSH_KEY, key), (SubjectKind.CERTIFICATE, certificate)):
        steps = "\n".join(runbook("ldap").close(account, subject(kind, "SHA256:gone")))

        assert f"\ndelete: {attribute}\n{attribute}:" in steps
