"""A Kubernetes cluster, beyond what every source must do: each way in which it could look shut or empty, and isn't."""

import base64
import shlex
import ssl
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from demo.slapd import Tls
from offboarding.interfaces import Chooser
from offboarding.model import (
    Account,
    AccountRef,
    Credential,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    Remedy,
    ScopeRead,
    Standing,
    Subject,
    SubjectKind,
)
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net.service import api
from offboarding.sources import kubernetes_cluster
from offboarding.sources.kubernetes_cluster import client
from offboarding.sources.kubernetes_cluster.answers import ObjectMeta
from offboarding.sources.kubernetes_cluster.certificates import CERTIFICATE, end_of
from offboarding.sources.kubernetes_cluster.connection import greet
from tests.contract.source_contract import error_of, of, sought, wrong
from tests.support import cases
from tests.support.described.server import Answered, Asked
from tests.systems.kubernetes_cluster.service import (
    CLUSTER,
    OF_BOOTSTRAP,
    OF_SERVICE_ACCOUNT,
    RBAC,
    READER,
    TOKEN,
    VALUE,
    KubernetesPlace,
    description,
    documented,
    kubernetes_place,
    limited,
)

pytestmark = pytest.mark.slow

CORE, CERTIFICATES = "", "certificates.k8s.io"
KIM = "kim@corp.example"
ROBOT = "system:serviceaccount:team:robot"
LAST_USED, INVALID = "kubernetes.io/legacy-token-last-used", "kubernetes.io/legacy-token-invalid-since"
PRE_X509 = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
MASTERS, EVERYBODY = "system:masters", "system:authenticated"


@pytest.fixture
def place(tls: Tls) -> Generator[KubernetesPlace]:
    """Kim is named by a binding; robot is a service account with a token in a Secret, and idle one with nothing."""
    with kubernetes_place(tls) as found:
        kept = found.kept
        kept.bind("kim", role="view", user=KIM)
        kept.service_account("team", "robot")
        kept.service_account("team", "idle")
        kept.token("team", "robot", "robot-token")
        kept.bind("robot", role="view", service_account=("team", "robot"), namespace="team")
        yield found
        assert found.service.wrong == []


def ref(account: Account) -> AccountRef:
    return AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login=account.login)


def looked_at(place: KubernetesPlace, *labels: str, **settings: Any) -> list[Any]:
    """A second look at those that an inventory tells."""
    accounts = place.accounts(**settings)
    return list(place.source(**settings).detail([ref(accounts[label]) for label in labels]))


def again(place: KubernetesPlace, *accounts: Account) -> list[Any]:
    """A second look at these."""
    return list(place.source().detail([ref(each) for each in accounts]))


def only(facts: Sequence[Any]) -> Account:
    (account,) = of(Account, facts)
    return account


def of_kim(place: KubernetesPlace) -> Account:
    """Kim's certificate, of whoever has one."""
    (found,) = (each for each in place.accounts().values() if each.product == "client certificate")
    return found


# --- authorised isn't authenticated -----------------------------------------------------------------------------------


def test_a_user_that_a_binding_names_is_authorised_and_whether_they_get_in_is_unknown(place: KubernetesPlace) -> None:
    kim = place.accounts()[KIM]

    assert kim.standing is Standing.UNKNOWN
    assert "ClusterRoleBinding kim" in kim.standing_reason
    assert kim.has_own_login
    assert kim.created_at is None
    assert only(looked_at(place, KIM)) == kim


def test_a_user_that_no_binding_names_any_more_is_gone(place: KubernetesPlace) -> None:
    kim = place.accounts()[KIM]
    place.kept.delete("clusterrolebindings", "", "kim")

    facts = again(place, kim)

    assert facts == [ScopeRead(realm=kim.realm, scope=kim.native_id, kinds=(SubjectKind.ACCOUNT,))]
    assert KIM not in place.accounts()


def test_a_user_is_named_in_any_namespace_and_by_several_bindings(place: KubernetesPlace) -> None:
    place.kept.bind("also", role="view", user=KIM, namespace="team")
    place.kept.delete("clusterrolebindings", "", "kim")

    assert "RoleBinding team/also" in place.accounts()[KIM].standing_reason


def test_a_group_is_no_account_and_who_is_in_a_privileged_one_is_said_not_to_be_told(place: KubernetesPlace) -> None:
    place.kept.bind("platform", role="cluster-admin", group="platform-admins")
    place.kept.bind("readers", role="view", group="readers")

    facts = list(place.source().collect())

    assert "platform-admins" not in {each.label for each in of(Account, facts)}
    (gap,) = of(Gap, facts)
    assert "groups that are privileged here: platform-admins, system:masters" in gap.text
    assert "readers" not in gap.text
    assert not gap.red


def test_names_bear_prefixes_that_are_declared(place: KubernetesPlace) -> None:
    place.kept.bind("lee", role="view", user="oidc:lee")

    assert place.accounts()["oidc:lee"].login == "oidc:lee"
    lee = place.accounts(username_prefixes=["oidc:"])["oidc:lee"]

    assert lee.login == "lee"
    assert [key.value for key in lee.keys] == ["lee", "oidc:lee"]
    assert lee.native_id == "user/oidc:lee"


def test_the_cluster_s_own_names_are_told_and_no_person_s(place: KubernetesPlace) -> None:
    """Whoever may bind could hide behind one."""
    place.kept.bind("hidden", role="cluster-admin", user="system:backdoor")

    found = place.accounts()["system:backdoor"]

    assert found.service_like
    assert found.privileged
    assert not place.accounts()[KIM].service_like


