"""Whom of AWS a cluster on EKS lets in, by its ConfigMap aws-auth."""

from collections.abc import Generator, Sequence
from typing import Any

import pytest
import yaml

from demo.slapd import Tls
from offboarding.model import Fact, Gap, ScopeRead, Standing, SubjectKind, Trust
from tests.contract.source_contract import error_of, of
from tests.systems.kubernetes_cluster.service import CLUSTER, KubernetesPlace, kubernetes_place

pytestmark = pytest.mark.slow

KIM, LEE = (f"arn:aws:iam::111111111111:user/{name}" for name in ("kim", "team/lee"))
ROLE = "arn:aws:iam::111111111111:role/Nodes"
MASTERS = "system:masters"


@pytest.fixture
def place(tls: Tls) -> Generator[KubernetesPlace]:
    with kubernetes_place(tls) as found:
        yield found
        assert found.service.wrong == []


def mapped(place: KubernetesPlace, *users: Any, **more: Any) -> None:
    """What it maps from now on."""
    maps = {"mapUsers": list(users), **more}
    place.kept.config_map(
        "aws-auth", {key: each if isinstance(each, str) else yaml.dump(each) for key, each in maps.items()}
    )


def trusts(facts: Sequence[Fact]) -> list[Trust]:
    return [each for each in facts if isinstance(each, Trust)]


def user(arn: str, username: str, *groups: str) -> dict[str, Any]:
    return {"userarn": arn, "username": username, "groups": list(groups)}


def read(place: KubernetesPlace) -> tuple[list[Trust], str, list[Gap]]:
    """Whom it lets in, why there may be others, and what is said beside."""
    facts = list(place.source(aws_auth=True).collect())
    (scope,) = (each for each in of(ScopeRead, facts) if each.kinds == (SubjectKind.ROLE,))
    assert (scope.realm, scope.scope) == (f"kubernetes:{CLUSTER}", "")
    assert error_of([each for each in facts if each != scope]) == ""
    return trusts(facts), scope.error, [each for each in of(Gap, facts) if "aws-auth" in each.text]


def test_a_user_of_iam_s_is_let_in_joined_by_arn_and_account(place: KubernetesPlace) -> None:
    mapped(place, user(KIM, "kim", MASTERS))

    (trust,), error, _ = read(place)

    assert (trust.principal_realm, trust.principal, error) == ("111111111111", KIM, "")
    assert (trust.standing, trust.privileged, trust.privileged_by) == (Standing.WORKS, True, f"group {MASTERS}")
    assert trust.standing_reason == "Kubernetes: aws-auth lets it in as kim in system:masters"
    assert trust.native_id == f"aws-auth/{KIM}"


def test_without_the_word_for_it_nothing_is_asked_nor_covered(place: KubernetesPlace) -> None:
    mapped(place, user(KIM, "kim", MASTERS))

    facts = list(place.source().collect())

    assert trusts(facts) == []
    assert not [each for each in of(ScopeRead, facts) if SubjectKind.ROLE in each.kinds]
    assert not [path for path, _ in place.kept.accepted if "aws-auth" in path]


@pytest.mark.parametrize("by", ["user", "group", "everybody"])
def test_a_mapping_that_no_binding_gives_anything_is_dead_until_one_does(place: KubernetesPlace, by: str) -> None:
    mapped(place, user(KIM, "kim", "team"))
    (before,), _, _ = read(place)
    given: dict[str, Any] = {"user": {"user": "kim"}, "group": {"group": "team"}}.get(
        by, {"group": "system:authenticated"}
    )
    place.kept.bind("it", role="view", namespace="team", **given)

    (after,), _, _ = read(place)

    assert (before.standing, after.standing) == (Standing.DEAD, Standing.WORKS)
    assert after.privileged is False


def test_without_a_user_s_name_it_is_called_as_its_arn(place: KubernetesPlace) -> None:
    mapped(place, {"userarn": LEE, "groups": []})
    place.kept.bind("lee", role="view", user=LEE)

    (trust,), _, _ = read(place)

    assert (trust.standing, trust.principal) == (Standing.WORKS, LEE)


@pytest.mark.parametrize("written", [KIM.upper(), "arn:aws:iam::111111111111:user/KIM"])
def test_an_arn_is_compared_without_its_letters_case_as_the_authenticator_does(
    place: KubernetesPlace, written: str
) -> None:
    mapped(place, user(written, "kim", MASTERS))

    (trust,), error, gaps = read(place)

    assert (trust.principal_realm, trust.principal, error, gaps) == ("111111111111", KIM, "", [])
    assert trust.native_id == f"aws-auth/{KIM}", "an entry that is written otherwise is the same one"


@pytest.mark.parametrize(
    "names", [("userARN", "username", "groups"), ("uSeRaRn", "UsErNaMe", "group\N{LATIN SMALL LETTER LONG S}")]
)
def test_a_field_s_letters_case_counts_for_nothing_as_at_the_authenticator(
    place: KubernetesPlace, names: tuple[str, str, str]
) -> None:
    mapped(place, dict(zip(names, (KIM, "kim", [MASTERS]), strict=True)))

    (trust,), error, _ = read(place)

    assert (trust.standing, trust.privileged, error) == (Standing.WORKS, True, "")
    assert trust.standing_reason == "Kubernetes: aws-auth lets it in as kim in system:masters"


def test_of_a_field_written_twice_the_one_counts_that_the_authenticator_takes(place: KubernetesPlace) -> None:
    place.kept.config_map(
        "aws-auth", {"mapUsers": f"- {{userarn: {KIM}, username: kim, groups: [{MASTERS}], Groups: []}}"}
    )

    (trust,), error, _ = read(place)

    assert (trust.standing, trust.privileged, error) == (Standing.WORKS, True, "")


