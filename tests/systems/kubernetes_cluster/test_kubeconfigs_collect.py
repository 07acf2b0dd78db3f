"""What the script tells of kubeconfigs on a host, which a real kubectl wrote: what lets in, and nothing secret."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from offboarding.sources import kubernetes_cluster
from offboarding.sources.kubernetes_cluster.held import token_of
from offboarding.sources.kubernetes_cluster.kubeconfigs import (
    HeldCredential,
    KubeconfigError,
    KubeconfigMachine,
    held_in,
    read_collection,
)
from tests.support.ssh_host import SshHost, ssh_host, ssh_host_running
from tests.support.unpacked import KUBECTL
from tests.systems.kubernetes_cluster.written_kubeconfigs import claims

pytestmark = pytest.mark.hosts

__all__ = ["ssh_host", "ssh_host_running"]  # fixtures

COLLECT = Path(kubernetes_cluster.__file__).with_name("collect.sh")
CANARY = "canary"
KEY = ec.generate_private_key(ec.SECP256R1())
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SIGNATURE = "a key that signs tokens of service accounts"


@pytest.fixture(scope="session", autouse=True)
def kubectl() -> Path:
    """Where it isn't, one line says why."""
    if why := KUBECTL.why_not():
        pytest.skip(why)
    return KUBECTL.root / KUBECTL.server


@pytest.fixture
def host(ssh_host: SshHost) -> SshHost:
    ssh_host.person("kim")
    ssh_host.do(
        "rm -rf ~root/.kube /etc/kubernetes; mkdir -p /home/kim/.kube /etc/kubernetes; chmod 755 /etc/kubernetes"
    )
    return ssh_host


