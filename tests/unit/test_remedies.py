"""What a person is told to type, when a leaver chose the names."""

import base64
import shlex
from pathlib import Path

import pytest

from offboarding import sources
from offboarding.interfaces import AccountRemedies, ConnectionFields, KeyRemedies
from offboarding.interfaces.kinds import kind_module, kind_part, kinds
from offboarding.model import (
    Account,
    AccountAction,
    KeyAction,
    KeyCopy,
    Remedy,
    Subject,
    SubjectKind,
)
from offboarding.sources.ldap.reached import reached_by
from offboarding.sources.ldap.settings import LdapConnectionExtra
from offboarding.tickets import remedies_page
from offboarding.tickets.remedies import written_out
from tests.support import adding_page, cases, key_cases

HOSTILE = "jdoe'; rm -rf ~ #"
OF_ACCOUNTS = {Remedy.DISABLE, Remedy.SIGN_OUT, Remedy.REMOVE, Remedy.REPLACE, Remedy.KEEP_TRACES}
OF_KEYS = set(Remedy) - OF_ACCOUNTS
READERS = [(room, kind) for room in ("sources", "verifiers") for kind in kinds(room)]
PARAMETER = "arn:aws:ssm:eu-west-1:222222222222:parameter/ops/$(rm)"


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
    steps = cases.steps(Remedy.DISABLE, "aws_iam", cases.iam_user(), subject(kind))

    words = ["aws", "iam", command, "--user-name", "jdoe", option, "AKIA1", "--status"]
    assert commands(steps, "aws") == [[*words, "Inactive"], [*words, "Active"]]
    assert steps[0] == "As an IAM administrator of AWS account 222222222222:"


@pytest.mark.parametrize(
    ("product", "native_id", "words"),
    [
        ("member", "417", "orgs/corp/memberships/{login}"),
        ("outside collaborator", "417", "orgs/corp/outside_collaborators/{login}"),
        ("invitation", "invitation/31", "orgs/corp/invitations/31"),
        ("deploy key", "deploy-key/7/99", "repositories/7/keys/99"),
    ],
)
def test_an_organization_s_owner_takes_away_what_it_is(product: str, native_id: str, words: str) -> None:
    account = cases.directory_account(
        native_id=native_id, login=HOSTILE, product=product, reached_by="ghe.corp.example/corp"
    )

    steps = cases.steps(Remedy.DISABLE, "github_org", account, subject(SubjectKind.ACCOUNT, native_id))

    path = words.format(login="jdoe%27%3B%20rm%20-rf%20~%20%23")
    (delete,) = (words for words in commands(steps, "gh") if "DELETE" in words)
    assert delete == ["gh", "api", "--hostname", "ghe.corp.example", "--method", "DELETE", path]


def test_an_installed_app_is_suspended_by_hand_once_its_keys_are_looked_for() -> None:
    account = cases.directory_account(native_id="installation/7", login="", product="installed App")
    app = subject(SubjectKind.ACCOUNT, "installation/7")

    shut, moved = (cases.steps(remedy, "github_org", account, app) for remedy in (Remedy.DISABLE, Remedy.REPLACE))

    assert "suspend it there" in shut[0]
    assert "private keys" in moved[0]
    assert moved[-len(shut) :] == shut
    assert not commands(moved, "gh"), "GitHub has no command for it"


def test_a_deploy_key_s_repository_is_unarchived_before() -> None:
    account = cases.directory_account(native_id="deploy-key/7/99", login="", product="deploy key")

    steps = cases.steps(Remedy.DISABLE, "github_org", account, subject(SubjectKind.ACCOUNT, "deploy-key/7/99"))

    _, opened, delete, _ = commands(steps, "gh")
    assert opened == ["gh", "api", "--method", "PATCH", "repositories/7", "--field", "archived=false"]
    assert delete == ["gh", "api", "--method", "DELETE", "repositories/7/keys/99"]


def test_an_owner_who_is_taken_out_is_put_back_as_one() -> None:
    account = cases.directory_account(native_id="417", login="ann", product="member", privileged=True)

    steps = cases.steps(Remedy.DISABLE, "github_org", account, subject(SubjectKind.ACCOUNT, "417"))

    assert commands(steps, "gh")[-1][-1] == "role=admin"


