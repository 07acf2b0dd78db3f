"""Kubeconfigs that were collected from machines: whose copies of what still lets in at a cluster."""

import base64
from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from demo.slapd import Tls
from offboarding.model import Account, AccountRef, Credential, Gap, Remedy, ScopeRead, Standing, Subject, SubjectKind
from offboarding.sources import kubernetes_cluster
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.kubernetes_cluster.kubeconfigs import read_collection
from tests.contract.source_contract import error_of, of, wrong
from tests.support import cases
from tests.systems.kubernetes_cluster.service import KubernetesPlace, KubernetesService, kubernetes_place
from tests.systems.kubernetes_cluster.written_kubeconfigs import NO_KEY, WrittenKubeconfigs, claims

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
ENDS = datetime(2027, 6, 1, tzinfo=UTC)
MASTERS = "system:masters"
ADMIN = "kubernetes-admin"


@pytest.fixture
def place(tls: Tls) -> Generator[KubernetesPlace]:
    """A cluster with a service account that may do something."""
    with kubernetes_place(tls) as found:
        found.kept.service_account("team", "robot")
        found.kept.bind("robot", role="view", service_account=("team", "robot"), namespace="team")
        yield found
        assert found.service.wrong == []


@pytest.fixture
def machine(tmp_path: Path) -> WrittenKubeconfigs:
    made = WrittenKubeconfigs(folder=tmp_path / "collected")
    made.write()
    return made


def told(place: KubernetesPlace, machine: WrittenKubeconfigs, **settings: Any) -> list[Account]:
    """What lies in kubeconfigs, or has been requested, by an inventory."""
    kinds = {"client certificate", "copy in a kubeconfig"}
    facts = place.source(**machine.settings, **settings).collect()
    return [each for each in of(Account, facts) if each.product in kinds]


def gaps(place: KubernetesPlace, machine: WrittenKubeconfigs) -> list[Gap]:
    return of(Gap, place.source(**machine.settings).collect())


def again(place: KubernetesPlace, machine: WrittenKubeconfigs, *accounts: Account, **given: Any) -> list[Any]:
    """A second look at these."""
    refs = [AccountRef(realm=each.realm, native_id=each.native_id, label=each.label, login="") for each in accounts]
    return list(place.source(**machine.settings, **given).detail(refs))


def uid_of(kept: KubernetesService, name: str = "robot") -> str:
    return kept.things["serviceaccounts"]["team", name]["metadata"]["uid"]


def why(facts: Sequence[Any]) -> str:
    """They can't be told."""
    return " ".join(wrong(facts))


def is_gone(facts: Sequence[Any]) -> bool:
    """That, by a whole look at it."""
    return not of(Account, facts) and not of(Credential, facts) and why(facts) == ""


# --- certificates -----------------------------------------------------------------------------------------------------


