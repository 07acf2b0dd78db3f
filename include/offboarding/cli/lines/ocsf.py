"""Findings as events of the Open Cybersecurity Schema Framework: https://schema.ocsf.io/1.8.0/classes/compliance_finding.

No name and no label of anything: a DN or a login is a person's name often enough. docs/decisions/0186-*.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, ClassVar, cast

from offboarding.cli import VERSION
from offboarding.cli.lines.findings import controls
from offboarding.cli.lines.line import At, By, Inner, JsonLine, OrNull, itself
from offboarding.model import FindingState, Severity, Standing
from offboarding.rules import all_rules
from offboarding.store.reading import FindingView

SCHEMA = "1.8.0"
_CLASS = 2003
_SEVERITIES = {Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4, Severity.CRITICAL: 5}
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_NEW, _IN_PROGRESS, _SUPPRESSED, _RESOLVED = 1, 2, 3, 4
_UNKNOWN, _PASS, _FAIL = 0, 1, 3


def _constant(value: object) -> By:
    return By(lambda _: value)


def _milliseconds(name: str) -> By:
    def told(finding: FindingView) -> int | None:
        at = cast("datetime | None", getattr(finding, name))
        return None if at is None else int(at.timestamp() * 1000)

    return By(told)


def _time(finding: FindingView) -> int:
    """When it was last judged, or closed."""
    at = finding.resolved_at or finding.judged_at or finding.first_seen_at
    return int(at.timestamp() * 1000)


def _activity(finding: FindingView) -> int:
    if finding.state is FindingState.RESOLVED:
        return _CLOSE
    return _CREATE if finding.judged_at == finding.first_seen_at else _UPDATE


def _status(finding: FindingView) -> int:
    match finding.state:
        case FindingState.RESOLVED:
            return _RESOLVED
        case FindingState.EXCEPTED:
            return _SUPPRESSED
        case _:
            return _IN_PROGRESS if finding.ref else _NEW


def _result(finding: FindingView) -> int:
    """Never more than is known: what couldn't be checked neither passes nor fails."""
    if finding.state is FindingState.RESOLVED:
        return _PASS
    unknown = finding.state is FindingState.UNVERIFIED or finding.standing == Standing.UNKNOWN
    return _UNKNOWN if unknown else _FAIL


def _standing(finding: FindingView) -> str | None:
    """As last judged; of what has closed nothing, since that is why it was open."""
    return None if finding.state is FindingState.RESOLVED else finding.standing


def _frameworks(finding: FindingView) -> list[str]:
    known = (control.framework for rule in all_rules() if rule.id == finding.rule for control in rule.controls)
    return list(dict.fromkeys(known))


def _listed(part: Callable[[FindingView], object]) -> By:
    return By(lambda finding: [part(finding)])


def _worker(finding: FindingView) -> str | None:
    return f"{finding.id_space}:{finding.worker_id}" if finding.worker_id else None


def _held_by(finding: FindingView) -> FindingView | None:
    return finding if finding.worker_id else None


def _itself(finding: FindingView) -> FindingView:
    return finding


class OcsfRule(Inner):
    """What found it."""

    uid: Annotated[str, By("rule")]
    type_id: Annotated[int, _constant(1)]


class OcsfCompliance(Inner):
    """Which controls it falls short of."""

    control: Annotated[str, By("rule")]
    requirements: Annotated[list[str], By(controls)]
    standards: Annotated[list[str], By(_frameworks)]
    status_id: Annotated[int, By(_result)]


class OcsfFindingInfo(Inner):
    """The finding itself."""

    uid: Annotated[str, By("finding_key")]
    title: Annotated[str, By("rule")]
    analytic: Annotated[OcsfRule, By(itself)]
    types: Annotated[list[str], _listed(lambda finding: finding.rule)]
    created_time: Annotated[int, _milliseconds("first_seen_at")]
    last_seen_time: Annotated[int | None, _milliseconds("last_confirmed_at")]
    src_url: Annotated[OrNull, By("url")]


class OcsfProduct(Inner):
    """This checker."""

    name: Annotated[str, _constant("offboarding")]
    vendor_name: Annotated[str, _constant("offboarding")]
    version: Annotated[str, _constant(VERSION)]


class OcsfMetadata(Inner):
    """By which version of the schema it's told."""

    version: Annotated[str, _constant(SCHEMA)]
    product: Annotated[OcsfProduct, By(itself)]


class OcsfUser(Inner):
    """Whose it is, by HR's number."""

    uid: Annotated[str | None, By(_worker)]


class OcsfResource(Inner):
    """The account, credential or key."""

    uid: Annotated[str, By("subject_native_id")]
    uid_alt: Annotated[OrNull, By("account_native_id")]
    type: Annotated[str, By("subject_kind")]
    namespace: Annotated[OrNull, By("realm")]
    role_id: Annotated[int, _constant(1)]
    owner: Annotated[OcsfUser | None, By(_held_by)]


class OcsfRest(Inner):
    """What the schema has no word for, by ours."""

    source: OrNull
    state: str
    standing: Annotated[str | None, By(_standing)]
    effect: str
    basis: str | None
    left_at: At | None
    last_used_at: At | None
    used_after_departure: bool | None
    due_at: At | None


class OcsfLine(JsonLine):
    """A Compliance Finding."""

    version: ClassVar[int | None] = None

    class_uid: Annotated[int, _constant(_CLASS)]
    category_uid: Annotated[int, _constant(2)]
    activity_id: Annotated[int, By(_activity)]
    type_uid: Annotated[int, By(lambda finding: _CLASS * 100 + _activity(finding))]
    time: Annotated[int, By(_time)]
    severity_id: Annotated[int, By(lambda finding: _SEVERITIES[Severity(finding.severity)])]
    status_id: Annotated[int, By(_status)]
    metadata: Annotated[OcsfMetadata, By(itself)]
    finding_info: Annotated[OcsfFindingInfo, By(itself)]
    compliance: Annotated[OcsfCompliance, By(itself)]
    resources: Annotated[list[OcsfResource], _listed(_itself)]
    unmapped: Annotated[OcsfRest, By(itself)]

    def printed(self) -> dict[str, object]:
        """Without what isn't known: the schema has no null."""
        return cast("dict[str, object]", self.model_dump(mode="json", exclude_none=True))