@pytest.mark.parametrize(
    ("native_id", "path"),
    [
        ("00T1'; rm -rf ~ #", "api-tokens/00T1%27%3B%20rm%20-rf%20~%20%23"),
        ("refresh/0oa7/oar1", "users/00u1/clients/0oa7/tokens/oar1"),
    ],
)
def test_okta_s_administrator_revokes_a_token_where_it_is(native_id: str, path: str) -> None:
    account = cases.directory_account(native_id="00u1", login=HOSTILE, reached_by="https://corp.okta.com")

    steps = cases.steps(Remedy.DISABLE, "okta", account, subject(SubjectKind.SERVICE_CREDENTIAL, native_id))

    (delete,) = commands(steps, "curl")
    assert delete[delete.index("--request") + 1] == "DELETE"
    assert delete[-1] == f"https://corp.okta.com/api/v1/{path}"


GITLAB = "https://gitlab.corp.example/api/v4"


@pytest.mark.parametrize(
    ("product", "place", "native_id", "paths"),
    [
        ("user", "", "42", ["users/42/block", "users/42/unblock"]),
        ("member", "groups/7", "42", ["groups/7/members/42", "groups/7/members?user_id=42&access_level=LEVEL"]),
        ("invitation", "projects/5", "invitation/3", ["projects/5/invitations/k%27im%40corp.example"]),
        ("deploy token", "groups/7", "deploy-token/3", ["groups/7/deploy_tokens/3"]),
        ("deploy token", "", "deploy-token/3", []),
        ("deploy key", "", "deploy-key/3", ["projects/PROJECT/deploy_keys/3"] * 2),
        ("pipeline trigger", "projects/5", "trigger/3", ["projects/5/triggers/3"]),
        ("bot", "", "42", []),
    ],
)
def test_what_is_in_a_gitlab_is_shut_where_it_is(product: str, place: str, native_id: str, paths: list[str]) -> None:
    place = f"{GITLAB}/{place}".rstrip("/")
    account = cases.directory_account(native_id=native_id, login="k'im@corp.example", product=product, reached_by=place)

    steps = cases.steps(Remedy.DISABLE, "gitlab_users", account, subject(SubjectKind.ACCOUNT, native_id))

    assert [words[-1] for words in commands(steps, "curl")] == [f"{GITLAB}/{path}" for path in paths]


@pytest.mark.parametrize(
    ("product", "place", "native_id", "path"),
    [
        ("user", "", "token/9", "personal_access_tokens/9"),
        ("user", "", "impersonation/9", "users/42/impersonation_tokens/9"),
        ("bot", "", "token/9", "personal_access_tokens/9"),
        ("member", "groups/7", "token/9", "groups/7/manage/personal_access_tokens/9"),
        ("user", "", HOSTILE, "personal_access_tokens/jdoe%27%3B%20rm%20-rf%20~%20%23"),
    ],
)
def test_an_access_token_is_revoked_where_it_is_listed(product: str, place: str, native_id: str, path: str) -> None:
    place = f"{GITLAB}/{place}".rstrip("/")
    account = cases.directory_account(native_id="42", login=HOSTILE, product=product, reached_by=place)

    steps = cases.steps(Remedy.DISABLE, "gitlab_users", account, subject(SubjectKind.SERVICE_CREDENTIAL, native_id))

    (delete,) = commands(steps, "curl")
    assert delete[delete.index("--request") + 1] == "DELETE"
    assert delete[-1] == f"{GITLAB}/{path}"


def test_a_member_s_ssh_key_ends_with_what_they_may_do_in_the_group() -> None:
    account = cases.directory_account(native_id="42", product="member", reached_by=f"{GITLAB}/groups/7")

    steps = cases.steps(Remedy.DISABLE, "gitlab_users", account, subject(SubjectKind.SSH_KEY, "9"))

    assert next(words[-1] for words in commands(steps, "curl")) == f"{GITLAB}/groups/7/members/42"


GRAPH = "https://graph.microsoft.us/v1.0"


