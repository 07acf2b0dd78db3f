import pytest

from offboarding.model import Effect
from offboarding.sources.aws._api.policy.policies import (
    Attached,
    Grants,
    NamedPolicy,
    Privilege,
    effect,
    privilege,
    statements,
)

NAMES = ("AdministratorAccess", "*PowerUser*", "break-glass")
OWN_ARN = "arn:aws:iam::111111111111:policy/team"
ADMIN = Attached(name="AdministratorAccess", arn="arn:aws:iam::aws:policy/AdministratorAccess")
READ_ONLY = Attached(name="ReadOnlyAccess", arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
IAM_FULL = Attached(name="IAMFullAccess", arn="arn:aws:iam::aws:policy/IAMFullAccess")
TEAM = Attached(name="team", arn=OWN_ARN)
NOTHING = Grants(inline=(), attached=())


def document(effect: str = "Allow", **fields: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, **({"Resource": "*"} | fields)}]}


def inline(text: object, name: str = "own") -> Grants:
    return Grants(inline=(NamedPolicy(name=name, statements=statements(text)),), attached=())


def attached(*policies: Attached) -> Grants:
    return Grants(inline=(), attached=policies)


@pytest.mark.parametrize(
    ("own", "by"),
    [
        (attached(READ_ONLY, ADMIN), "policy AdministratorAccess"),
        (attached(IAM_FULL), "policy IAMFullAccess"),
        (inline(document(Action="*")), "policy own"),
        (inline(document(Action=["s3:Get*", "*:*"], Resource=["*"])), "policy own"),
        (inline(document(Action="IAM:*")), "policy own"),
        (inline(document(Action="*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})), "policy own"),
        (inline({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}), "policy own"),
        (inline(document(Action="s3:Get*"), name="team-PowerUsers"), "policy team-PowerUsers"),
        (attached(TEAM), "policy team"),
    ],
)
def test_privileged(own: Grants, by: str) -> None:
    policies = {OWN_ARN: NamedPolicy(name="team", statements=statements(document(Action="*")))}

    assert privilege(own, [], policies, NAMES) == Privilege(holds=True, by=by)


@pytest.mark.parametrize(
    "own",
    [
        NOTHING,
        attached(READ_ONLY),
        inline(document(Action="s3:*")),
        inline(document(Action="*", Resource="arn:aws:s3:::bucket/*")),
        inline(document(effect="Deny", Action="*")),
        inline(document(NotAction="iam:*")),
    ],
)
def test_not_privileged(own: Grants) -> None:
    assert privilege(own, [("readers", attached(READ_ONLY))], {}, NAMES) == Privilege(holds=False)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([("ops", attached(ADMIN))], Privilege(holds=True, by="policy AdministratorAccess of group ops")),
        ([("ops", inline(document(Action="*")))], Privilege(holds=True, by="policy own of group ops")),
        ([("break-glass", NOTHING)], Privilege(holds=True, by="group break-glass")),
        ([("break-glass", None)], Privilege(holds=True, by="group break-glass")),
        ([("unread", None)], Privilege(holds=None)),
        (
            [("unread", None), ("ops", attached(ADMIN))],
            Privilege(holds=True, by="policy AdministratorAccess of group ops"),
        ),
        ([("ops", attached(TEAM))], Privilege(holds=None)),
    ],
)
def test_through_groups(groups: list[tuple[str, Grants | None]], expected: Privilege) -> None:
    assert privilege(NOTHING, groups, {}, NAMES) == expected


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (inline(document(effect="Deny", Action="*")), Effect.CONTAINED),
        (inline({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}), Effect.CONTAINED),
        (attached(ADMIN, Attached(name="AWSDenyAll", arn="arn:aws:iam::aws:policy/AWSDenyAll")), Effect.CONTAINED),
        (inline(document(effect="Deny", Action="*", Condition={"Bool": {"a": "b"}})), Effect.FULL),
        (inline(document(effect="Deny", Action="*", Resource="arn:aws:s3:::x")), Effect.FULL),
        (inline(document(effect="Deny", NotAction="iam:*")), Effect.FULL),
        (attached(Attached(name="q", arn="arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3")), Effect.FULL),
        (attached(TEAM), Effect.UNKNOWN),
        (NOTHING, Effect.FULL),
    ],
)
def test_effect(own: Grants, expected: Effect) -> None:
    assert effect(own, {}) is expected


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        (Attached(name="AWSDenyAll", arn="arn:aws:iam::aws:policy/AWSDenyAll"), Effect.CONTAINED),
        (Attached(name="shut", arn="arn:aws:iam::111111111111:policy/shut"), Effect.CONTAINED),
        (Attached(name="little", arn="arn:aws:iam::111111111111:policy/little"), Effect.FULL),
        (Attached(name="unread", arn="arn:aws:iam::111111111111:policy/unread"), Effect.FULL),
        (READ_ONLY, Effect.FULL),
        (None, Effect.FULL),
    ],
)
def test_a_boundary_contains_only_by_denying_everything(boundary: Attached | None, expected: Effect) -> None:
    texts = {
        "shut": document(effect="Deny", Action="*"),
        "little": document(Action="s3:GetObject", Resource="arn:aws:s3:::one/*"),
    }
    policies = {
        f"arn:aws:iam::111111111111:policy/{name}": NamedPolicy(name=name, statements=statements(text))
        for name, text in texts.items()
    }

    assert effect(attached(ADMIN), policies, boundary) is expected
