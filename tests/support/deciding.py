"""Decisions taken in a test, as a person takes them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from offboarding.config.settings import Settings
from offboarding.decisions import acknowledgements, departures, forms, links, nights, notices
from offboarding.decisions.forms import CHOICE, Form
from offboarding.decisions.kinds import ConfiguredContext, DecisionContext
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


def filled_in(given: Mapping[str, object]) -> tuple[Form, dict[str, object]]:
    """The form of the decision that is `given` by its whole name, such as "link confirm", and what stands in it.

    A name that is none is a wrong choice in the form of its first word.
    """
    fields = dict(given)
    name = str(fields.pop("decision"))
    for form in forms.every().values():
        for choice, kind in form.choices.items():
            if kind.name == name:
                return form, {CHOICE: choice, **fields} if choice else fields
    word, _, choice = name.partition(" ")
    return forms.every()[word], {CHOICE: choice, **fields}