def test_a_binding_that_cannot_be_read_leaves_nobody_gone_and_nothing_shut(place: KubernetesPlace) -> None:
    place.kept.bind("odd", role="view", user="odd")["subjects"][0]["kind"] = "Robot"
    accounts = place.accounts()
    gone = AccountRef(realm=accounts[KIM].realm, native_id="user/lee", label="lee", login="lee")

    facts = list(place.source().detail([gone, ref(accounts["system:serviceaccount:team:idle"])]))

    assert "subjects.0.kind is wrong" in error_of(list(place.source().collect()))
    assert "subjects.0.kind is wrong" in "".join(wrong(facts))
    assert only(facts).standing is Standing.UNKNOWN
    assert only(facts).privileged is None


def test_the_realm_is_the_cluster_s_own_id(place: KubernetesPlace) -> None:
    assert {each.realm for each in place.accounts().values()} == {f"kubernetes:{CLUSTER}"}


# --- service accounts -------------------------------------------------------------------------------------------------


def test_a_service_account_that_a_binding_names_may_have_tokens_that_nobody_can_list(place: KubernetesPlace) -> None:
    accounts = place.accounts()

    assert accounts[ROBOT].standing is Standing.UNKNOWN
    assert accounts[ROBOT].standing_reason.endswith("tokens that were asked for can't be listed")
    assert accounts["system:serviceaccount:team:idle"].standing is Standing.DEAD
    assert accounts[ROBOT].service_like


@pytest.mark.parametrize("group", ("system:serviceaccounts", "system:serviceaccounts:team", EVERYBODY))
def test_a_service_account_is_given_what_its_groups_are(place: KubernetesPlace, group: str) -> None:
    place.kept.bind("all", role="view", group=group)

    assert place.accounts()["system:serviceaccount:team:idle"].standing is Standing.UNKNOWN


@pytest.mark.parametrize("group", ("system:serviceaccounts:other", "team", MASTERS))
def test_it_is_given_nothing_of_others(place: KubernetesPlace, group: str) -> None:
    place.kept.bind("all", role="view", group=group)

    assert place.accounts()["system:serviceaccount:team:idle"].standing is Standing.DEAD


def test_what_every_cluster_gives_to_everybody_is_nothing_as_long_as_it_gives_no_more(place: KubernetesPlace) -> None:
    place.kept.role("system:basic-user", ("authorization.k8s.io", "selfsubjectaccessreviews", "create"))
    place.kept.bind("basic", role="system:basic-user", group=EVERYBODY)
    idle = "system:serviceaccount:team:idle"
    assert place.accounts()[idle].standing is Standing.DEAD

    place.kept.role("system:basic-user", (CORE, "configmaps", "get"))

    assert place.accounts()[idle].standing is Standing.UNKNOWN


def test_a_role_in_a_namespace_that_is_only_called_so_is_something(place: KubernetesPlace) -> None:
    place.kept.role("system:discovery", (CORE, "pods", "create"), namespace="kube-system")
    place.kept.bind("own", role="system:discovery", kind="Role", group=EVERYBODY, namespace="kube-system")

    idle = place.accounts()["system:serviceaccount:team:idle"]

    assert (idle.standing, idle.privileged) == (Standing.UNKNOWN, True)


def test_it_is_named_as_a_user_too(place: KubernetesPlace) -> None:
    place.kept.bind("idle", role="view", user="system:serviceaccount:team:idle")

    accounts = place.accounts()

    assert accounts["system:serviceaccount:team:idle"].standing is Standing.UNKNOWN
    assert not [each for each in accounts.values() if each.native_id.startswith("user/system:serviceaccount:")]


def test_its_namespace_is_its_binding_s_where_none_is_said(place: KubernetesPlace) -> None:
    place.kept.bind("idle", role="view", service_account=("", "idle"), namespace="team")

    assert place.accounts()["system:serviceaccount:team:idle"].standing is Standing.UNKNOWN


def test_a_token_in_a_secret_works_and_never_ends(place: KubernetesPlace) -> None:
    facts = looked_at(place, ROBOT)

    (token,) = of(Credential, facts)
    assert (token.standing, token.kind) == (Standing.WORKS, SubjectKind.SERVICE_CREDENTIAL)
    assert token.label == "token in Secret team/robot-token"
    assert token.created_at == datetime(2020, 3, 1, 9, tzinfo=UTC)
    assert (token.expires_at, token.last_used_at) == (None, None)
    assert wrong(facts) == set()


def test_its_last_use_is_told_by_the_day_of_which_it_was_used_no_earlier(place: KubernetesPlace) -> None:
    place.kept.token("team", "robot", "used", labels={LAST_USED: "2026-11-20"})
    place.kept.token("team", "robot", "odd", labels={LAST_USED: "yesterday"})

    used = {each.label.rpartition("/")[2]: each.last_used_at for each in of(Credential, looked_at(place, ROBOT))}

    assert used == {"robot-token": None, "used": datetime(2026, 11, 20, tzinfo=UTC), "odd": None}


def test_a_token_that_is_refused_is_dead_can_be_let_in_again_and_its_last_use_was_a_try(place: KubernetesPlace) -> None:
    labels = {INVALID: "2026-10-01", LAST_USED: "2026-11-23"}
    place.kept.token("team", "robot", "robot-token", labels=labels)

    (token,) = of(Credential, looked_at(place, ROBOT))

    assert token.standing is Standing.DEAD
    assert token.can_reactivate
    assert token.last_used_at is None


def test_a_token_of_another_service_account_or_of_an_older_one_of_the_name_is_none_of_its(
    place: KubernetesPlace,
) -> None:
    place.kept.token("team", "idle", "of-another")
    place.kept.service_account("other", "robot")
    place.kept.token("other", "robot", "elsewhere")
    place.kept.token("team", "robot", "older", annotations={"kubernetes.io/service-account.uid": "another"})

    assert [each.label for each in of(Credential, looked_at(place, ROBOT))] == ["token in Secret team/robot-token"]