def test_a_tenant_s_account_is_shut_with_its_sessions_and_opened_again() -> None:
    account = cases.directory_account(native_id=HOSTILE, login="kim", product="member", reached_by=GRAPH)

    steps = cases.steps(Remedy.DISABLE, "entra_id", account, subject(SubjectKind.ACCOUNT, HOSTILE))

    shut, revoke, undo = commands(steps, "az")
    assert shut == ["az", "ad", "user", "update", "--id", HOSTILE, "--account-enabled", "false"]
    assert revoke[-1] == f"{GRAPH}/users/jdoe%27%3B%20rm%20-rf%20~%20%23/revokeSignInSessions"
    assert undo == [*shut[:-1], "true"]


def test_who_is_synchronized_is_disabled_where_they_come_from_and_then_here() -> None:
    account = cases.directory_account(native_id=HOSTILE, login="kim", product="synchronized member", reached_by=GRAPH)

    steps = cases.steps(Remedy.DISABLE, "entra_id", account, subject(SubjectKind.ACCOUNT, HOSTILE))

    typed = [line.strip() for step in steps for line in step.splitlines()[1:]]
    assert [words.split()[0] for words in typed] == ["az", "Disable-ADAccount", "az", "az", "Enable-ADAccount", "az"]
    _, shut, revoke, undo = (shlex.split(line) for line in typed if line.startswith("az "))
    assert shut == ["az", "ad", "user", "update", "--id", HOSTILE, "--account-enabled", "false"]
    assert revoke[-1].endswith("/revokeSignInSessions")
    assert undo == [*shut[:-1], "true"]


def test_a_consent_is_taken_away_and_kept_before() -> None:
    account = cases.directory_account(native_id="ID", login="kim", product="member", reached_by=GRAPH)
    consent = subject(SubjectKind.SERVICE_CREDENTIAL, f"consent/{HOSTILE}")

    keep, delete = commands(cases.steps(Remedy.DISABLE, "entra_id", account, consent), "az")

    at = f"{GRAPH}/oauth2PermissionGrants/jdoe%27%3B%20rm%20-rf%20~%20%23"
    assert keep == ["az", "rest", "--method", "GET", "--url", at]
    assert delete == ["az", "rest", "--method", "DELETE", "--url", at]


def test_an_external_user_s_sessions_are_not_the_tenant_s_to_revoke() -> None:
    account = cases.directory_account(native_id="G", login="zed", product="external user", reached_by=GRAPH)

    steps = cases.steps(Remedy.DISABLE, "entra_id", account, subject(SubjectKind.ACCOUNT, "G"))

    assert [words[1] for words in commands(steps, "az")] == ["ad", "ad"]


@pytest.mark.parametrize(
    ("product", "begins", "kind", "native_id", "words"),
    [
        ("application", "application/", "service_credential", "secret/K", "app credential delete --id ID --key-id K"),
        (
            "application",
            "application/",
            "certificate",
            "certificate/K",
            "app credential delete --id ID --key-id K --cert",
        ),
        (
            "service principal",
            "service-principal/",
            "service_credential",
            "secret/K",
            "sp credential delete --id ID --key-id K",
        ),
        (
            "application",
            "application/",
            "service_credential",
            "federated/K",
            "app federated-credential delete --id ID --federated-credential-id K",
        ),
    ],
)
def test_a_workload_of_a_tenant_loses_just_the_one_that_it_s_about(
    product: str, begins: str, kind: str, native_id: str, words: str
) -> None:
    account = cases.directory_account(native_id=f"{begins}ID", login="APP", product=product, reached_by=GRAPH)

    steps = cases.steps(Remedy.DISABLE, "entra_id", account, subject(SubjectKind(kind), native_id))

    (delete,) = (each for each in commands(steps, "az") if "delete" in each)
    assert delete == ["az", "ad", *words.split()]


def test_a_workload_of_a_tenant_is_switched_off_by_the_id_that_it_signs_in_with() -> None:
    account = cases.directory_account(
        native_id="application/ID", login=HOSTILE, product="application", reached_by=GRAPH
    )

    steps = cases.steps(Remedy.DISABLE, "entra_id", account, subject(SubjectKind.ACCOUNT, "application/ID"))

    off, on = commands(steps, "az")
    assert off[off.index("--url") + 1] == f"{GRAPH}/servicePrincipals(appId='jdoe%27%3B%20rm%20-rf%20~%20%23')"
    assert (off[-1], on[-1]) == ('{"accountEnabled": false}', '{"accountEnabled": true}')


