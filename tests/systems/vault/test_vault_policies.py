"""Vault's ACL policies as they are written: HCL, JSON, the old form, and what can't be read."""

import pytest

from offboarding.model import Standing
from offboarding.sources.vault._api.policies import PolicyFormatError, rules_of, unreadable, verdict

HCL = """
# one line, another kind, and a block
// of comments
/* in front */
path "/transit/export/*" { capabilities = ["read"] min_wrapping_ttl = "1s" }
path "transit/sign/login" {
  capabilities = ["create", "update",]
  allowed_parameters = {
    "prehashed" = []
    "*"         = ["a", "b"]
  }
}
path "transit/export/*" {
  policy = "write"
}
"""


def test_hcl_as_people_write_it() -> None:
    assert [(rule.pattern, sorted(rule.capabilities)) for rule in rules_of("p", HCL)] == [
        ("transit/export/*", ["read"]),
        ("transit/sign/login", ["create", "update"]),
        ("transit/export/*", ["create", "delete", "list", "read", "update"]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"path": {"a/*": {"capabilities": ["read"]}}}',
        '{"path": [{"a/*": {"capabilities": ["read"]}}]}',
        '{"path": {"a/*": [{"capabilities": ["read"]}]}}',
        'path = { "a/*" = { capabilities = ["read"] } }',
    ],
)
def test_json_and_the_long_form_say_the_same(text: str) -> None:
    (rule,) = rules_of("p", text)

    assert (rule.pattern, rule.capabilities) == ("a/*", {"read"})


def test_nothing_is_a_policy_too() -> None:
    assert rules_of("p", "") == rules_of("p", "{}") == ()


def test_root_may_do_anything() -> None:
    assert verdict(rules_of("root", ""), "transit/sign/x", "update").standing is Standing.WORKS


@pytest.mark.parametrize(
    "text",
    [
        'path "a" {',
        'path "a" { capabilities = ["read" }',
        'path "a" { capabilities = }',
        'path "a" ]',
        'path "a" = "b"',
        'path "a" { capabilities = ["read"] } §',
        '{"path": {"a": "read"}}',
        '{"path": ["a"]}',
        '{"path": ',
        "[" * 5000,
    ],
)
def test_what_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(PolicyFormatError):
        rules_of("p", text)


def test_an_unreadable_policy_may_allow_anything() -> None:
    found = verdict(unreadable("p"), "transit/sign/x", "update")

    assert (found.standing, found.policies) == (Standing.UNKNOWN, ("p",))


def test_what_needs_another_ones_consent_is_unknown() -> None:
    text = 'path "a" { capabilities = ["read"] control_group = { factor "x" { identity { approvals = 1 } } } }'

    assert verdict(rules_of("p", text), "a", "read").standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("pattern", "path", "standing"),
    [
        ("transit/sign/{{identity.entity.name}}", "transit/sign/kim", Standing.UNKNOWN),
        ("transit/sign/{{identity.entity.name}}", "transit/export/kim", Standing.DEAD),
        ("+/sign/{{identity.entity.metadata.team}}-*", "transit/sign/pay-1", Standing.UNKNOWN),
    ],
)
def test_a_template_depends_on_who_asks(pattern: str, path: str, standing: Standing) -> None:
    rules = rules_of("p", f'path "{pattern}" {{ capabilities = ["update"] }}')

    assert verdict(rules, path, "update").standing is standing