def test_a_secret_that_the_cluster_has_not_filled_yet_is_not_said_to_hold_a_token(place: KubernetesPlace) -> None:
    name = "kubernetes.io/service-account.name"
    place.kept.secret("team", "robot-token", OF_SERVICE_ACCOUNT, {name: "robot"})

    (token,) = of(Credential, looked_at(place, ROBOT))

    assert token.standing is Standing.UNKNOWN


def test_a_deleted_service_account_takes_its_tokens_along(place: KubernetesPlace) -> None:
    robot = place.accounts()[ROBOT]
    place.kept.delete("serviceaccounts", "team", "robot")

    (scope,) = again(place, robot)

    assert scope == ScopeRead(
        realm=robot.realm,
        scope=robot.native_id,
        kinds=(SubjectKind.ACCOUNT, SubjectKind.SERVICE_CREDENTIAL),
    )


def test_another_service_account_of_the_name_is_another(place: KubernetesPlace) -> None:
    robot = place.accounts()[ROBOT]
    place.kept.delete("serviceaccounts", "team", "robot")
    place.kept.service_account("team", "robot")
    place.kept.token("team", "robot", "robot-token")

    (scope,) = again(place, robot)

    assert (scope.scope, scope.error) == (robot.native_id, "")
    assert place.accounts()[ROBOT].native_id != robot.native_id


def test_a_secret_of_another_type_is_no_token_whatever_its_annotations_say(place: KubernetesPlace) -> None:
    real = place.kept.things["secrets"]["team", "robot-token"]["metadata"]["annotations"]
    place.kept.secret("team", "looks-like-one", "Opaque", {**real, "owner": KIM})

    assert [each.label for each in of(Credential, looked_at(place, ROBOT))] == ["token in Secret team/robot-token"]
    assert KIM not in {key.value for key in place.accounts()[ROBOT].keys}


def test_annotations_and_labels_name_owners_of_it_and_of_its_tokens(place: KubernetesPlace) -> None:
    place.kept.service_account("team", "owned", annotations={"corp.example/Owner": KIM}, labels={"owner": "1042"})
    place.kept.token("team", "owned", "lees", annotations={"owner": "lee", "team": "platform"})

    keys = place.accounts()["system:serviceaccount:team:owned"].keys

    owners = {(key.kind, key.value, key.name) for key in keys if key.origin is IdentityKeyOrigin.OWNER}
    assert owners == {
        (IdentityKeyKind.MAIL, KIM, "annotation corp.example/Owner of the service account"),
        (IdentityKeyKind.NUMBER, "1042", "label owner of the service account"),
        (IdentityKeyKind.LOGIN, "1042", "label owner of the service account"),
        (IdentityKeyKind.LOGIN, "lee", "annotation owner of Secret lees"),
    }
    assert only(looked_at(place, "system:serviceaccount:team:owned")).keys == keys


def test_a_field_s_manager_made_nothing(place: KubernetesPlace) -> None:
    assert {each.created_by for each in place.accounts().values()} == {""}


def test_whoever_reads_is_the_checker_s_own(place: KubernetesPlace) -> None:
    assert [each.label for each in place.accounts().values() if each.is_reader] == [READER]


# --- values of Secrets ------------------------------------------------------------------------------------------------


