"""What may be written for a JWKS verifier."""

import pytest
from pydantic import ValidationError

from offboarding.verifiers.jwks import Settings

ISSUER = "https://login.corp.example"


def settings(**given: object) -> Settings:
    return Settings.model_validate({"name": "login", "kind": "jwks", **given})


def test_each_place_is_a_part() -> None:
    own = settings(
        issuers=[ISSUER],
        urls=["https://legacy.corp.example/keys"],
        files={"token-service": "keys/jwks.json"},
        kubernetes="seoul-1",
        connection="seoul_cluster",
    )

    assert own.parts() == (ISSUER, "https://legacy.corp.example/keys", "token-service", "seoul-1")
    assert own.tells == "keys"
    assert own.warnings() == ()


def test_without_a_cache_it_is_said() -> None:
    assert settings(issuers=[ISSUER], cache_hours=0).warnings() == (
        "cache_hours: 0: verifiers keep a JWKS for a while, and go on trusting a key meanwhile.",
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "name what to read: issuers, urls, files or kubernetes"),
        ({"issuers": [ISSUER, ISSUER]}, "the same place stands twice in issuers, urls, files and kubernetes"),
        ({"issuers": [ISSUER], "urls": [ISSUER]}, "the same place stands twice in issuers, urls, files and kubernetes"),
        ({"kubernetes": "seoul-1"}, "connection is the API server's for kubernetes: write both, or neither"),
        ({"issuers": [ISSUER], "connection": "x"}, "connection is the API server's for kubernetes"),
        ({"issuers": ["http://login.corp.example"]}, "an address begins with https:// and a host"),
        ({"issuers": ["login.corp.example"]}, "an address begins with https:// and a host"),
        ({"issuers": [f"{ISSUER}?tenant=1"]}, "an issuer has no query"),
        ({"urls": ["https://reader:pw@login.corp.example/keys"]}, "an address holds no login"),
        ({"urls": ["https://login.corp.example/keys#1"]}, "an address ends before #"),
        ({"urls": ["https://login.corp.example:0/keys"]}, "login.corp.example:0 has no port from 1 to 65535"),
        ({"urls": ["https://회사.example/keys"]}, "an address is at most 2,048 characters of ASCII without spaces"),
        ({"urls": ["https://login.corp.example/a b"]}, "an address is at most 2,048 characters of ASCII"),
        ({"urls": ["https:///keys"]}, "an address begins with https:// and a host"),
        ({"urls": ["https://[::1/keys"]}, "Invalid IPv6 URL"),
    ],
)
def test_what_cannot_be_right_says_why(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**given)
    assert sentence in str(caught.value)
