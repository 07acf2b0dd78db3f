"""What is proposed for the register may be pasted as it stands, whatever a system calls its keys."""

from typing import Annotated, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import StringConstraints, TypeAdapter

from offboarding.custody.proposing import ProposedKey, ProposedLine, rendered, slug
from offboarding.custody.register import Register
from offboarding.model import Exportable, SubjectKind
from offboarding.model.texts import illegible

ANYTHING = st.text(max_size=40)
SOMETHING = ANYTHING.filter(lambda text: text.strip() and not illegible(text))


def entry(**changes: Any) -> ProposedKey:
    usual: dict[str, Any] = {
        "name": "login-2024-05",
        "registered": False,
        "kind": SubjectKind.SIGNING_KEY,
        "notes": ("kid 2024-05 of https://login.corp.example: trusted",),
        "places": (ProposedLine(fields={"verifier": "login", "kid": "2024-05"}, why="login publishes it"),),
        "custodians": (
            ProposedLine(fields={"worker": "hr:10442"}, why="they imported it"),
            ProposedLine(
                fields={"group": {"source": "corp-ldap", "name": "cn=signers"}}, why="guards keys", guess=True
            ),
        ),
        "carryable": Exportable.UNKNOWN,
        "because": "A JWKS publishes the public half only.",
        "owner": "",
    }
    return ProposedKey(**(usual | changes))


def pasted(*entries: ProposedKey) -> Register:
    return Register.model_validate(yaml.safe_load("\n".join(["keys:", *rendered(entries)])))


def test_a_new_entry_reads_as_it_was_meant() -> None:
    assert list(rendered([entry()])) == [
        "# New entries, to be pasted below `keys:`. Whoever is proposed is to be judged by somebody who knows.",
        "  # kid 2024-05 of https://login.corp.example: trusted",
        '  - name: "login-2024-05"',
        "    kind: signing_key",
        "    places:",
        "      # login publishes it",
        '      - {verifier: "login", kid: "2024-05"}',
        "    custodians:",
        "      # they imported it",
        '      - {worker: "hr:10442"}',
        "      # guards keys",
        '      # - {group: {source: "corp-ldap", name: "cn=signers"}}',
        '    carryable: "unknown"',
        '    because: "A JWKS publishes the public half only."',
    ]


def test_guesses_alone_are_no_custodian() -> None:
    guess = ProposedLine(fields={"worker": "hr:1"}, why="committed it", guess=True)

    (key,) = pasted(entry(custodians=(guess,))).keys

    assert key.custodians == ()


def test_of_a_registered_key_its_custodians_alone_are_proposed() -> None:
    told = list(rendered([entry(registered=True)]))

    assert told[0] == "# login-2024-05 is registered: to be pasted below its `custodians:`."
    assert yaml.safe_load("\n".join(told)) == [{"worker": "hr:10442"}]
    assert "nobody" in list(rendered([entry(registered=True, custodians=())]))[-1]


@given(label=ANYTHING, place=SOMETHING, group=SOMETHING, because=SOMETHING, owner=st.just("") | SOMETHING)
def test_whatever_a_system_calls_it_may_be_pasted(label: str, place: str, group: str, because: str, owner: str) -> None:
    one = entry(
        notes=(label,),
        places=(ProposedLine(fields={"source": "aws", "id": place}, why=label),),
        custodians=(
            ProposedLine(fields={"group": {"source": "corp-ldap", "name": group}}, why=label),
            ProposedLine(fields={"principal": place}, why=label, guess=True),
        ),
        carryable=Exportable.NO,
        because=because,
        owner=owner,
    )

    (key,) = pasted(one).keys

    assert key.places[0].id == as_taken(place)
    assert key.custodians[0].group is not None
    assert key.custodians[0].group.name == as_taken(group)
    assert (key.because, key.owner, key.carryable) == (as_taken(because), as_taken(owner), "no")


def test_what_nobody_sees_is_no_entry_of_the_register() -> None:
    one = entry(
        custodians=(ProposedLine(fields={"group": {"source": "corp-ldap", "name": "\u200b"}}, why="guards keys"),),
        owner="\u00ad",
        because="\ufeff",
    )

    (key,) = pasted(one).keys

    assert (key.custodians, key.owner, key.because) == ((), "", "")


def as_taken(text: str) -> str:
    """Without the blanks around it that the register takes off."""
    return TypeAdapter(Annotated[str, StringConstraints(strip_whitespace=True)]).validate_python(text)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("login 2024-05", "login-2024-05"),
        ("arn:aws:kms:x:1:key/5f", "arn-aws-kms-x-1-key-5f"),
        ("열쇠", "key"),
        ("a", "a-2"),
    ],
)
def test_a_name_is_made_of_what_is_there(words: str, name: str) -> None:
    assert slug(words, {"a"}) == name
