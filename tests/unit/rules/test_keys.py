"""Keys that a leaver may have carried along: each rule's must-flag, must-not-flag and unknown rows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offboarding.config.settings import Company, Settings
from offboarding.model import Basis, Exportable, Finding, Grade, KeyCase, Severity, Standing, SubjectKind, TicketKind
from offboarding.rules import (
    Rule,
    all_rules,
    leaver_key_access,
    leaver_shared_secret,
    leaver_signing_key,
    rotation_without_effect,
    signing_key_unverifiable,
    signing_key_used_after_departure,
    uncustodied_signing_key,
)
from offboarding.runs.evaluation import register_effects
from offboarding.tickets.remedies import written_out
from tests.support import cases
from tests.support import key_cases as keys
from tests.support.on_forms import misfits

GONE_AT = cases.AS_OF - timedelta(days=3)
SEEN_ONCE: dict[str, Any] = {"untrusted_since": cases.OBSERVED_AT, "standing": Standing.DEAD}
SEEN_TWICE: dict[str, Any] = {"untrusted_since": GONE_AT, "standing": Standing.DEAD}
WITHIN_CACHE: dict[str, Any] = {"untrusted_since": cases.OBSERVED_AT - timedelta(hours=23), "standing": Standing.DEAD}
LONG_CACHE: dict[str, Any] = {**SEEN_TWICE, "cache": timedelta(days=7)}
CARRIED = keys.registered()
UNSAID = keys.registered(carryable=Exportable.UNKNOWN, carryable_reason="")


def found(rule: Rule, case: KeyCase) -> list[Finding]:
    return list(rule.evaluate(case, cases.AS_OF))


def of(*reasons: Grade, **changes: Any) -> tuple[Any, ...]:
    return (keys.holder(*(keys.held(grade) for grade in reasons), **changes),)


class TestSigningKey:
    RULE = leaver_signing_key.RULE

    @pytest.mark.parametrize(
        ("case", "standing", "severity"),
        [
            pytest.param(keys.of_key(), Standing.WORKS, Severity.CRITICAL, id="registered, carried, trusted"),
            pytest.param(
                keys.of_key(holders=of(Grade.PROVED, Grade.COULD)), Standing.WORKS, Severity.CRITICAL, id="proved"
            ),
            pytest.param(keys.of_key(holders=of(Grade.COULD)), Standing.WORKS, Severity.HIGH, id="could"),
            pytest.param(keys.of_key(holders=of(Grade.INFERRED)), Standing.WORKS, Severity.LOW, id="inferred"),
            pytest.param(keys.of_key(registered=UNSAID), Standing.WORKS, Severity.HIGH, id="perhaps carried"),
            pytest.param(keys.of_key(registered=None), Standing.WORKS, Severity.HIGH, id="in no register"),
            pytest.param(keys.of_key(keys.copy(fresh=False)), Standing.UNKNOWN, Severity.HIGH, id="not read"),
            pytest.param(keys.of_key(keys.copy(**SEEN_ONCE)), Standing.UNKNOWN, Severity.HIGH, id="gone since now"),
            pytest.param(keys.of_key(keys.copy(**WITHIN_CACHE)), Standing.UNKNOWN, Severity.HIGH, id="still cached"),
            pytest.param(keys.of_key(keys.copy(**LONG_CACHE)), Standing.UNKNOWN, Severity.HIGH, id="cached for long"),
            pytest.param(
                keys.of_key(keys.copy(**SEEN_TWICE), keys.copy(realm="https://old.example", source="old")),
                Standing.WORKS,
                Severity.CRITICAL,
                id="another verifier trusts it",
            ),
            pytest.param(
                keys.of_key(keys.copy(expires_at=cases.AS_OF - timedelta(days=802))),
                Standing.WORKS,
                Severity.CRITICAL,
                id="expired and accepted",
            ),
            pytest.param(
                keys.of_key(keys.in_kms(carryable=Exportable.YES, carryable_reason="Origin EXTERNAL"), keys.copy()),
                Standing.WORKS,
                Severity.CRITICAL,
                id="imported",
            ),
            pytest.param(
                keys.of_key(registered=keys.registered(threshold=2)), Standing.WORKS, Severity.HIGH, id="one share"
            ),
        ],
    )
    def test_flags(self, case: KeyCase, standing: Standing, severity: Severity) -> None:
        (one,) = found(self.RULE, case)

        assert (one.standing, one.severity) == (standing, severity)
        assert (one.realm, one.subject.kind, one.subject.native_id) == ("", SubjectKind.SIGNING_KEY, keys.MATERIAL)
        assert one.person_uid == case.holders[0].person_uid
        assert one.holds_ticket is (severity is not Severity.LOW)

    @pytest.mark.parametrize(
        "case",
        [
            pytest.param(keys.of_key(keys.copy(**SEEN_TWICE)), id="seen twice without it"),
            pytest.param(keys.of_key(keys.copy(), keys.in_kms(), registered=UNSAID), id="it never leaves KMS"),
            pytest.param(
                keys.of_key(registered=keys.registered(carryable=Exportable.NO, carryable_reason="in an HSM")), id="HSM"
            ),
            pytest.param(keys.of_key(holders=of(Grade.REGISTERED, newer=True)), id="newer than the departure"),
            pytest.param(keys.of_key(holders=()), id="nobody left"),
            pytest.param(keys.of_key(holders=of(departure=cases.unconfirmed(Basis.PLANNED))), id="planned end"),
            pytest.param(
                keys.of_key(holders=of(departure=cases.departure(certain_at=cases.AS_OF + timedelta(hours=1)))),
                id="not over everywhere",
            ),
            pytest.param(keys.of_key(keys.in_kms(carryable=Exportable.YES)), id="no verifier: another rule"),
            pytest.param(keys.of_key(keys.secret()), id="a secret: another rule"),
        ],
    )
    def test_is_silent(self, case: KeyCase) -> None:
        assert found(self.RULE, case) == []

    def test_a_cache_of_no_time_takes_a_second_look_even_so(self) -> None:
        once = keys.copy(untrusted_since=cases.OBSERVED_AT, standing=Standing.DEAD, cache=timedelta(0))
        twice = replace(once, confirmed_at=cases.OBSERVED_AT + timedelta(hours=1))

        assert [one.standing for one in found(self.RULE, keys.of_key(once))] == [Standing.UNKNOWN]
        assert found(self.RULE, keys.of_key(twice)) == []

    def test_says_the_four_answers_each_in_a_sentence(self) -> None:
        (one,) = found(self.RULE, keys.of_key(keys.copy(), keys.in_kms(carryable=Exportable.YES)))

        said = "\n".join(one.evidence)
        for part in (
            "Worker E1042 left at the end of 2026-11-13 (Asia/Seoul)",
            "Custodian from 2023-02-01 on (custody.yaml).",
            "It could be carried away: Origin AWS_KMS",
            "It's trusted: published by https://login.corp.example.",
            "The material is the same since 2025-10-09 15:00 UTC, says aws-kms.",
            "What it's good for, says the register: login tokens of every customer.",
        ):
            assert part in said

    def test_each_departed_holder_is_a_finding_of_its_own(self) -> None:
        two = (keys.holder(), keys.holder(person_uid="another", worker_id="E2"))

        assert [one.person_uid for one in found(self.RULE, keys.of_key(holders=two))] == [
            two[0].person_uid,
            "another",
        ]

    def test_the_old_key_is_refused_before_it_is_called_done(self) -> None:
        (one,) = found(self.RULE, keys.of_key())
        order = [
            next(number for number, step in enumerate(written_out(one.revoke)) if start in step)
            for start in (
                "keep the access logs",
                "Publish the new one",
                "Wait 24 hours",
                "take kid 2024-05",
                "must fail",
            )
        ]

        assert order == sorted(order)

    def test_what_a_key_is_called_runs_in_no_shell(self) -> None:
        (one,) = found(self.RULE, keys.of_key(label="x; rm -rf ~"))

        assert "custody --key 'x; rm -rf ~'" in "\n".join(written_out(one.revoke))


class TestSharedSecret:
    RULE = leaver_shared_secret.RULE

    @pytest.mark.parametrize(
        ("case", "standing", "severity"),
        [
            pytest.param(keys.of_key(keys.secret()), Standing.WORKS, Severity.CRITICAL, id="unchanged since"),
            pytest.param(keys.of_key(keys.secret(fresh=False)), Standing.UNKNOWN, Severity.HIGH, id="not read"),
            pytest.param(
                keys.of_key(keys.secret(), holders=of(Grade.COULD)), Standing.WORKS, Severity.HIGH, id="could read it"
            ),
            pytest.param(
                keys.of_key(keys.secret(standing=Standing.UNKNOWN, standing_reason="AWSPREVIOUS")),
                Standing.UNKNOWN,
                Severity.HIGH,
                id="perhaps still accepted",
            ),
        ],
    )
    def test_flags(self, case: KeyCase, standing: Standing, severity: Severity) -> None:
        (one,) = found(self.RULE, case)

        assert (one.standing, one.severity, one.subject.kind) == (standing, severity, SubjectKind.SHARED_SECRET)
        assert not [step for step in written_out(one.revoke) if "token" in step]

    @pytest.mark.parametrize(
        "case",
        [
            pytest.param(keys.of_key(keys.secret(), holders=of(newer=True)), id="changed after the departure"),
            pytest.param(keys.of_key(keys.secret(**SEEN_TWICE)), id="replaced"),
            pytest.param(keys.of_key(), id="a signing key: another rule"),
        ],
    )
    def test_is_silent(self, case: KeyCase) -> None:
        assert found(self.RULE, case) == []


class TestUnverifiable:
    RULE = signing_key_unverifiable.RULE
    UNASKED = keys.of_key(keys.in_kms(carryable=Exportable.YES))

    @pytest.mark.parametrize(
        "case",
        [
            pytest.param(UNASKED, id="nobody can be asked"),
            pytest.param(replace(UNASKED, copies=()), id="in the register alone"),
            pytest.param(replace(UNASKED, attested=keys.attested(until=cases.AS_OF)), id="the word has ended"),
            pytest.param(replace(UNASKED, copies=(), kind=SubjectKind.SHARED_SECRET), id="a secret"),
        ],
    )
    def test_flags_and_asks_a_person(self, case: KeyCase) -> None:
        (one,) = found(self.RULE, case)

        assert one.standing is Standing.UNKNOWN
        assert self.RULE.attestable
        assert "python -m offboarding attest KEY" in written_out(one.revoke)[-1]
        assert misfits(one.revoke) == []

    @pytest.mark.parametrize(
        "case",
        [
            pytest.param(replace(UNASKED, attested=keys.attested()), id="attested"),
            pytest.param(keys.of_key(keys.in_kms(), registered=None), id="it can't leave"),
            pytest.param(keys.of_key(), id="a verifier can be asked"),
            pytest.param(replace(UNASKED, holders=of(newer=True)), id="newer"),
        ],
    )
    def test_is_silent(self, case: KeyCase) -> None:
        assert found(self.RULE, case) == []


class TestKeyAccess:
    RULE = leaver_key_access.RULE

    @pytest.mark.parametrize(
        ("ways", "standing"),
        [
            pytest.param((keys.access(),), Standing.WORKS, id="granted"),
            pytest.param((keys.access(standing=Standing.UNKNOWN),), Standing.UNKNOWN, id="a condition decides"),
            pytest.param((keys.access(fresh=False),), Standing.UNKNOWN, id="not read"),
            pytest.param(
                (keys.access(fresh=False), keys.access(action="kms:PutKeyPolicy")), Standing.WORKS, id="one of"
            ),
        ],
    )
    def test_flags_and_says_that_cutting_access_suffices(self, ways: tuple[Any, ...], standing: Standing) -> None:
        case = keys.of_key(keys.copy(), keys.in_kms(), holders=(keys.holder(held=(), access=ways),), registered=UNSAID)

        (one,) = found(self.RULE, case)

        assert (one.standing, one.severity) == (standing, Severity.MEDIUM)
        assert "need not be rotated" in written_out(one.revoke)[0]
        assert "aws kms revoke-grant" in "\n".join(written_out(one.revoke))

    @pytest.mark.parametrize(
        "case",
        [
            pytest.param(keys.of_key(keys.in_kms(), registered=UNSAID), id="no access any more"),
            pytest.param(
                keys.of_key(keys.in_kms(), holders=(keys.holder(access=(keys.access(),)),)),
                id="it was copied before it came to KMS, says the register",
            ),
            pytest.param(
                keys.of_key(
                    keys.in_kms(**SEEN_TWICE), holders=(keys.holder(access=(keys.access(),)),), registered=UNSAID
                ),
                id="key disabled",
            ),
        ],
    )
    def test_is_silent(self, case: KeyCase) -> None:
        assert found(self.RULE, case) == []


class TestUsedAfterDeparture:
    RULE = signing_key_used_after_departure.RULE
    USE = replace(keys.held(Grade.PROVED, "kms:Sign by their user (event 11aa)."), at=cases.AFTER)

    @pytest.mark.parametrize(
        ("basis", "severity"), [(Basis.ACTUAL, Severity.CRITICAL), (Basis.INFERRED, Severity.HIGH)], ids=str
    )
    def test_flags_an_event_that_only_a_verdict_closes(self, basis: Basis, severity: Severity) -> None:
        gone = cases.departure(basis=basis)
        case = keys.of_key(keys.in_kms(), holders=(keys.holder(uses=(self.USE,), departure=gone),))

        (one,) = found(self.RULE, case)

        assert (one.severity, one.last_used_at) == (severity, cases.AFTER)
        assert self.RULE.ticket is TicketKind.EVENT
        assert "verdict KEY" in written_out(one.revoke)[-1]
        assert misfits(one.revoke) == []

    @pytest.mark.parametrize("at", [cases.BEFORE, cases.OWN_DAY, cases.LEFT_AT])
    def test_is_silent_about_uses_until_the_end_of_the_last_day(self, at: Any) -> None:
        case = keys.of_key(holders=(keys.holder(uses=(replace(self.USE, at=at),)),))

        assert found(self.RULE, case) == []

    def test_a_last_use_that_nobody_is_named_for_makes_none(self) -> None:
        assert found(self.RULE, keys.of_key(keys.copy(last_used_at=cases.AFTER))) == []


class TestRotationWithoutEffect:
    RULE = rotation_without_effect.RULE
    NEW = keys.copy(native_id="2026-11", material="jkt:new", first_seen_at=cases.AFTER)

    @pytest.mark.parametrize(
        ("case", "said"),
        [
            pytest.param(keys.of_key(successors=(NEW,)), "shows a new key, 2026-11", id="the old one stays trusted"),
            pytest.param(
                keys.of_key(keys.copy(**SEEN_TWICE), keys.copy(native_id="2026-11", first_seen_at=cases.AFTER)),
                "a new name is no rotation",
                id="the same material, a new kid",
            ),
            pytest.param(
                keys.of_key(successors=(replace(NEW, key=replace(NEW.key, native_id="2024-05")),)),
                "other material under the same name 2024-05",
                id="the kid is used again",
            ),
        ],
    )
    def test_flags_once_a_key(self, case: KeyCase, said: str) -> None:
        (one,) = found(self.RULE, case)

        assert (one.person_uid, one.standing) == ("", Standing.WORKS)
        assert said in one.evidence[0]

    @pytest.mark.parametrize(
        "case",
        [
            pytest.param(keys.of_key(), id="nothing was done yet"),
            pytest.param(keys.of_key(keys.copy(**SEEN_TWICE), successors=(NEW,)), id="the old one is dead"),
            pytest.param(keys.of_key(keys.copy(**SEEN_ONCE), successors=(NEW,)), id="the old one is on its way out"),
            pytest.param(keys.of_key(successors=(NEW,), holders=()), id="nobody left"),
            pytest.param(
                keys.of_key(keys.copy(), keys.copy(native_id="also", first_seen_at=cases.BEFORE)),
                id="two names all along",
            ),
        ],
    )
    def test_is_silent(self, case: KeyCase) -> None:
        assert found(self.RULE, case) == []


class TestUncustodied:
    RULE = uncustodied_signing_key.RULE

    @pytest.mark.parametrize(("number", "lines"), [(1, 2), (20, 21), (25, 22)])
    def test_is_one_digest_a_system(self, number: int, lines: int) -> None:
        (one,) = self.RULE.evaluate(keys.uncustodied(number), cases.AS_OF)

        assert "NOT CHECKED" in one.evidence[0]
        assert len(one.evidence) == lines
        assert (one.realm, one.subject.kind) == (keys.ISSUER, SubjectKind.SOURCE)

    def test_is_silent_where_each_has_a_custodian(self) -> None:
        assert list(self.RULE.evaluate(keys.uncustodied(0), cases.AS_OF)) == []


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_no_rule_names_a_person_or_asks_for_the_same_twice(rule: Rule) -> None:
    whole = keys.of_key(
        keys.copy(),
        keys.in_kms(carryable=Exportable.YES),
        holders=(
            keys.holder(access=(keys.access(),), uses=(TestUsedAfterDeparture.USE,)),
            keys.holder(keys.held(Grade.INFERRED, "In the team.")),
        ),
        successors=(TestRotationWithoutEffect.NEW,),
        other_holders=3,
    )
    for one in rule.evaluate(whole, cases.AS_OF):
        assert not [said for said in (*one.evidence, *written_out(one.revoke)) if "Jordan" in said]


@pytest.mark.parametrize(
    ("case", "lowered"),
    [
        pytest.param(keys.of_key(), [], id="says yes"),
        pytest.param(keys.of_key(registered=None), [], id="says nothing"),
        pytest.param(
            keys.of_key(registered=keys.registered(carryable=Exportable.NO, carryable_reason="in an HSM")),
            [("leaver-signing-key", Severity.HIGH, None)],
            id="says no",
        ),
        pytest.param(
            keys.of_key(registered=keys.registered(threshold=2)),
            [("leaver-signing-key", Severity.CRITICAL, Severity.HIGH)],
            id="one share",
        ),
        pytest.param(
            keys.of_key(keys.copy(), keys.in_kms(), registered=keys.registered(carryable=Exportable.NO)),
            [],
            id="its system says no as well",
        ),
        pytest.param(keys.of_key(registered=keys.registered(threshold=2), holders=()), [], id="nobody left"),
    ],
)
def test_what_the_register_alone_lowers_or_prevents(
    case: KeyCase, lowered: list[tuple[str, Severity, Severity | None]]
) -> None:
    settings = Settings(company=Company(time_zone="UTC"), rosters=(), sources=())

    effects = register_effects(settings, case, cases.AS_OF, {})

    assert [(each.rule, each.severity, each.lowered_to) for each in effects] == lowered
