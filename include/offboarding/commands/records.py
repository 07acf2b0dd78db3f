"""The lines of JSON that other programs rely on. docs/jsonl.md says what each field means; a test holds them together.

Moments are ISO 8601 in UTC. A new field may come within one `schema_version`; none goes or changes its meaning.
"""

from datetime import UTC, datetime

from include.offboarding.rules import all_rules
from include.offboarding.store.acknowledgements import Acknowledgement
from include.offboarding.store.decisions import Decision
from include.offboarding.store.reading import Explanation, FindingTold, LinkTold, PersonTold, RunTold
from include.offboarding.store.reading.reads import PartTold, RosterTold
from include.offboarding.store.reading.workers import DepartureTold

SCHEMA_VERSION = 1
Record = dict[str, object]


def finding_record(finding: FindingTold) -> Record:
    """A line of `findings`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "key": finding.finding_key,
        "rule": finding.rule,
        "severity": finding.severity,
        "state": finding.state,
        "id_space": finding.id_space,
        "worker_id": finding.worker_id,
        "left_at": _at(finding.left_at),
        "basis": finding.basis,
        "relation": finding.relation,
        "source": finding.source or None,
        "realm": finding.realm or None,
        "subject": {
            "kind": finding.subject_kind,
            "native_id": finding.subject_native_id,
            "label": finding.subject_label,
            "account_native_id": finding.account_native_id or None,
            "account_label": finding.account_label or None,
        },
        "standing": finding.standing,
        "effect": finding.effect,
        "used_after_departure": finding.used_after_departure,
        "last_used_at": _at(finding.last_used_at),
        "exposure_days": finding.exposure_days,
        "first_seen_at": _at(finding.first_seen_at),
        "last_confirmed_at": _at(finding.last_confirmed_at),
        "resolved_at": _at(finding.resolved_at),
        "due_at": _at(finding.due_at),
        "controls": controls(finding.rule),
        "ticket": _ticket(finding),
        "evidence": finding.evidence,
    }


def link_record(link: LinkTold) -> Record:
    """A line of `links`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "source": link.source,
        "account_native_id": link.account_native_id,
        "account_label": link.account_label,
        "decision": link.decision,
        "id_space": link.id_space,
        "worker_id": link.worker_id,
        "relation": link.relation,
        "score": None if link.score is None else link.score / 100,
        "evidence": link.evidence,
    }


def run_record(run: RunTold) -> Record:
    """A line of `runs`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run.run_id,
        "as_of": _at(run.as_of),
        "started_at": _at(run.started_at),
        "finished_at": _at(run.finished_at),
        "status": run.status,
        "waiting": run.waiting,
        "withdrawn_at": _at(run.withdrawn_at),
        "rosters": [_roster(roster) for roster in run.rosters],
        "sources": [_part(part) for part in run.parts],
    }


def person_record(person: PersonTold, findings: list[FindingTold]) -> Record:
    """The line of `worker`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id_space": person.found.id_space,
        "worker_id": person.found.worker_id,
        "records": [
            {
                "roster": record.roster,
                "id_space": record.id_space,
                "worker_id": record.worker_id,
                "name": record.name,
                "manager": record.manager,
                "location": record.location,
                "missing_since": _at(record.missing_since),
                "vanished_at": _at(record.vanished_at),
            }
            for record in person.records
        ],
        "employments": [
            {
                "roster": employment.roster,
                "worker_id": employment.worker_id,
                "status": employment.status,
                "start_on": _on(employment.start_on),
                "last_working_on": _on(employment.last_working_on),
                "end_on": _on(employment.end_on),
                "zone": employment.zone,
                "type": employment.type,
            }
            for employment in person.employments
        ],
        "departures": [_departure(departure) for departure in person.departures],
        "links": [_without_version(link_record(link)) for link in person.links],
        "findings": [_without_version(finding_record(finding)) for finding in findings],
    }