def test_aws_takes_a_console_password_away() -> None:
    steps = cases.steps(Remedy.DISABLE, "aws_iam", cases.iam_user(), subject(SubjectKind.CONSOLE_PASSWORD))

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
    steps = cases.steps(Remedy.REMOVE, "aws_iam", cases.iam_user(), subject(kind))

    assert commands(steps, "aws") == [["aws", "iam", command, "--user-name", "jdoe", option, "AKIA1"]]


def test_aws_takes_a_user_out_of_a_role_s_trust_in_the_role_s_own_account() -> None:
    arn = "arn:aws:iam::333333333333:role/ops/$(rm -rf ~) deploy"
    role = Subject(kind=SubjectKind.ROLE, native_id="AROA1", label=arn, account_label=cases.ARN)

    steps = cases.steps(Remedy.DISABLE, "aws_iam", cases.iam_user(), role)

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

    steps = cases.steps(Remedy.DISABLE, "aws_iam", root, subject(SubjectKind.ROOT_ACCOUNT))

    start, accept = commands(steps, "aws")
    assert start[:5] == ["aws", "account", "start-primary-email-update", "--account-id", root.native_id]
    assert accept[2] == "accept-primary-email-update"
    assert "old address" in steps[0]


@pytest.mark.parametrize("kind", sorted(set(SubjectKind) - {SubjectKind.ROLE, SubjectKind.ROOT_ACCOUNT}))
def test_aws_quotes_what_a_leaver_chose(kind: SubjectKind) -> None:
    steps = cases.steps(Remedy.DISABLE, "aws_iam", cases.iam_user(login=HOSTILE), subject(kind, HOSTILE))

    for words in commands(steps, "aws"):
        assert words[words.index("--user-name") + 1] == HOSTILE
        assert "rm" not in words


@pytest.mark.parametrize(
    ("host", "port", "tls", "words"),
    [
        ("dc1.corp.example", None, "starttls", ["-ZZ", "-H", "ldap://dc1.corp.example"]),
        ("dc1.corp.example", 389, "starttls", ["-ZZ", "-H", "ldap://dc1.corp.example"]),
        ("dc1.corp.example", 1389, "starttls", ["-ZZ", "-H", "ldap://dc1.corp.example:1389"]),
        ("dc1.corp.example", None, "ldaps", ["-H", "ldaps://dc1.corp.example"]),
        ("dc1.corp.example", 3269, "ldaps", ["-H", "ldaps://dc1.corp.example:3269"]),
        ("127.0.0.1", 389, "none", ["-H", "ldap://127.0.0.1"]),
        ("2001:db8::1", 1636, "ldaps", ["-H", "ldaps://[2001:db8::1]:1636"]),
    ],
)
@pytest.mark.parametrize("product", ["openldap", "openldap without locks", "389ds", "ad"])
def test_ldap_commands_go_where_the_connection_leads(
    host: str, port: int | None, tls: str, words: list[str], product: str
) -> None:
    connection = ConnectionFields(conn_id="corp_ldap", host=host, port=port)
    reached = reached_by(connection, LdapConnectionExtra.model_validate({"tls": tls}))
    account = cases.directory_account(product=product, reached_by=reached)

    for remedy in (Remedy.DISABLE, Remedy.REPLACE, Remedy.KEEP_TRACES):
        steps = cases.steps(remedy, "ldap", account, subject(SubjectKind.ACCOUNT))
        typed = [words for tool in ("ldap", "samba-tool") for words in commands(steps, tool)]
        assert typed
        for each in typed:
            at = each.index("-H")
            assert each[at : at + 2] == words[-2:]
            assert each[0] == "samba-tool" or ("-ZZ" in each) == ("-ZZ" in words)
        assert not [step for step in steps if "LDAP_URI" in step]


def test_ldap_locks_for_good_and_unlocks() -> None:
    steps = cases.steps(Remedy.DISABLE, "ldap", cases.directory_account(), subject(SubjectKind.ACCOUNT))

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

    text = "\n".join(cases.steps(Remedy.DISABLE, "ldap", account, subject(SubjectKind.ACCOUNT)))

    assert label not in text
    encoded = text.split("dn:: ", 1)[1].splitlines()[0]
    assert base64.b64decode(encoded).decode() == label