def test_of_secrets_metadata_alone_is_asked_for_and_of_two_types(place: KubernetesPlace) -> None:
    place.kept.secret("team", "password", "Opaque", {"owner": KIM})

    looked_at(place, ROBOT)

    asked = [form for path, form in place.kept.accepted if path.endswith("/secrets")]
    assert set(asked) == {"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
    assert len(asked) == 3


def test_a_secret_that_cannot_be_read_leaves_no_token_gone(place: KubernetesPlace) -> None:
    robot = place.accounts()[ROBOT]
    place.kept.spoils = lambda answer: (
        {**answer, "items": [{"kind": "PartialObjectMetadata"}]}
        if "items" in answer and "Partial" in answer["kind"]
        else answer
    )

    (scope,) = again(place, robot)
    place.service.wrong.clear()

    assert "secrets: one can't be read, whose metadata is wrong" in scope.error


def test_what_an_annotation_holds_of_a_secret_as_it_was_applied_is_told_nowhere(place: KubernetesPlace) -> None:
    applied = {"kubectl.kubernetes.io/last-applied-configuration": f'{{"data":{{"token":"{VALUE}"}}}}'}
    place.kept.token("team", "robot", "applied", annotations=applied)
    place.kept.secret("kube-system", "bootstrap-token-abcdef", OF_BOOTSTRAP, applied)

    facts = [*place.source().collect(), *looked_at(place, ROBOT, "bootstrap-token-abcdef in kube-system")]

    assert len(of(Credential, facts)) == 2
    assert VALUE not in repr(facts)
    kept = ObjectMeta.model_validate({"name": "it", "uid": "1", "annotations": {**applied, "owner": "kim"}})
    assert kept.annotations == {"owner": "kim"}


def test_a_server_that_answers_whole_secrets_is_refused_and_nothing_of_them_is_told(place: KubernetesPlace) -> None:
    place.kept.shows_all = True

    facts = list(place.source().collect())

    assert "serviceaccounts: not Kubernetes's answer" in error_of(facts)
    assert VALUE not in repr(facts)


def test_without_secrets_the_others_are_told_and_each_run_says_so(place: KubernetesPlace) -> None:
    place.kept.forbid("secrets")
    place.kept.secret("kube-system", "bootstrap-token-abcdef", OF_BOOTSTRAP)

    facts = list(place.source(secrets=False).collect())
    looked = looked_at(place, ROBOT, secrets=False)

    assert error_of(facts) == ""
    assert "tokens in Secrets, since secrets is off" in of(Gap, facts)[0].text
    assert of(Credential, looked) == []
    assert {kind for scope in of(ScopeRead, looked) for kind in scope.kinds} == {SubjectKind.ACCOUNT}
    assert not [path for path, _ in place.kept.accepted if path.endswith("/secrets")]


def test_a_bootstrap_token_is_told_and_whether_it_works_is_not(place: KubernetesPlace) -> None:
    place.kept.secret("kube-system", "bootstrap-token-abcdef", OF_BOOTSTRAP, {"owner": "kim"})
    place.kept.secret("team", "bootstrap-token-ghijkl", OF_BOOTSTRAP)
    label = "bootstrap-token-abcdef in kube-system"

    found = place.accounts()[label]

    assert found.standing is Standing.UNKNOWN
    assert [key.value for key in found.keys] == ["kim"]
    assert only(looked_at(place, label)) == found
    assert "bootstrap-token-ghijkl in team" not in place.accounts()

    place.kept.delete("secrets", "kube-system", "bootstrap-token-abcdef")
    (scope,) = again(place, found)
    assert (scope.kinds, scope.error) == ((SubjectKind.ACCOUNT,), "")


# --- client certificates ----------------------------------------------------------------------------------------------


def test_a_client_certificate_works_until_it_ends_whatever_becomes_of_bindings(place: KubernetesPlace) -> None:
    place.kept.request("kims", KIM, "dev", days=300)
    place.kept.delete("clusterrolebindings", "", "kim")

    found = of_kim(place)
    facts = again(place, found)

    assert found.standing is Standing.WORKS
    assert not found.has_own_login
    assert found.standing_reason == f"Kubernetes: signed for {KIM} in dev, until 2027-09-20 16:00 UTC"
    assert KIM in {key.value for key in found.keys}
    (certificate,) = of(Credential, facts)
    assert (certificate.kind, certificate.standing) == (SubjectKind.CERTIFICATE, Standing.WORKS)
    assert certificate.expires_at == datetime(2027, 9, 20, 16, tzinfo=UTC)
    assert only(facts) == found


def test_one_that_has_ended_is_dead(place: KubernetesPlace) -> None:
    place.kept.request("kims", KIM, days=-1)

    found = of_kim(place)

    assert found.standing is Standing.DEAD
    assert of(Credential, again(place, found))[0].standing is Standing.DEAD


def test_one_whose_request_the_cluster_deleted_goes_on_and_is_not_called_gone(place: KubernetesPlace) -> None:
    place.kept.request("kims", KIM, days=1)
    place.kept.request("lees", "lee", days=-1)
    kim, lee = sorted(
        (each for each in place.accounts().values() if each.product == "client certificate"),
        key=lambda each: each.login,
    )
    for name in ("kims", "lees"):
        place.kept.delete("certificatesigningrequests", "", name)

    of_one, of_other = again(place, kim, lee)

    assert "goes on until 2026-11-25 16:00 UTC: nobody can revoke it" in of_one.error
    assert of_other.error == "", "it has ended, and for good"
    assert of_one.kinds == of_other.kinds == (SubjectKind.ACCOUNT, SubjectKind.CERTIFICATE)


def test_one_in_system_masters_is_privileged_and_no_binding_makes_it_so(place: KubernetesPlace) -> None:
    for name in [name for _, name in place.kept.things["clusterrolebindings"]]:
        if name == "cluster-admin":
            place.kept.delete("clusterrolebindings", "", name)
    place.kept.request("kims", KIM, MASTERS)

    found = of_kim(place)

    assert (found.privileged, found.privileged_by) == (True, "group system:masters")


def test_one_is_privileged_by_the_groups_that_it_bears(place: KubernetesPlace) -> None:
    place.kept.bind("platform", role="cluster-admin", group="platform")
    place.kept.request("kims", KIM, "dev", "platform")

    assert of_kim(place).privileged
    place.kept.request("kims", KIM, "dev")
    assert of_kim(place).privileged is False


def test_who_asked_for_it_is_who_made_it_where_that_is_somebody_else(place: KubernetesPlace) -> None:
    place.kept.request("hidden", "robot-2", by=KIM)
    assert of_kim(place).created_by == KIM

    place.kept.delete("certificatesigningrequests", "", "hidden")
    place.kept.request("kims", KIM)
    assert of_kim(place).created_by == ""


@pytest.mark.parametrize(
    "signer", ("kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving", "corp.example/mesh")
)
def test_what_the_api_server_takes_of_nobody_else_is_no_client_certificate(place: KubernetesPlace, signer: str) -> None:
    place.kept.request("node", "system:node:one", "system:nodes", signer=signer)

    facts = list(place.source().collect())

    assert not [each for each in of(Account, facts) if each.product == "client certificate"]
    assert error_of(facts) == ""


def test_a_request_that_nobody_signed_is_nothing_and_a_nameless_certificate_lets_nobody_in(
    place: KubernetesPlace,
) -> None:
    place.kept.request("waits", KIM, status={})
    place.kept.request("nameless", "", "dev")

    facts = list(place.source().collect())

    assert not [each for each in of(Account, facts) if each.product == "client certificate"]
    assert error_of(facts) == ""


@pytest.mark.parametrize("certificate", (VALUE, base64.b64encode(PRE_X509).decode()))
def test_a_certificate_that_cannot_be_read_leaves_nobody_gone(place: KubernetesPlace, certificate: str) -> None:
    place.kept.request("kims", KIM)
    found = of_kim(place)
    place.kept.request("kims", KIM, status={"certificate": certificate})

    assert "holds no certificate that can be read" in error_of(list(place.source().collect()))
    (scope,) = again(place, found)
    assert "holds no certificate that can be read" in scope.error


# --- who is privileged ------------------------------------------------------------------------------------------------


ESCALATES = [
    pytest.param([("*", "*", "*")], True, id="everything"),
    pytest.param([(RBAC, "clusterroles", "escalate,update")], True, id="roles of any kind"),
    pytest.param([(RBAC, "clusterroles", "escalate"), (RBAC, "clusterroles", "patch")], True, id="of two rules"),
    pytest.param([(RBAC, "clusterroles", "escalate")], False, id="and may change none"),
    pytest.param([(RBAC, "clusterroles", "bind"), (RBAC, "clusterrolebindings", "create")], True, id="binds any"),
    pytest.param([(RBAC, "clusterroles", "bind"), (RBAC, "clusterrolebindings", "patch")], True, id="adds to one"),
    pytest.param([(RBAC, "clusterroles", "bind")], False, id="and may make no binding"),
    pytest.param([(CORE, "users", "impersonate")], True, id="is any user"),
    pytest.param([(CORE, "groups", "impersonate")], True, id="is in any group"),
    pytest.param([(CORE, "serviceaccounts", "impersonate")], True, id="is any service account"),
    pytest.param([(CORE, "secrets", "list")], True, id="lists Secrets"),
    pytest.param([(CORE, "secrets", "get")], True, id="gets Secrets"),
    pytest.param([(CORE, "secrets", "watch")], True, id="watches Secrets"),
    pytest.param([(CORE, "secrets", "create")], False, id="makes Secrets"),
    pytest.param([(CORE, "serviceaccounts/token", "create")], True, id="asks for tokens"),
    pytest.param([(CORE, "*/token", "create")], True, id="asks for tokens of anything"),
    pytest.param([(CORE, "serviceaccounts", "create")], False, id="makes service accounts"),
    pytest.param([(CORE, "pods", "create")], True, id="runs anything"),
    pytest.param([("apps", "deployments", "create")], True, id="runs anything by a deployment"),
    pytest.param([("apps", "deployments", "patch")], True, id="makes a deployment another"),
    pytest.param([("apps", "deployments/scale", "patch")], False, id="makes it larger"),
    pytest.param([(CORE, "pods", "update")], True, id="gives a pod another image"),
    pytest.param([("batch", "*", "create")], True, id="runs anything by a job"),
    pytest.param([(CORE, "pods/exec", "create")], True, id="runs anything in what runs"),
    pytest.param([(CORE, "pods/log", "get")], False, id="reads what it prints"),
    pytest.param([(CORE, "pods/exec", "get")], None, id="runs it before Kubernetes 1.35"),
    pytest.param([(CORE, "nodes/proxy", "create")], True, id="asks nodes"),
    pytest.param([(CORE, "nodes/proxy", "get")], True, id="gets from nodes, which runs anything there"),
    pytest.param([("admissionregistration.k8s.io", "*webhookconfigurations", "create")], False, id="no pattern"),
    pytest.param([("admissionregistration.k8s.io", "*", "create")], True, id="sees all that is written"),
    pytest.param([("admissionregistration.k8s.io", "*", "patch")], True, id="has a webhook lead elsewhere"),
    pytest.param([("apps", "pods", "create")], False, id="pods of another group"),
    pytest.param(
        [(CERTIFICATES, "certificatesigningrequests/approval", "update"), (CERTIFICATES, "signers", "approve")],
        True,
        id="approves certificates",
    ),
    pytest.param([(CORE, "pods,configmaps", "get,list,watch")], False, id="reads"),
]


@pytest.mark.parametrize(("rules", "privileged"), ESCALATES)
def test_whoever_may_give_themselves_the_rest_is_privileged(
    place: KubernetesPlace, rules: list[tuple[str, str, str]], privileged: bool | None
) -> None:
    place.kept.role("given", *rules)
    place.kept.bind("idle", role="given", service_account=("team", "idle"))

    found = place.accounts()["system:serviceaccount:team:idle"]

    assert found.privileged is privileged
    assert found.privileged_by == ("role given" if privileged else "")


@pytest.mark.parametrize(
    ("rules", "privileged"),
    [each.values for each in ESCALATES if each.id in {"everything", "is any user", "runs anything"}],
)
def test_in_a_namespace_alone_it_makes_nobody_privileged_but_in_kube_system(
    place: KubernetesPlace, rules: list[tuple[str, str, str]], privileged: bool
) -> None:
    del privileged
    place.kept.role("given", *rules)
    place.kept.bind("here", role="given", service_account=("team", "idle"), namespace="team")
    label = "system:serviceaccount:team:idle"
    assert place.accounts()[label].privileged is False

    place.kept.bind("there", role="given", service_account=("team", "idle"), namespace="kube-system")

    assert place.accounts()[label].privileged is (rules[0][1] != "users")


@pytest.mark.parametrize(
    "rules",
    [
        [(CORE, "serviceaccounts", "impersonate")],
        [(RBAC, "roles", "escalate,update")],
        [(RBAC, "clusterroles", "bind"), (RBAC, "rolebindings", "create")],
    ],
    ids=["is a controller", "roles of any kind", "binds any"],
)
def test_whoever_rules_kube_system_runs_what_they_like_there(
    place: KubernetesPlace, rules: list[tuple[str, str, str]]
) -> None:
    place.kept.role("given", *rules)
    place.kept.bind("here", role="given", service_account=("team", "idle"), namespace="team")
    assert place.accounts()["system:serviceaccount:team:idle"].privileged is False

    place.kept.bind("there", role="given", service_account=("team", "idle"), namespace="kube-system")

    assert place.accounts()["system:serviceaccount:team:idle"].privileged


@pytest.mark.parametrize("rule", [(CORE, "secrets", "get"), (CORE, "secrets", "list"), (CORE, "pods/exec", "get")])
def test_whoever_reads_secrets_of_kube_system_may_come_by_a_controllers_token(
    place: KubernetesPlace, rule: tuple[str, str, str]
) -> None:
    place.kept.role("given", rule)
    place.kept.bind("here", role="given", service_account=("team", "idle"), namespace="team")
    assert place.accounts()["system:serviceaccount:team:idle"].privileged is False

    place.kept.bind("there", role="given", service_account=("team", "idle"), namespace="kube-system")

    assert place.accounts()["system:serviceaccount:team:idle"].privileged is None


def test_cluster_admin_of_a_namespace_is_no_cluster_admin(place: KubernetesPlace) -> None:
    place.kept.bind("here", role="cluster-admin", service_account=("team", "idle"), namespace="team")

    assert place.accounts()["system:serviceaccount:team:idle"].privileged is False


def test_a_role_of_any_other_namespace_is_not_even_asked_for(place: KubernetesPlace) -> None:
    place.kept.bind("here", role="anything", kind="Role", service_account=("team", "idle"), namespace="team")

    assert place.accounts()["system:serviceaccount:team:idle"].privileged is False
    assert not [each for each in place.service.asked if each.endswith("/roles")]


def test_a_role_that_cannot_be_read_leaves_unknown_what_it_gives(place: KubernetesPlace) -> None:
    place.kept.bind("idle", role="view", service_account=("team", "idle"))
    odd = place.kept.things["clusterroles"]["", "view"]
    place.kept.spoils = lambda answer: (
        {**answer, "items": [{**odd, "rules": [{"verbs": "get"}]}]} if answer["kind"] == "ClusterRoleList" else answer
    )

    found = place.accounts()["system:serviceaccount:team:idle"]
    place.service.wrong.clear()

    assert found.privileged is None


def test_a_role_of_kube_system_counts_there(place: KubernetesPlace) -> None:
    place.kept.role("runs", (CORE, "pods", "create"), namespace="kube-system")
    place.kept.bind("runs", role="runs", kind="Role", service_account=("team", "idle"), namespace="kube-system")

    assert place.accounts()["system:serviceaccount:team:idle"].privileged


def test_a_role_that_is_not_there_gives_nothing(place: KubernetesPlace) -> None:
    place.kept.bind("idle", role="deleted", service_account=("team", "idle"))

    assert place.accounts()["system:serviceaccount:team:idle"].privileged is False


@pytest.mark.parametrize(
    ("rule", "privileged"),
    [
        ((RBAC, "clusterroles,clusterrolebindings", "bind,create"), None),
        ((RBAC, "clusterroles", "escalate,update"), None),
        ((CORE, "users", "impersonate"), None),
        ((CORE, "serviceaccounts/token", "create"), None),
        (("apps", "deployments", "patch"), None),
        (("apps", "deployments", "create"), False),
        ((CORE, "secrets", "get"), None),
        ((CORE, "secrets", "list"), None),
        ((CORE, "secrets", "create"), False),
    ],
)
def test_what_is_allowed_for_some_names_may_be_as_good_as_all(
    place: KubernetesPlace, rule: tuple[str, str, str], privileged: bool | None
) -> None:
    """What is made has no name yet: a rule for some names lets nobody make anything."""
    place.kept.role("given", rule, names=("some",))
    place.kept.role("makes", (RBAC, "clusterrolebindings", "create"))
    for role in ("given", "makes"):
        place.kept.bind(role, role=role, service_account=("team", "idle"))

    assert place.accounts()["system:serviceaccount:team:idle"].privileged is privileged


def test_whoever_is_cluster_admin_is_privileged_and_of_other_users_it_is_not_known(place: KubernetesPlace) -> None:
    """Which groups somebody is in, their authenticator says."""
    place.kept.bind("admins", role="cluster-admin", user="ann")

    accounts = place.accounts()

    assert (accounts["ann"].privileged, accounts["ann"].privileged_by) == (
        True,
        "role cluster-admin by ClusterRoleBinding admins",
    )
    assert accounts[KIM].privileged is None


def test_what_everybody_is_given_makes_everybody_privileged(place: KubernetesPlace) -> None:
    place.kept.bind("oops", role="cluster-admin", group=EVERYBODY)

    assert {each.privileged for each in place.accounts().values()} == {True}


def test_policy_names_roles_and_groups_that_are_privileged(place: KubernetesPlace) -> None:
    place.kept.role("prod-deploy", (CORE, "configmaps", "get"))
    place.kept.bind("idle", role="prod-deploy", service_account=("team", "idle"), namespace="team")
    place.kept.request("kims", KIM, "sre")

    accounts = place.accounts(privileged=("prod-*", "SRE"))

    assert accounts["system:serviceaccount:team:idle"].privileged
    assert [each.privileged for each in accounts.values() if each.product == "client certificate"] == [True]


def test_without_roles_who_is_privileged_is_not_checked_but_for_cluster_admin(place: KubernetesPlace) -> None:
    place.kept.bind("admins", role="cluster-admin", service_account=("team", "idle"))
    place.kept.bind("robot", role="view", service_account=("team", "robot"))
    place.kept.forbid("clusterroles")

    facts = list(place.source().collect())
    accounts = {each.label: each for each in of(Account, facts)}

    assert accounts["system:serviceaccount:team:idle"].privileged
    assert accounts[ROBOT].privileged is None
    # What system:discovery gives to everybody isn't told then either.
    assert {each.standing for each in accounts.values() if each.product == "service account"} == {Standing.UNKNOWN}
    assert error_of(facts) == ""


# --- lists ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def paged(monkeypatch: pytest.MonkeyPatch, place: KubernetesPlace) -> KubernetesPlace:
    """In pages of two."""
    monkeypatch.setattr(client, "PAGE_SIZE", 2)
    for number in range(5):
        place.kept.bind(f"more{number}", role="view", user=f"more{number}")
    return place


def test_a_list_is_read_to_its_last_page(paged: KubernetesPlace) -> None:
    assert {f"more{number}" for number in range(5)} | {KIM} <= set(paged.accounts())


def test_its_pages_are_of_one_moment(paged: KubernetesPlace) -> None:
    """Whoever is deleted meanwhile moves nobody onto a page that was read."""
    paged.kept.between_pages = lambda: paged.kept.delete("clusterrolebindings", "", "kim")

    assert {f"more{number}" for number in range(5)} | {KIM} <= set(paged.accounts())


def test_a_list_that_the_server_forgot_is_read_anew(paged: KubernetesPlace) -> None:
    paged.kept.forgets = client.MOST_BEGINNINGS - 1

    facts = list(paged.source().collect())

    assert error_of(facts) == ""
    labels = [each.label for each in of(Account, facts)]
    assert {f"more{number}" for number in range(5)} <= set(labels)
    assert len(labels) == len(set(labels))


def test_one_that_it_forgets_each_time_shows_nobody_gone(paged: KubernetesPlace) -> None:
    paged.kept.forgets = 1000
    kim = AccountRef(realm=f"kubernetes:{CLUSTER}", native_id=f"user/{KIM}", label=KIM, login=KIM)

    facts = list(paged.source().collect())

    assert "3 times the server forgot the list" in error_of(facts)
    assert "3 times the server forgot the list" in "".join(wrong(list(paged.source().detail([kim]))))
    with pytest.raises(FatalError, match="forgot the list"):
        list(paged.source().collect_for(sought(KIM), []))


def test_what_goes_wrong_on_the_way_shows_nobody_gone(place: KubernetesPlace) -> None:
    for answer in ({"kind": "Table"}, {}, {"kind": "ClusterRoleBindingList", "items": {}}):
        place.kept.spoils = lambda told, answer=answer: answer if told["kind"] == "ClusterRoleBindingList" else told
        facts = list(place.source().collect())
        place.service.wrong.clear()

        assert "clusterrolebindings: not Kubernetes's answer" in error_of(facts)
        assert of(Account, facts) == []


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        ("clusterrolebindings", set[str]()),
        ("rolebindings", set[str]()),
        ("serviceaccounts", {KIM}),
        ("secrets", {KIM}),
        ("certificatesigningrequests", {KIM, ROBOT}),
    ],
)
def test_a_right_that_is_missing_costs_what_it_shows_and_nobody_is_gone(
    place: KubernetesPlace, resource: str, told: set[str]
) -> None:
    place.kept.forbid(resource)

    facts = list(place.source().collect())

    assert f"Grant list on {resource}" in error_of(facts)
    assert "docs/permissions/kubernetes.md" in error_of(facts)
    assert {each.label for each in of(Account, facts)} & {KIM, ROBOT} == told


