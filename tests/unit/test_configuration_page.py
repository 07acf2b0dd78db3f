"""docs/configuration.md: every key is told, with the default that it has."""

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from offboarding.config import loading
from offboarding.config.policy import DueHours, MaxInferred, Policy, RevocationPolicy, Scores
from offboarding.config.settings import Company
from offboarding.custody.register import Custodian, KeyPlace, Register, RegisteredKey, TeamMember
from offboarding.guard.limits import Guard
from offboarding.interfaces import NotifierSettings, QueueSettings, SourceSettings, VerifierSettings
from offboarding.net.destinations import Pinned

PAGE = (loading.project_folder() / "docs/configuration.md").read_text("utf-8")
ROW = re.compile(r"^\| `([\w.]+)` \| (.*?) \| ", re.MULTILINE)
NESTED = {"max_inferred", "due_hours", "scores"}


def section(title: str) -> dict[str, str]:
    """Key -> what is said of its default, below this heading."""
    start = PAGE.index(f"\n{title}\n")
    end = re.search(r"^#+ ", PAGE[start + len(title) + 2 :], re.MULTILINE)
    return dict(ROW.findall(PAGE[start : start + len(title) + 2 + end.start()] if end else PAGE[start:]))


def keys(model: type[BaseModel], *without: str) -> set[str]:
    return set(model.model_fields) - set(without)


def told_of(kind: str) -> set[str]:
    """Here, or on a page of its own, docs/configuration/KIND.md."""
    title, own = f"### `kind: {kind}`", loading.project_folder() / f"docs/configuration/{kind}.md"
    if f"\n{title}\n" in PAGE or not own.exists():
        return set(section(title))
    return {key for key, _ in ROW.findall(own.read_text("utf-8"))}


@pytest.mark.parametrize(("room", "base"), [("sources", SourceSettings), ("verifiers", VerifierSettings)])
def test_every_kind_s_own_keys_are_told(room: str, base: type[BaseModel]) -> None:
    for kind in loading.kinds(room):
        own = keys(loading.kind_module(room, kind).Settings, *base.model_fields)
        assert not own or told_of(kind) == own, kind


def test_every_key_is_told() -> None:
    assert set(section("## `company`")) == keys(Company)
    assert set(section("## `sources`")) == keys(SourceSettings)
    assert set(section("## `verifiers`")) == {"connection", "cache_hours"}
    inferred = {f"max_inferred.{key}" for key in keys(MaxInferred)}
    assert set(section("## `policy`")) == keys(Policy, *NESTED) | inferred
    assert set(section("## `guard`")) == keys(Guard)
    assert set(section("## `notifiers`")) == keys(NotifierSettings)
    for kind in ("smtp", "slack"):
        own = keys(loading.kind_module("notifiers", kind).Settings, *NotifierSettings.model_fields)
        assert set(section(f"### `kind: {kind}`")) == own
    assert set(section("## `messages`")) == keys(QueueSettings, *Pinned.model_fields)
    own = keys(loading.kind_module("queues", "sqs").Settings, *QueueSettings.model_fields)
    assert set(section("### `kind: sqs`")) == own
    assert set(section("### `policy.due_hours`")) == keys(DueHours)
    assert set(section("### `policy.scores`")) == keys(Scores)
    assert set(section("### `policy.revocation`")) == keys(RevocationPolicy)


def plain_defaults() -> Iterator[tuple[str, str, str]]:
    """Of numbers and words; longer ones are told in words."""
    for title, model in (
        ("## `policy`", Policy),
        ("### `policy.due_hours`", DueHours),
        ("### `policy.scores`", Scores),
        ("### `policy.revocation`", RevocationPolicy),
        ("## `guard`", Guard),
    ):
        told = section(title)
        for name, field in model.model_fields.items():
            if isinstance(field.default, (int, float)) or (isinstance(field.default, str) and field.default):
                yield (
                    name,
                    told[name],
                    str(field.default).lower() if isinstance(field.default, bool) else str(field.default),
                )


@pytest.mark.parametrize(("name", "told", "default"), list(plain_defaults()))
def test_the_default_is_the_one_told(name: str, told: str, default: str) -> None:
    assert told.strip('`"') == default, name


CUSTODY_PAGE = (loading.project_folder() / "docs/custody.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("The file", Register),
        ("A member of a team", TeamMember),
        ("A key", RegisteredKey),
        ("A place", KeyPlace),
        ("A custodian", Custodian),
    ],
)
def test_every_key_of_the_register_is_told(title: str, model: type[BaseModel]) -> None:
    below = CUSTODY_PAGE.split(f"\n### {title}\n", 1)[1].split("\n#", 1)[0]

    assert set(re.findall(r"^\| `(\w+)` \|", below, re.MULTILINE)) == keys(model)