def test_ldap_takes_one_ssh_key_off_by_its_fingerprint() -> None:
    steps = cases.steps(Remedy.DISABLE, "ldap", cases.directory_account(), subject(SubjectKind.SSH_KEY, "SHA256:abc"))

    text = "\n".join(steps)
    assert "delete: sshPublicKey" in text
    assert "fingerprint is SHA256:abc" in text
    assert "pwdAccountLockedTime" not in text


def test_ldap_revokes_a_certificate_and_takes_it_off_by_its_thumbprint() -> None:
    steps = cases.steps(Remedy.DISABLE, "ldap", cases.directory_account(), subject(SubjectKind.CERTIFICATE, "ab12"))

    text = "\n".join(steps)
    assert steps[0].startswith("Have its issuer revoke label")
    assert "delete: userCertificate;binary\nuserCertificate;binary:< file://FILE" in text
    assert "is ab12" in text
    assert "pwdAccountLockedTime" not in text


@pytest.mark.parametrize("kind", list(SubjectKind))
@pytest.mark.parametrize("source_kind", ["ldap", "aws_iam", "one_that_comes_later"])
def test_every_kind_of_source_has_steps_for_every_kind_of_thing(source_kind: str, kind: SubjectKind) -> None:
    for remedy in (Remedy.DISABLE, Remedy.REMOVE, Remedy.REPLACE, Remedy.KEEP_TRACES):
        steps = cases.steps(remedy, source_kind, cases.directory_account(), subject(kind))

        assert steps
        assert all(step.strip() for step in steps)


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

    (words,) = commands(cases.steps(Remedy.DISABLE, "ldap", account, subject(SubjectKind.ACCOUNT)), program)

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
        steps = "\n".join(cases.steps(Remedy.DISABLE, "ldap", account, subject(kind, "SHA256:gone")))

        assert f"\ndelete: {attribute}\n{attribute}:" in steps


def of_key(remedy: Remedy, copy: KeyCopy, *principals: str) -> str:
    return "\n".join(written_out([KeyAction(remedy=remedy, copy=copy, principals=principals)]))


def test_one_kind_s_name_means_one_system() -> None:
    names = [kind for _, kind in READERS]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("room", "kind"), READERS)
def test_a_kind_has_remedies_for_what_it_tells(room: str, kind: str) -> None:
    written = kind_part(room, kind, "remedy")
    if written is None:
        return
    remedies: AccountRemedies | KeyRemedies = written.REMEDIES

    assert remedies
    assert set(remedies) <= (OF_KEYS if kind_module(room, kind).Settings.tells == "keys" else OF_ACCOUNTS)


def test_what_several_share_is_said_once() -> None:
    user = cases.iam_user()
    keys = [subject(SubjectKind.ACCESS_KEY, key) for key in ("AKIA1", "AKIA2")]

    steps = written_out(AccountAction(remedy=Remedy.DISABLE, kind="aws_iam", account=user, subject=key) for key in keys)

    assert len(steps) == len(set(steps)) == len(cases.steps(Remedy.DISABLE, "aws_iam", user, keys[0])) + 2
    assert [words[6] for words in commands(steps, "aws")] == ["AKIA1", "AKIA1", "AKIA2", "AKIA2"]


def test_a_new_system_brings_its_own_as_the_documentation_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = "include/offboarding/sources/"
    for name, text in adding_page.blocks().items():
        if name.startswith(room):
            path = tmp_path / name.removeprefix(room)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(tmp_path)])
    thing = subject(SubjectKind.ACCOUNT, HOSTILE)

    steps = cases.steps(Remedy.DISABLE, "gatehouse", cases.directory_account(), thing)
    (words,) = cases.steps(Remedy.KEEP_TRACES, "gatehouse", cases.directory_account(), thing)

    typed = [["gatehouse", "user", "disable", HOSTILE], ["gatehouse", "user", "enable", HOSTILE]]
    assert commands(steps, "gatehouse") == typed
    assert words.startswith("First keep the access records of label")