def test_without_the_cluster_s_id_nothing_is_told(place: KubernetesPlace) -> None:
    place.kept.forbid("namespaces", "get")

    with pytest.raises(FatalError, match="Grant get on namespaces"):
        list(place.source().collect())


def test_a_service_account_that_may_not_be_looked_at_is_not_gone(place: KubernetesPlace) -> None:
    accounts = place.accounts()
    place.kept.forbid("serviceaccounts", "get")

    facts = again(place, accounts[ROBOT], accounts[KIM])

    assert "Grant get on serviceaccounts" in "".join(wrong(facts))
    assert only(facts).label == KIM


def test_our_page_s_role_allows_reading_alone() -> None:
    assert {verb for rule in documented() for verb in rule["verbs"]} == {"get", "list"}


def test_nothing_but_reading_is_asked_for(place: KubernetesPlace) -> None:
    looked_at(place, ROBOT, KIM)

    assert {each.partition(" ")[0] for each in place.service.asked} == {"GET"}


def test_whoever_asks_too_often_waits(place: KubernetesPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = list[float]()
    monkeypatch.setattr(api, "sleep", waited.append)
    place.kept.limits = [limited(7)]
    assert KIM in place.accounts()
    assert waited == [7]

    place.kept.limits = [limited(3600)] * 3
    with pytest.raises(RetriableError, match="asked too often"):
        list(place.source(max_wait_minutes=1).collect())


def test_a_server_that_is_ill_is_asked_later(place: KubernetesPlace) -> None:
    place.kept.limits = [Answered(status=503, body={"kind": "Status", "message": "etcd is down"})]

    with pytest.raises(RetriableError, match="etcd is down"):
        list(place.source().collect())


def test_a_budget_that_is_used_up_shows_nobody_gone(place: KubernetesPlace) -> None:
    assert "2 requests were made, and it isn't done" in error_of(list(place.source(max_requests=2).collect()))


# --- the connection ---------------------------------------------------------------------------------------------------


def test_a_token_may_lie_in_a_file(place: KubernetesPlace, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", "utf-8")
    extra = {**place.connection().extra, "token_file": str(file)}

    facts = list(place.source(place.connection(password="", extra=extra)).collect())

    assert error_of(facts) == ""
    assert [each.label for each in of(Account, facts) if each.is_reader] == [READER]


@pytest.mark.parametrize("token", ("", "two words", "line\nbreak", "ключ"))
def test_what_is_no_token_is_refused_before_anything_is_asked(place: KubernetesPlace, token: str) -> None:
    with pytest.raises(ConfigError, match="has no token") as caught:
        place.source(place.connection(password=token))
    assert not token or token not in str(caught.value)
    with pytest.raises(ConfigError, match="can't be read on this machine"):
        place.source(place.connection(extra={"token_file": "/nowhere"}))
    assert place.service.asked == []


@pytest.mark.parametrize("token", ("sha256~opaque", jwt.encode({"aud": "x"}, "k" * 32, algorithm="HS256")))
def test_a_token_that_says_nothing_of_whose_it_is_makes_nobody_the_reader(place: KubernetesPlace, token: str) -> None:
    asker = client.KubernetesApi(
        kubernetes_cluster.Settings(name="it", kind="kubernetes_cluster", connection="it"),
        place.connection(password=token),
        "it",
    )

    assert asker.reader == ""


def test_a_refused_token_is_a_person_s_matter(place: KubernetesPlace) -> None:
    with pytest.raises(FatalError, match=r"extra\.token_file"):
        list(place.source(place.connection(password="another")).collect())


def test_its_test_says_what_is_seen_and_which_right_is_missing(place: KubernetesPlace) -> None:
    place.kept.bind("lee", role="view", user="lee", namespace="team")

    assert greet(place.connection()) == (
        "The token is taken. Bindings name 2 users, and 1 Secrets hold a service account's token."
    )

    place.kept.forbid("secrets")
    with pytest.raises(FatalError, match="Grant list on secrets, or say secrets: false"):
        greet(place.connection())


class _Nobody(Chooser):
    def choose(
        self,
        key: str,
        question: str,
        options: Sequence[str] = (),
        *,
        proposed: str | None = None,
        confirm: bool = False,
    ) -> str:
        raise AssertionError(key, question, options, proposed, confirm)


def test_a_first_configuration_says_what_cannot_be_read(place: KubernetesPlace) -> None:
    whole = kubernetes_cluster.propose("seoul_1", place.connection(), _Nobody())
    assert whole.warnings == ()
    assert "kubeconfigs_folder" in whole.notes[-1]

    place.kept.forbid("secrets")

    made = kubernetes_cluster.propose("seoul_1", place.connection(), _Nobody())
    assert "secrets: false" in made.notes[1]
    assert "Grant list on secrets" in made.warnings[0]


# --- what a ticket says -----------------------------------------------------------------------------------------------


HOSTILE = "kim'; rm -rf ~ #"


def commands(steps: Sequence[str]) -> list[list[str]]:
    return [shlex.split(line) for step in steps for line in step.splitlines() if line.startswith("kubectl ")]


def steps_for(place: KubernetesPlace, label: str, *, credential: bool = False) -> Sequence[str]:
    account = place.accounts()[label]
    kind, native_id = SubjectKind.ACCOUNT, account.native_id
    if credential:
        (token,) = of(Credential, again(place, account))
        kind, native_id = token.kind, token.native_id
    subject = Subject(
        kind=kind, native_id=native_id, label=label, account_native_id=account.native_id, account_label=label
    )
    return cases.steps(Remedy.DISABLE, "kubernetes_cluster", account, subject)


def test_every_remedy_begins_at_the_cluster_that_is_meant(place: KubernetesPlace) -> None:
    for label in (KIM, ROBOT):
        steps = steps_for(place, label)

        assert CLUSTER in steps[0]
        assert commands(steps)[0][:4] == ["kubectl", "get", "namespace", "kube-system"]
        assert any(step.startswith("Undo") for step in steps)


def test_a_user_is_taken_out_of_what_names_it_and_a_hostile_name_stays_one_word(place: KubernetesPlace) -> None:
    place.kept.bind("hostile", role="view", user=HOSTILE)

    typed = commands(steps_for(place, HOSTILE))

    assert typed[1][-3:] == ["--fixed-strings", "--", HOSTILE]
    assert "rolebindings,clusterrolebindings" in typed[1]


def test_a_token_s_secret_is_deleted_by_its_name_in_its_namespace(place: KubernetesPlace) -> None:
    typed = commands(steps_for(place, ROBOT, credential=True))

    assert typed[-1] == ["kubectl", "--namespace=team", "delete", "secret", "robot-token"]


def test_a_service_account_is_deleted_and_a_bootstrap_token_too(place: KubernetesPlace) -> None:
    place.kept.secret("kube-system", "bootstrap-token-abcdef", OF_BOOTSTRAP)

    deleted = ["kubectl", "--namespace=team", "delete", "serviceaccount", "robot"]
    assert deleted in commands(steps_for(place, ROBOT))
    typed = commands(steps_for(place, "bootstrap-token-abcdef in kube-system"))
    assert typed[-1] == ["kubectl", "--namespace=kube-system", "delete", "secret", "bootstrap-token-abcdef"]


def test_of_a_certificate_it_is_said_that_nobody_can_revoke_it(place: KubernetesPlace) -> None:
    place.kept.request("kims", KIM, MASTERS)

    steps = steps_for(place, of_kim(place).label)

    assert any("Nobody can revoke" in step for step in steps)
    assert any("authority has to be replaced" in step for step in steps)
    assert KIM in commands(steps)[1]


def test_of_a_certificate_bindings_are_sought_by_the_name_that_they_know(place: KubernetesPlace) -> None:
    place.kept.request("one", "oidc:one of two")
    (label,) = (label for label in place.accounts() if label.endswith(" of oidc:one of two"))

    steps = steps_for(place, label)

    assert "oidc:one of two" in commands(steps)[1]


# --- the stand-in -----------------------------------------------------------------------------------------------------


def test_a_request_that_kubernetes_does_not_know_is_refused_and_a_wrong_answer_is_noted(place: KubernetesPlace) -> None:
    context = ssl.create_default_context(cafile=str(place.tls.authority if place.tls else ""))
    base = f"https://127.0.0.1:{place.service.port}"
    with httpx.Client(base_url=base, verify=context, headers={"Authorization": f"Bearer {TOKEN}"}) as asker:
        assert asker.get("/api/v1/secrets?type=Opaque").status_code == 422
        assert asker.get("/api/v1/secrets?limit=many").status_code == 422
        assert asker.get("/apis/rbac.authorization.k8s.io/v2/rolebindings").status_code == 422
        assert asker.get("/api/v1/secrets").status_code == 200
    assert len(place.service.wrong) == 3
    place.service.wrong.clear()

    asked = Asked(method="GET", path="/apis/rbac.authorization.k8s.io/v1/rolebindings", query={}, headers={}, body=None)
    odd = {"kind": "RoleBindingList", "items": [{"roleRef": {"kind": "Role"}}]}
    assert description().wrong_in_answer(asked, Answered(body=odd))
    assert description().wrong_in_answer(asked, Answered(body={"kind": "RoleBindingList", "rows": []}))
    assert description().wrong_in_answer(asked, Answered(body={"kind": "RoleBindingList", "items": []})) == ""


def test_an_id_with_a_far_end_names_none() -> None:
    assert end_of(f"{CERTIFICATE}{10**18}/{'0' * 64}") is None