def certificate(user: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, user)])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    builder = builder.serial_number(1).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
    return (
        builder.not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(KEY, SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


def written(host: SshHost, path: str, text: str, owner: str = "kim") -> None:
    host.do('mkdir -p "${1%/*}"; printf "%s" "$2" > "$1"; chown -R "$3" "${1%/*}"', path, text, owner)


def config(host: SshHost, kubectl: Path, *words: str, file: str = "/home/kim/.kube/config") -> None:
    """Have kubectl write into a kubeconfig."""
    host.do('export KUBECONFIG="$1"; shift; "$@"; chown kim "$KUBECONFIG"', file, str(kubectl), "config", *words)


def told(host: SshHost) -> KubeconfigMachine:
    """By a collection that is made now, in which nothing secret is."""
    text = host.do('sh "$1" || true', str(COLLECT))
    hidden = [CANARY, base64.b64encode(CANARY.encode()).decode().rstrip("="), "PRIVATE KEY", *PRIVATE.split("\n")[1:3]]
    hidden.append(base64.b64encode(PRIVATE.encode()).decode()[:40])
    assert not [each for each in hidden if each in text]
    return read_collection(text.encode())


def held(host: SshHost) -> dict[str, list[HeldCredential]]:
    """What each file that can be read lets in by; of the others, why not."""
    machine = told(host)
    return {file.path: [*held_in("web1", machine.machine, file)] for file in machine.files}


def test_of_what_kubectl_writes_all_is_told_but_what_is_secret(host: SshHost, kubectl: Path) -> None:
    """Its own words on how many users there are agree."""
    written(host, "/home/kim/kept/kim.crt", certificate("kim"))
    written(host, "/home/kim/kept/both.pem", PRIVATE + certificate("both"))
    written(host, "/home/kim/kept/kim.key", PRIVATE)
    signed = jwt.encode(claims("robot", "uid-1", ends=datetime(2027, 1, 1, tzinfo=UTC)), SIGNATURE, algorithm="HS256")
    of_a_person = jwt.encode({"sub": CANARY, "email": f"{CANARY}@corp.example"}, SIGNATURE, algorithm="HS256")
    written(host, "/home/kim/kept/token", f"{signed}\n")
    pair = ("--client-certificate=/home/kim/kept/kim.crt", "--client-key=/home/kim/kept/kim.key")
    for words in (
        ("set-cluster", "seoul", f"--server=https://kim:{CANARY}@api.corp.example:6443"),
        ("set-context", "it", "--cluster=seoul", "--user=named"),
        ("set-credentials", "within", *pair, "--embed-certs"),
        ("set-credentials", "named", *pair),
        ("set-credentials", "both", "--client-certificate=/home/kim/kept/both.pem", "--embed-certs"),
        ("set-credentials", "asked", f"--token={signed}"),
        ("set-credentials", "opaque", f"--token={CANARY}.{CANARY}.{CANARY}"),
        ("set-credentials", "person", f"--token={of_a_person}"),
        ("set-credentials", "basic", "--username=kim", f"--password={CANARY}"),
        ("set-credentials", "aws", "--exec-command=/usr/bin/aws", "--exec-api-version=client.authentication.k8s.io/v1",
         f"--exec-arg=--key={CANARY}", f"--exec-arg=- user: {CANARY}", f"--exec-env=AWS_SECRET_ACCESS_KEY={CANARY}"),
        ("set-credentials", "oidc", "--auth-provider=oidc", f"--auth-provider-arg=refresh-token={CANARY}: {CANARY}"),
    ):  # fmt: skip
        config(host, kubectl, *words)
    count = host.do('KUBECONFIG=/home/kim/.kube/config "$1" config view -o json', str(kubectl))

    (found,) = held(host).values()

    assert len(found) == len(json.loads(count)["users"])
    by_server = {each.servers for each in found if each.servers}
    assert by_server == {("https://api.corp.example:6443",)}
    names = [each.certificates[0].subject.rfc4514_string() for each in found if each.certificates]
    assert sorted(names) == ["CN=both", "CN=kim", "CN=kim"]
    assert sorted(each.has_key for each in found if each.certificates) == [False, True, True]
    assert [token.uid for each in found if (token := token_of(each))] == ["uid-1"]
    signed_by_others = "a token that is no service account's"
    others = [each.other for each in found if each.other]
    assert sorted(others) == [
        "a password", "a program (aws)", signed_by_others, signed_by_others, "an auth provider"
    ]  # fmt: skip
    assert {(each.holder, each.is_person_s) for each in found} == {("kim", True)}


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("token: ", id="none"),
        pytest.param(f"token: {CANARY}", id="no dots"),
        pytest.param(f"token: {CANARY}.eyJrdWJlcm5ldGVzLmlvIjp7fX0.{CANARY}", id="only looks like one"),
        pytest.param(f'"token": "{CANARY}"', id="a quoted key"),
        pytest.param(f"token: |\n      {CANARY}", id="a block"),
        pytest.param(f"token: >-\n      {CANARY}\n      server: {CANARY}", id="a folded block that looks like a key"),
        pytest.param(f'token: "{CANARY}\n      {CANARY}"', id="quoted over lines"),
        pytest.param(f"token: {CANARY}\n      {CANARY}", id="over lines"),
        pytest.param(f"token: !!binary {CANARY}", id="tagged"),
        pytest.param(f"token: &a {CANARY}\n    username: *a", id="an alias"),
        pytest.param(f"password: x # {CANARY}", id="a comment"),
        pytest.param(f"# token: {CANARY}", id="a comment alone"),
        pytest.param(f"command: x # {CANARY}", id="a comment beside what is told"),
        pytest.param(f"password: |\n      name: {CANARY}\n\n      server: {CANARY}", id="a block of a password"),
        pytest.param(f"client-certificate-data: {base64.b64encode(CANARY.encode()).decode()}", id="no certificate"),
        pytest.param(f"client-certificate: /home/kim/{CANARY}", id="no such file"),
        pytest.param(f"{{token: {CANARY}}}", id="flow"),
        pytest.param(f"? token\n    : {CANARY}", id="a key of its own"),
        pytest.param(f"token:\n      - name: {CANARY}", id="a list"),
        pytest.param(f"name:\n\t{CANARY}", id="a tab"),
        pytest.param(f"password: '{CANARY}\n\n      name: {CANARY}'", id="single quotes over lines"),
    ],
)
def test_however_a_secret_is_written_it_stays_there(host: SshHost, token: str) -> None:
    """Where a name would be the secret, its own name is no secret of a kubeconfig's."""
    text = f"apiVersion: v1\nkind: Config\nusers:\n- name: kim\n  user:\n    {token}\n"
    written(host, "/home/kim/.kube/config", text.replace(f"- name: {CANARY}", "- names: x"))

    told(host)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"kind": "Config", "users": []}', id="JSON"),
        pytest.param("users: [{name: a}]", id="flow"),
        pytest.param("users:\n- {name: a}", id="flow in a list"),
        pytest.param("users:\n- &a\n  name: a", id="an anchor"),
        pytest.param("users:\n- name: a\n---\nusers:\n- name: b", id="two documents"),
        pytest.param("users:\n- name: >\n    a", id="a name over lines"),
        pytest.param("\n# nothing\n", id="nothing"),
    ],
)
def test_what_is_written_otherwise_is_not_read_at_all(host: SshHost, text: str) -> None:
    written(host, "/home/kim/.kube/config", text)

    (file,) = told(host).files

    assert file.unread
    with pytest.raises(KubeconfigError):
        list(held_in("web1", "", file))