def test_a_path_is_part_of_a_user_s_arn(place: KubernetesPlace) -> None:
    mapped(place, user(LEE, "lee", MASTERS), user("arn:aws:iam::111111111111:user/lee", "other", MASTERS))

    assert {each.principal for each in read(place)[0]} == {LEE, "arn:aws:iam::111111111111:user/lee"}


def test_of_one_arn_the_last_entry_counts(place: KubernetesPlace) -> None:
    mapped(place, user(KIM, "kim", MASTERS), user(KIM, "kim", "team"))

    (trust,), _, _ = read(place)

    assert (trust.standing, trust.privileged) == (Standing.DEAD, False)


def test_entries_that_differ_in_their_letters_case_alone_are_one_and_the_last_counts(place: KubernetesPlace) -> None:
    mapped(place, user(KIM, "kim", "team"), user(KIM.upper(), "kim", MASTERS))
    (trust,), _, _ = read(place)
    mapped(place, user(KIM.upper(), "kim", MASTERS), user(KIM, "kim", "team"))
    (turned,), _, _ = read(place)

    assert (trust.standing, trust.native_id) == (Standing.WORKS, f"aws-auth/{KIM}")
    assert (turned.standing, turned.native_id) == (Standing.DEAD, f"aws-auth/{KIM}")


def test_of_roles_in_other_letters_one_is_said(place: KubernetesPlace) -> None:
    roles = [{"rolearn": arn, "username": "node", "groups": []} for arn in (ROLE, ROLE.lower())]
    mapped(place, mapRoles=roles)

    _, _, (gap,) = read(place)

    assert gap.text.lower().count(ROLE.lower()) == 1


def test_a_user_among_the_roles_is_let_in_before_those_of_users(place: KubernetesPlace) -> None:
    among_roles = {"rolearn": KIM.upper(), "username": "root", "groups": [MASTERS]}
    mapped(place, user(KIM, "kim", "team"), mapRoles=[among_roles])

    (trust,), _, gaps = read(place)

    assert (trust.principal, trust.privileged, gaps) == (KIM, True, [])
    assert trust.standing_reason == "Kubernetes: aws-auth lets it in as root in system:masters"


def test_a_name_is_filled_in_as_of_a_user_s_token(place: KubernetesPlace) -> None:
    mapped(place, user(KIM, "{{AccountID}}:kim{{SessionName}}", "team-{{AccountID}}"))
    place.kept.bind("kim", role="view", user="111111111111:kim")

    (trust,), _, _ = read(place)

    assert trust.standing is Standing.WORKS
    assert trust.standing_reason.endswith("as 111111111111:kim in team-111111111111")


def test_a_user_comes_from_no_instance_so_a_name_made_of_one_lets_nobody_in(place: KubernetesPlace) -> None:
    mapped(place, user(KIM, "{{EC2PrivateDNSName}}", MASTERS))

    (trust,), _, _ = read(place)

    assert (trust.standing, trust.privileged) == (Standing.DEAD, False)


def test_a_name_for_each_of_their_keys_may_be_any_so_nothing_is_dead(place: KubernetesPlace) -> None:
    mapped(place, user(KIM, "kim-{{AccessKeyID}}", "team"))

    (trust,), _, _ = read(place)

    assert (trust.standing, trust.privileged) == (Standing.WORKS, None)


def test_where_there_is_none_nobody_is_mapped(place: KubernetesPlace) -> None:
    assert read(place) == ([], "", [])


def test_roles_and_whole_accounts_are_said(place: KubernetesPlace) -> None:
    roles = [{"rolearn": ROLE, "username": "system:node:{{EC2PrivateDNSName}}", "groups": ["system:nodes"]}]
    root = user("arn:aws:iam::111111111111:root", "root")
    mapped(place, user(KIM, "kim", MASTERS), root, mapRoles=roles, mapAccounts=["222222222222"])

    found, _, gaps = read(place)

    assert [each.principal for each in found] == [KIM]
    assert [(ROLE in each.text, "222222222222" in each.text, each.red) for each in gaps] == [
        (True, False, False),
        (False, True, True),
    ]
    assert "arn:aws:iam::111111111111:root" in gaps[0].text


def test_without_the_right_nobody_is_let_in_no_more(place: KubernetesPlace) -> None:
    mapped(place, user(KIM, "kim", MASTERS))
    place.kept.forbid("configmaps", "get")

    assert "Grant get on configmaps" in read(place)[1]


@pytest.mark.parametrize("users", ["- [", "kim", "7", "a: b"])
def test_what_cannot_be_read_shows_nobody_gone(place: KubernetesPlace, users: str) -> None:
    mapped(place, mapUsers=users)

    assert "its mapUsers can't be read as a list" in read(place)[1]


def test_an_entry_that_cannot_be_read_costs_itself_and_shows_nobody_gone(place: KubernetesPlace) -> None:
    mapped(place, {"username": "nobody"}, user(KIM, "kim", MASTERS), {"userarn": LEE, "groups": "team"})

    found, error, _ = read(place)

    assert [each.principal for each in found] == [KIM]
    assert "mapUsers: one can't be read, whose userarn is wrong (and 1 more)" in error


def test_where_bindings_are_not_whole_no_mapping_is_dead(place: KubernetesPlace) -> None:
    mapped(place, user(KIM, "kim", "team"))
    place.kept.bind("odd", role="view", user="odd")["subjects"][0]["kind"] = "Robot"

    facts = list(place.source(aws_auth=True).collect())

    assert [each.standing for each in trusts(facts)] == [Standing.WORKS]