def explanation_record(told: Explanation) -> Record:
    """The line of `explain`: the finding's own fields, and what explains them."""
    return {
        **finding_record(told.finding),
        "standing_reason": told.finding.standing_reason,
        "resolution": told.finding.resolution or None,
        "claims": [
            {
                "id_space": claim.id_space,
                "worker_id": claim.worker_id,
                "relation": claim.relation,
                "decision": claim.decision,
                "score": claim.score / 100,
                "evidence": claim.evidence,
                "left_at": _at(claim.left_at),
            }
            for claim in told.claims
        ],
        "departures": [_departure(departure) for departure in told.departures],
        "events": [
            {
                "at": _at(event.at),
                "run_id": event.run_id,
                "actor": event.actor,
                "from_state": event.from_state,
                "to_state": event.to_state,
                "text": event.text,
            }
            for event in told.events
        ],
        "decisions": [_without_version(decision_record(decision)) for decision in told.decisions],
    }


def acknowledgement_record(each: Acknowledgement) -> Record:
    """A line of `acknowledge list`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "acknowledgement_id": each.acknowledgement_id,
        "origin": each.origin,
        "source": each.source or None,
        "part": each.part or None,
        "roster": each.roster or None,
        "finding": each.finding or None,
        "queue": each.queue or None,
        "reason": each.reason,
        "author": each.author,
        "made_at": _at(each.made_at),
        "expires_at": _at(each.expires_at),
        "ended_at": _at(each.ended_at),
        "ended_by": each.ended_by,
        "ended_for": each.ended_for,
    }


def decision_record(decision: Decision) -> Record:
    """A line of `link list`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "decision_id": decision.decision_id,
        "verdict": decision.verdict,
        "source": decision.source or None,
        "realm": decision.realm,
        "account_native_id": decision.native_id,
        "account_label": decision.account_label or None,
        "id_space": decision.id_space,
        "worker_id": decision.worker_id,
        "reason": decision.reason,
        "author": decision.author,
        "decided_at": _at(decision.decided_at),
        "revoked_at": _at(decision.revoked_at),
        "revoked_by": decision.revoked_by,
    }


def controls(rule: str) -> list[str]:
    """What a rule's findings answer, such as "NIST SP 800-53 PS-4"; nothing of a rule that is no more."""
    return [str(control) for known in all_rules() if known.id == rule for control in known.controls]


def _ticket(finding: FindingTold) -> Record | None:
    if finding.ticket_state is None:
        return None
    return {"tracker": finding.tracker, "ref": finding.ref, "url": finding.url, "state": finding.ticket_state}


def _roster(roster: RosterTold) -> Record:
    return {
        "name": roster.name,
        "realm": None,
        "status": roster.status,
        "proved": roster.proved,
        "counts": {
            "records": roster.records,
            "workers": roster.workers,
            "inferred": roster.inferred,
            "waiting": roster.waiting,
            "problems": len(roster.problems),
        },
        "requests": {},
    }


def _part(part: PartTold) -> Record:
    return {
        "name": part.name,
        "realm": part.realm,
        "status": part.status,
        "proved": part.proved,
        "counts": {
            "accounts": part.accounts,
            "credentials": part.credentials,
            "detail_accounts": part.detail_accounts,
            "detail_credentials": part.detail_credentials,
        },
        "requests": dict(part.requests),
    }


def _departure(departure: DepartureTold) -> Record:
    return {
        "episode": departure.episode,
        "left_at": _at(departure.left_at),
        "left_on": _on(departure.left_on),
        "zone": departure.zone,
        "basis": departure.basis,
        "confirmed": departure.confirmed,
        "returned": departure.returned,
        "roster": departure.roster,
        "told": departure.told,
        "valid_from": _at(departure.valid_from),
        "valid_to": _at(departure.valid_to),
    }


def _without_version(record: Record) -> Record:
    return {name: value for name, value in record.items() if name != "schema_version"}


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _on(day: object) -> str | None:
    return None if day is None else str(day)
