"""Decisions taken in a test, as a person takes them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from offboarding.config.settings import Settings
from offboarding.decisions import acknowledgements, departures, kinds, links, nights, notices, submitting
from offboarding.decisions.kinds import ConfiguredContext, DecisionContext, Right
from offboarding.model import LinkVerdict
from offboarding.store.acknowledgements import Acknowledgement
from offboarding.store.connect import Session
from offboarding.store.notices import Notice
from offboarding.store.rows import Run
from offboarding.store.words import OpenEnd


def context(session: Session, author: str = "analyst") -> DecisionContext:
    return DecisionContext(session=session, author=author, zone="Asia/Seoul")


def whole_desk(session: Session, settings: Settings, author: str = "analyst") -> ConfiguredContext:
    zone = settings.company.time_zone
    return ConfiguredContext(session=session, author=author, zone=zone, settings=settings, trackers=dict)


def add_notice(session: Session, settings: Settings, *, who: str, last: str, reason: str, author: str) -> Notice:
    return notices.add(whole_desk(session, settings, author), who=who, last=last, reason=reason).made


def withdraw_notice(session: Session, notice_id: str, *, reason: str, author: str) -> Notice:
    return notices.withdraw(context(session, author), notice=notice_id, reason=reason).made


def confirm_departure(session: Session, settings: Settings, *, departure: str, reason: str, author: str) -> OpenEnd:
    return departures.confirm(whole_desk(session, settings, author), departure=departure, reason=reason).made


def deny_departure(session: Session, settings: Settings, *, departure: str, reason: str, author: str) -> OpenEnd:
    return departures.deny(whole_desk(session, settings, author), departure=departure, reason=reason).made


def withdraw_run(session: Session, run_id: int, *, reason: str, author: str) -> Run:
    (run,) = nights.withdraw(context(session, author), run_ids=[run_id], reason=reason).made
    return run


def acknowledge(
    session: Session, settings: Settings, *, until: date, reason: str, author: str, **about: Any
) -> Acknowledgement:
    return acknowledgements.acknowledge(whole_desk(session, settings, author), until=until, reason=reason, **about).made


def decide_link(session: Session, verb: LinkVerdict, *, author: str, **fields: str) -> links.LinkDecided:
    decide = links.confirm if verb is LinkVerdict.CONFIRM else links.reject
    return decide(context(session, author), **fields).made


def submit(session: Session, settings: Settings, given: Mapping[str, object], **about: Any) -> None:
    """Submit a decision by the right that it requires."""
    kind = kinds.submitted().get(str(given.get("name")))
    right = kind.right if kind and kind.right else Right.LINK
    submitting.submit(session, settings, given, right=right, trackers=dict, **about)