def test_gke_s_hint_over_several_lines_is_read(host: SshHost) -> None:
    """As gcloud writes it."""
    text = """users:
- name: gke_corp_seoul_it
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: gke-gcloud-auth-plugin
      installHint: Install gke-gcloud-auth-plugin for use with kubectl by following
        https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl#install_plugin
      provideClusterInfo: true
"""
    written(host, "/home/kim/.kube/config", text)

    assert [each.other for found in held(host).values() for each in found] == ["a program (gke-gcloud-auth-plugin)"]


def test_homes_of_users_who_are_gone_are_looked_at_too(host: SshHost) -> None:
    host.do("mkdir -p /home/lee; chown 5150 /home/lee")
    written(host, "/home/lee/.kube/config", "users:\n- name: a\n  user:\n    password: x\n", owner="5150")

    (file,) = told(host).files

    assert (file.holder, file.uid, file.path) == ("lee", 5150, "/home/lee/.kube/config")


def test_other_files_of_that_folder_are_kubeconfigs_where_they_name_users(host: SshHost) -> None:
    text = "users:\n- name: a\n  user:\n    password: x\n"
    for path in ("prod.yaml", "more/dev", "cache/it", "http-cache/it", "more/below/it"):
        written(host, f"/home/kim/.kube/{path}", text)
    written(host, "/home/kim/.kube/kubectx", CANARY)

    assert [file.path for file in told(host).files] == ["/home/kim/.kube/more/dev", "/home/kim/.kube/prod.yaml"]


def test_a_link_leads_nowhere_that_its_user_may_not_read(host: SshHost) -> None:
    written(host, "/etc/kubernetes/keep", f"users:\n- name: {CANARY}\n", owner="root")
    host.do("chmod 600 /etc/kubernetes/keep; ln -sf /etc/kubernetes/keep /home/kim/.kube/config")

    (file,) = told(host).files

    assert (file.rows, bool(file.unread)) == ([], True)


def test_a_pipe_and_a_file_without_end_keep_nobody_waiting(host: SshHost) -> None:
    host.do("mkfifo /home/kim/.kube/a; ln -s /dev/zero /home/kim/.kube/b; chown -h kim /home/kim/.kube/*")

    assert [bool(file.unread) for file in told(host).files] == [True]


def test_what_lies_with_root_is_told_and_whether_everybody_may_read_it(host: SshHost) -> None:
    text = "users:\n- name: a\n  user:\n    password: x\n"
    for path, mode in (("admin.conf", "600"), ("super-admin.conf", "644")):
        written(host, f"/etc/kubernetes/{path}", text, owner="root")
        host.do('chmod "$2" "/etc/kubernetes/$1"', path, mode)

    found = [(file.holder, file.path, file.is_open) for file in told(host).files]

    assert found == [
        ("root", "/etc/kubernetes/admin.conf", False),
        ("root", "/etc/kubernetes/super-admin.conf", True),
    ]


def test_without_root_it_tells_nothing(host: SshHost) -> None:
    text = host.do('setpriv --reuid 65534 --clear-groups sh "$1" || true', str(COLLECT))

    assert text.endswith("refused it was not run as root\nend\n")