@pytest.mark.parametrize(
    ("copy", "command", "option"),
    [
        (key_cases.in_kms(name=HOSTILE), "aws kms describe-key", "--key-id"),
        (key_cases.secret(name=HOSTILE), "aws secretsmanager put-secret-value", "--secret-id"),
        (key_cases.secret(name=PARAMETER), "aws ssm put-parameter", "--name"),
    ],
)
def test_a_new_key_is_made_where_the_old_one_lies(copy: KeyCopy, command: str, option: str) -> None:
    (words,) = commands((of_key(Remedy.ISSUE, copy),), command)

    assert words[words.index(option) + 1] == copy.key.name.removeprefix(PARAMETER.partition("/")[0])


def test_a_verifier_makes_no_key() -> None:
    assert written_out([KeyAction(remedy=Remedy.ISSUE, copy=key_cases.copy())]) == ()


@pytest.mark.parametrize(("version", "least"), [("3", "4"), ("", "VERSION")])
def test_vault_refuses_versions_up_to_this_one(version: str, least: str) -> None:
    copy = key_cases.copy(source_kind="vault_transit", source="vault", name=f"transit/{HOSTILE}", version=version)

    (words,) = commands((of_key(Remedy.WITHDRAW, copy),), "vault write")

    assert words == ["vault", "write", f"transit/keys/{HOSTILE}/config", f"min_decryption_version={least}"]


@pytest.mark.parametrize(
    ("native_id", "typed"),
    [
        (f"token/{HOSTILE}", ["vault", "token", "revoke", "-address=https://vault:8200", "-accessor", HOSTILE]),
        (
            f"secret-id/{HOSTILE}",
            [
                *("vault", "write", "-address=https://vault:8200"),
                *("auth/approle/role/ROLE/secret-id-accessor/destroy", f"secret_id_accessor={HOSTILE}"),
            ],
        ),
    ],
)
def test_vault_s_administrator_ends_what_was_handed_out(native_id: str, typed: list[str]) -> None:
    at = "https://vault:8200/v1/auth/userpass/users/kim"
    account = cases.directory_account(realm="c-1", native_id="e-1", product="entity", reached_by=at)

    steps = cases.steps(Remedy.DISABLE, "vault_auth", account, subject(SubjectKind.SERVICE_CREDENTIAL, native_id))

    assert commands(steps, "vault")[0] == typed


def test_vault_s_administrator_works_within_the_namespace() -> None:
    at = "https://vault:8200/v1/identity/entity/id/e-1"
    account = cases.directory_account(realm="c-1/team", native_id="e-1", product="entity", reached_by=at)

    steps = cases.steps(Remedy.DISABLE, "vault_auth", account, subject(SubjectKind.ACCOUNT, "e-1"))

    flags = ["-address=https://vault:8200", "-namespace=team"]
    assert commands(steps, "vault") == [
        ["vault", "write", *flags, "identity/entity/id/e-1", f"disabled={off}"] for off in ("true", "false")
    ]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("jwks", "login: take kid 2024-05 out of what https://login.corp.example publishes."),
        ("ssh", "login: take the key off every host, and add it to the revocation list (KRL)."),
        ("x509", "login: revoke the certificate the key, and publish the revocation list."),
        ("one_that_comes_later", "login: the key."),
    ],
)
def test_a_verifier_trusts_it_no_more(kind: str, said: str) -> None:
    assert of_key(Remedy.WITHDRAW, key_cases.copy(source_kind=kind, label="the key")) == said


def test_access_is_cut_where_the_key_lies() -> None:
    assert of_key(Remedy.CUT_ACCESS, key_cases.in_kms(name=HOSTILE), "one", "two").startswith("Take one, two out of")
    assert of_key(Remedy.CUT_ACCESS, key_cases.copy(label="the key"), "one") == (
        "In login, take one out of whatever lets them use the key."
    )


@pytest.mark.parametrize("kind", remedies_page.kinds_with_remedies())
def test_each_kind_is_shown_with_what_it_disables_or_takes_back(kind: str) -> None:
    (_, shown) = remedies_page.page([kind]).split("\n## `")

    assert shown.startswith(f"{kind}`\n\n### ")
    assert "\n- " in shown


def test_things_that_are_treated_alike_are_shown_once() -> None:
    shown = remedies_page.page(["aws_iam"])

    assert "### Disable: access key\n" in shown
    assert "aws iam update-access-key --user-name LOGIN --access-key-id ID --status Inactive" in shown
    assert len(headings := [line for line in shown.splitlines() if line.startswith("###")]) == len({*headings})