def test_a_certificate_in_a_home_is_told_though_its_request_is_long_gone(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.certificate("kim", place.kept.signed("kim", "team", ends=ENDS))

    (kim,) = told(place, machine)

    assert (kim.product, kim.login, kim.standing) == ("client certificate", "kim", Standing.WORKS)
    assert kim.standing_reason == "Kubernetes: signed for kim in team, until 2027-06-01 00:00 UTC"
    (credential,) = of(Credential, again(place, machine, kim))
    assert (credential.kind, credential.expires_at) == (SubjectKind.CERTIFICATE, ENDS)


def test_one_that_is_still_requested_is_told_once(place: KubernetesPlace, machine: WrittenKubeconfigs) -> None:
    made = place.kept.request("kim", "kim")
    machine.certificate("kim", base64.b64decode(made["status"]["certificate"]))

    assert [each.login for each in told(place, machine)] == ["kim"]


def test_a_certificate_of_another_cluster_is_none_of_this_one_s(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.certificate("kim", KubernetesService().signed("kim", MASTERS, ends=ENDS))

    assert told(place, machine) == []


def test_one_that_an_authority_below_signed_is_this_cluster_s_where_its_holder_sends_that_along(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    below = KubernetesService()
    signed, between = below.signed("kim", ends=ENDS, issuer="below"), place.kept.signed_authority(below, "below")
    machine.certificate("kim", signed, between)
    machine.certificate("lee", below.signed("lee", ends=ENDS, issuer="below"))

    assert [each.login for each in told(place, machine)] == ["kim"]


def test_a_certificate_that_says_it_is_an_authority_and_is_none_vouches_for_nothing(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    below = KubernetesService()
    between = place.kept.signed_authority(below, "below", is_one=False)
    machine.certificate("kim", below.signed("kim", ends=ENDS, issuer="below"), between)

    assert told(place, machine) == []


def test_a_certificate_works_until_it_ends_and_is_gone_then(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.certificate("kim", place.kept.signed("kim", ends=NOW + timedelta(days=1)))
    machine.at += timedelta(days=2)
    (kim,) = told(place, machine)
    machine.write()

    (later,) = of(Account, again(place, machine, kim, later=timedelta(days=2)))

    assert (kim.standing, later.standing) == (Standing.WORKS, Standing.DEAD)


def test_a_certificate_whose_file_is_gone_goes_on_until_it_ends(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    path = machine.certificate("kim", place.kept.signed("kim", ends=NOW + timedelta(days=1)))
    (kim,) = told(place, machine)
    machine.take_away(path)

    assert "nobody can revoke it" in why(again(place, machine, kim))
    machine.at += timedelta(days=2)
    machine.write()
    assert is_gone(again(place, machine, kim, later=timedelta(days=2)))


def test_a_certificate_is_gone_once_its_authority_is_replaced(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.certificate("kim", place.kept.signed("kim", ends=ENDS))
    machine.certificate("lee", place.kept.signed(ADMIN, MASTERS, ends=ENDS))
    before = told(place, machine)
    place.kept.replace_authority()

    assert [each.label.partition(", in ")[0].rpartition(" ")[2] for each in before] == ["kim", ADMIN, ADMIN]
    assert told(place, machine) == []
    assert all(is_gone(again(place, machine, each)) for each in before)


def test_a_copy_of_a_certificate_of_somebody_else_is_its_holder_s_and_as_good(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.certificate("kim", place.kept.signed(ADMIN, MASTERS, ends=ENDS))

    whole, copy = told(place, machine)

    assert (whole.login, whole.product) == (ADMIN, "client certificate")
    assert (copy.login, copy.standing, copy.has_own_login) == ("kim", Standing.WORKS, False)
    assert (copy.privileged, copy.privileged_by) == (True, f"group {MASTERS}")
    assert copy.label.endswith(f" of {ADMIN}, in /home/kim/.kube/config on web1")
    account, credential = again(place, machine, copy)[0], of(Credential, again(place, machine, copy))[0]
    assert account == copy
    assert (credential.kind, credential.expires_at) == (SubjectKind.CERTIFICATE, ENDS)


def test_a_copy_that_was_taken_away_ends_nothing_before_its_end(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    path = machine.certificate("kim", place.kept.signed(ADMIN, MASTERS, ends=NOW + timedelta(days=1)))
    _, copy = told(place, machine)
    machine.take_away(path)

    assert "that ends nothing" in why(again(place, machine, copy))
    machine.at += timedelta(days=2)
    machine.write()
    assert is_gone(again(place, machine, copy, later=timedelta(days=2)))


@pytest.mark.parametrize(
    ("holder", "uid", "key"),
    [
        pytest.param("root", 0, "      client-key-data: set", id="whoever administers the machine has it"),
        pytest.param("kim", 1001, NO_KEY, id="without its key nobody gets in by it"),
    ],
)
def test_where_it_is_nobody_s_copy(
    place: KubernetesPlace, machine: WrittenKubeconfigs, holder: str, uid: int, key: str
) -> None:
    machine.certificate(holder, place.kept.signed(ADMIN, MASTERS, ends=ENDS), uid=uid, key=key)

    assert [each.product for each in told(place, machine)] == ["client certificate"]


def test_the_holder_of_their_own_has_no_copy_whatever_stands_before_their_name(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.certificate("kim", place.kept.signed("corp:kim", ends=ENDS))

    assert [each.product for each in told(place, machine, username_prefixes=["corp:"])] == ["client certificate"]
    assert len(told(place, machine)) == 2


def test_a_system_s_user_is_a_workload(place: KubernetesPlace, machine: WrittenKubeconfigs) -> None:
    machine.certificate("jenkins", place.kept.signed(ADMIN, MASTERS, ends=ENDS), uid=112)
    machine.certificate("kim", place.kept.signed(ADMIN, MASTERS, ends=ENDS))

    found = {each.login: each.service_like for each in told(place, machine)}

    assert (found["jenkins"], found["kim"]) == (True, False)


def test_without_its_authorities_no_certificate_is_told_and_nobody_is_gone(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.certificate("kim", place.kept.signed("kim", ends=ENDS))
    (kim,) = told(place, machine)
    place.kept.forbid("configmaps", "get")

    facts = list(place.source(**machine.settings).collect())

    assert "Grant get on configmaps" in error_of(facts)
    assert "Grant get on configmaps" in why(again(place, machine, kim))


def test_an_api_server_that_names_no_authority_is_no_one_that_refuses_all(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.certificate("kim", place.kept.signed("kim", ends=ENDS))
    (kim,) = told(place, machine)
    place.kept.config_map("extension-apiserver-authentication", {})

    assert "names no client-ca-file" in why(again(place, machine, kim))


def test_without_kubeconfigs_no_config_map_is_asked_for(place: KubernetesPlace) -> None:
    list(place.source().collect())

    assert not [path for path, _ in place.kept.accepted if "configmaps" in path]


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_in_a_home_is_its_holder_s_and_whether_it_is_taken_is_unknown(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.token("kim", claims("robot", uid_of(place.kept), ends=ENDS))

    (copy,) = told(place, machine)

    assert (copy.login, copy.standing) == ("kim", Standing.UNKNOWN)
    assert copy.label == "token of team/robot, in /home/kim/.kube/config on web1"
    (credential,) = of(Credential, again(place, machine, copy))
    assert (credential.kind, credential.expires_at) == (SubjectKind.SERVICE_CREDENTIAL, ENDS)
    assert credential.standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(claims("robot", "another-uid", ends=ENDS), id="of another cluster's, or of one before"),
        pytest.param(claims("nobody", "another-uid", ends=ENDS), id="of one that isn't there"),
        pytest.param(claims("robot", "", ends=ENDS), id="that doesn't say whose it is"),
    ],
)
def test_a_token_of_no_service_account_here_is_nothing_here(
    place: KubernetesPlace, machine: WrittenKubeconfigs, said: dict[str, Any]
) -> None:
    machine.token("kim", said)

    assert told(place, machine) == []


def test_a_token_goes_on_without_its_file_until_its_service_account_is_another(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    path = machine.token("kim", claims("robot", uid_of(place.kept), ends=ENDS))
    (copy,) = told(place, machine)
    machine.take_away(path)

    assert "as long as its service account" in why(again(place, machine, copy))
    place.kept.delete("serviceaccounts", "team", "robot")
    place.kept.service_account("team", "robot")
    assert is_gone(again(place, machine, copy))


def test_a_token_that_has_ended_is_gone(place: KubernetesPlace, machine: WrittenKubeconfigs) -> None:
    machine.token("kim", claims("robot", uid_of(place.kept), ends=NOW - timedelta(minutes=1)))

    assert told(place, machine) == []


def test_a_secret_s_token_ends_with_its_secret(place: KubernetesPlace, machine: WrittenKubeconfigs) -> None:
    place.kept.token("team", "robot", "robot-token")
    machine.token("kim", claims("robot", uid_of(place.kept), secret="robot-token"))
    (copy,) = told(place, machine)
    place.kept.delete("secrets", "team", "robot-token")

    assert "it never ends" in copy.standing_reason
    assert is_gone(again(place, machine, copy))
    # Where Secrets aren't read, nobody tells that it's gone.
    assert of(Account, again(place, machine, copy, secrets=False)) == [copy]


def test_a_token_that_cannot_be_looked_up_is_not_gone(place: KubernetesPlace, machine: WrittenKubeconfigs) -> None:
    machine.token("kim", claims("robot", uid_of(place.kept), ends=ENDS))
    (copy,) = told(place, machine)
    place.kept.forbid("serviceaccounts", "get")

    assert "Grant get on serviceaccounts" in why(again(place, machine, copy))


# --- what can't be looked at ------------------------------------------------------------------------------------------


def test_what_else_lets_in_is_counted_and_said_to_be_looked_at_elsewhere(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.told("kim", "      token: other", "      password: set")
    machine.told("lee", "      exec:", '        command: "/usr/bin/aws"')

    (text,) = (each.text for each in gaps(place, machine) if "in kubeconfigs" in each.text)

    assert text.endswith(
        "3 ways in by a password, a program (aws), a token that is no service account's, at"
        " https://api.seoul-1.corp.example:6443"
    )


def test_a_file_that_every_user_may_read_is_red(place: KubernetesPlace, machine: WrittenKubeconfigs) -> None:
    path = machine.certificate("root", place.kept.signed(ADMIN, MASTERS, ends=ENDS), uid=0)
    machine.files[path].insert(2, "open")
    machine.write()

    (text,) = (each.text for each in gaps(place, machine) if each.red)

    assert f"web1: {path}: every user of the machine may read it" in text


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["unread it is not written as kubectl writes it"], id="written otherwise"),
        pytest.param(["row users: 7"], id="no kubeconfig"),
        pytest.param(["row users: [["], id="no YAML"),
        pytest.param(['row users: [{"name": a, user: {"client-certificate-data": ["MAA="]}}]'], id="no certificate"),
        pytest.param(['row users: [{"name": a, user: {"token": "eyJ"}}]'], id="no claims"),
    ],
)
def test_a_file_that_cannot_be_read_costs_itself_and_shows_nobody_gone(
    place: KubernetesPlace, machine: WrittenKubeconfigs, lines: list[str]
) -> None:
    path = machine.certificate("kim", place.kept.signed(ADMIN, MASTERS, ends=ENDS))
    machine.certificate("lee", place.kept.signed(ADMIN, MASTERS, ends=ENDS))
    copies = {each.login: each for each in told(place, machine)}
    machine.files[path] = ["home 1001 kim", f"file {path}", *lines]
    machine.write()

    assert sorted(each.login for each in told(place, machine)) == [ADMIN, "lee"]
    assert [path in each.text for each in gaps(place, machine) if each.red] == [True]
    assert path in why(again(place, machine, copies["kim"]))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        pytest.param(lambda file: file.unlink(), "there is no file web1", id="not there"),
        pytest.param(lambda file: file.write_text("offboarding kubeconfigs 1\n"), "was cut off", id="cut off"),
        pytest.param(lambda file: file.write_text(file.read_text().replace("2026", "2025")), "hours old", id="old"),
    ],
)
def test_a_machine_that_cannot_be_read_costs_itself_and_shows_nobody_gone(
    place: KubernetesPlace, machine: WrittenKubeconfigs, spoil: Any, says: str
) -> None:
    machine.certificate("kim", place.kept.signed(ADMIN, MASTERS, ends=ENDS))
    _, copy = told(place, machine)
    spoil(machine.folder / "web1")

    facts = list(place.source(**machine.settings).collect())

    assert [says in each.text for each in of(Gap, facts) if each.red] == [True]
    assert error_of(facts) == ""
    assert says in why(again(place, machine, copy))


def test_no_line_can_be_missing_in_between(machine: WrittenKubeconfigs) -> None:
    machine.told("kim", "      token: other")
    lines = (machine.folder / "web1").read_bytes().split(b"\n")

    for number in range(4, len(lines) - 2):
        with pytest.raises(CollectionError):
            read_collection(b"\n".join([*lines[:number], *lines[number + 1 :]]))


@pytest.mark.parametrize(
    "given",
    [
        {"kubeconfigs_folder": "somewhere"},
        {"kubeconfigs_machines": ["web1"]},
        {"kubeconfigs_folder": "somewhere", "kubeconfigs_machines": ["web1", "web1"]},
    ],
)
def test_a_folder_has_machines_each_of_them_once(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kubernetes_cluster.Settings.model_validate(
            {"name": "a", "kind": "kubernetes_cluster", "connection": "b"} | given
        )


# --- how it's ended ---------------------------------------------------------------------------------------------------


def steps(account: Account, credential: Credential, remedy: Remedy) -> str:
    subject = Subject(kind=credential.kind, native_id=credential.native_id, label=credential.label)
    return "\n".join(cases.steps(remedy, "kubernetes_cluster", account, subject))


def test_of_a_copy_it_is_said_what_ends_it_and_that_its_file_s_end_is_none(
    place: KubernetesPlace, machine: WrittenKubeconfigs
) -> None:
    machine.certificate("kim", place.kept.signed("it's admin", MASTERS, ends=ENDS))
    machine.token("lee", claims("robot", uid_of(place.kept), ends=ENDS))
    by_login = {each.login: each for each in told(place, machine) if each.product == "copy in a kubeconfig"}

    of_kim, of_lee = (
        steps(each, of(Credential, again(place, machine, each))[0], Remedy.DISABLE) for each in by_login.values()
    )

    assert "grep --fixed-strings -- 'it'\"'\"'s admin'" in of_kim
    assert "/home/kim/.kube/config on web1. That alone ends nothing" in of_kim
    assert "kubectl replace --force --filename=serviceaccount.yaml" in of_lee
    assert "kubectl --namespace=team get serviceaccount robot --output=yaml > serviceaccount.yaml" in of_lee
    assert "/home/lee/.kube/config on web1. That alone ends nothing" in of_lee


def test_scopes_are_told_after_what_they_cover(place: KubernetesPlace, machine: WrittenKubeconfigs) -> None:
    machine.certificate("kim", place.kept.signed(ADMIN, MASTERS, ends=ENDS))
    _, copy = told(place, machine)

    found = of(ScopeRead, again(place, machine, copy))

    assert [each.kinds for each in found] == [(SubjectKind.ACCOUNT,), (SubjectKind.CERTIFICATE,)]
