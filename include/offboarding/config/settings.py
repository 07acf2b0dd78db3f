"""What a user may write in `offboarding.yaml`, with every default. An entry's own keys are declared by the file of
its kind.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from pydantic import Field, PrivateAttr

from offboarding.config.policy import Policy
from offboarding.config.spelling import nearest
from offboarding.config.values import LoginPattern, Zone
from offboarding.custody import across
from offboarding.custody.register import Register
from offboarding.guard.limits import Guard
from offboarding.interfaces import (
    Against,
    HowTested,
    NotifierSettings,
    PagerSettings,
    QueueSettings,
    RosterSettings,
    SourceSettings,
    Strict,
    TrackerSettings,
    VerifierSettings,
    Words,
)
from offboarding.model import SubjectKind
from offboarding.model.errors import ConfigError
from offboarding.model.naming import space_names
from offboarding.net.destinations import StoreWord
from offboarding.report.texts.own import OwnTemplates
from offboarding.waivers.register import Exceptions

DEFAULT_CUSTODY = "custody.yaml"
DEFAULT_EXCEPTIONS = "exceptions.yaml"
STORE_CONNECTION = "offboarding_store"

_Named = TypeVar("_Named", RosterSettings, SourceSettings)


class Company(Strict):
    """What is true of the whole company."""

    time_zone: Zone = Field(description="Where a worker's zone is unknown, and for what people read.")
    mail_domains: tuple[str, ...] = Field(default=(), description="Our own domains.")
    mail_aliases: Mapping[str, str] = Field(default={}, description="Alias domain -> the domain it stands for.")
    login_patterns: tuple[LoginPattern, ...] = Field(default=(), description="Second logins, such as adm-{login}.")
    service_patterns: Words[str] = Field(default=(), description="Workloads' logins, such as svc-*.")


class Settings(Strict):
    """The whole file."""

    company: Company
    forms_url: str = Field(
        default="",
        pattern=r"^(https?://\S*\{form\}\S*)?$",
        description="The page of a form by which people decide, for tickets: {form} is its name. Left out: Airflow's.",
    )
    store: StoreWord = Field(
        default=None, description="embedded: beside the project; else the connection offboarding_store, and its bounds."
    )
    rosters: tuple[RosterSettings, ...]
    sources: tuple[SourceSettings, ...]
    verifiers: tuple[VerifierSettings, ...] = ()
    trackers: tuple[TrackerSettings, ...] = ()
    pagers: tuple[PagerSettings, ...] = ()
    notifiers: tuple[NotifierSettings, ...] = ()
    custody: str = Field(
        default=DEFAULT_CUSTODY, description="The file that says who holds which key; relative to this one."
    )
    exceptions: str = Field(
        default=DEFAULT_EXCEPTIONS, description="The file that says what may stand for a while; relative to this one."
    )
    messages: QueueSettings | None = Field(default=None, description="Departures by message.")
    policy: Policy = Policy()
    guard: Guard = Guard()
    _register: Register = PrivateAttr(default_factory=Register)
    _exceptions: Exceptions = PrivateAttr(default_factory=Exceptions)
    _templates: OwnTemplates = PrivateAttr(default_factory=OwnTemplates)

    def tested(self) -> Mapping[tuple[str, str], HowTested]:
        """How each system's kind was tested, by what the system is (`source`) and its name; a queue's is its kind."""
        lists = {
            "roster": self.rosters,
            "source": self.sources,
            "verifier": self.verifiers,
            "tracker": self.trackers,
            "pager": self.pagers,
            "notifier": self.notifiers,
        }
        found = {(what, own.name): own.tested for what, entries in lists.items() for own in entries}
        return found if self.messages is None else {**found, ("queue", self.messages.kind): self.messages.tested}

    def untested(self) -> tuple[str, ...]:
        """Return a sentence on the systems whose kinds were not tested against the real thing, if any."""
        names = defaultdict[Against, list[str]](list)
        for (_, name), how in self.tested().items():
            names[how.against].append(name)
        found = [f"{', '.join(names[each])} by {each}" for each in Against if each is not Against.REAL and names[each]]
        text = f"Not tested against the real thing: {'; '.join(found)}. Look closely at what they report first"
        return (f"{text} (docs/systems.md).",) if found else ()

    @property
    def register(self) -> Register:
        """What that file says; empty where there is none."""
        return self._register

    def with_register(self, register: Register) -> "Settings":
        """The same, with what the custody file says."""
        copy = self.model_copy()
        copy._register = register  # noqa: SLF001 - a copy of this very class
        return copy

    @property
    def let_stand(self) -> Exceptions:
        """What the exceptions file says; empty where there is none."""
        return self._exceptions

    def with_exceptions(self, exceptions: Exceptions) -> "Settings":
        """The same, with what the exceptions file says."""
        copy = self.model_copy()
        copy._exceptions = exceptions  # noqa: SLF001 - a copy of this very class
        return copy

    @property
    def telling(self) -> tuple[TrackerSettings, ...]:
        """The trackers, each with the language that its tickets are told in."""
        language = self.policy.language
        return tuple(own.model_copy(update={"language": own.language or language}) for own in self.trackers)

    @property
    def own_templates(self) -> OwnTemplates:
        """The company's own, of the folder `policy.texts`; none where it names none."""
        return self._templates

    def with_templates(self, templates: OwnTemplates) -> "Settings":
        """The same, with the templates of that folder."""
        copy = self.model_copy()
        copy._templates = templates  # noqa: SLF001 - a copy of this very class
        return copy

    @property
    def id_spaces(self) -> Mapping[str, str]:
        """What may stand before a worker id -> the id space that it names."""
        return space_names([(roster.name, roster.id_space) for roster in self.rosters])

    @property
    def known_names(self) -> across.NamedSystems:
        """What a register may name."""
        return across.NamedSystems(
            id_spaces=self.id_spaces,
            directories=tuple(source.name for source in self.sources if source.tells == "accounts"),
            sources=tuple(source.name for source in self.sources if source.tells == "keys"),
            verifiers=tuple(verifier.name for verifier in self.verifiers),
        )

    def roster(self, name: str) -> RosterSettings:
        """By name. Raises ConfigError with the nearest one."""
        return _named(self.rosters, name, "rosters")

    @property
    def readers(self) -> tuple[SourceSettings, ...]:
        """Sources, and verifiers, which are read as they are."""
        return (*self.sources, *self.verifiers)

    @property
    def sign_on(self) -> Mapping[str, str]:
        """By whose word people sign on to a source, for those that say so."""
        return {source.name: source.sign_on for source in self.sources if source.sign_on}

    def delay_of(self, name: str, kind: SubjectKind) -> timedelta:
        """How long a thing of this kind may go on that was shut at a source; no time where it's configured no more."""
        return next((each.delays.get(kind, timedelta(0)) for each in self.sources if each.name == name), timedelta(0))

    def source(self, name: str) -> SourceSettings:
        """A source or verifier by name. Raises ConfigError with the nearest one."""
        return _named(self.readers, name, "sources")


def warnings(settings: Settings) -> Iterator[str]:
    """Yield what is legal and likely not meant."""
    yield from _mail_warnings(settings.company)
    spaces = sorted({roster.id_space for roster in settings.rosters})
    for index, verifier in enumerate(settings.verifiers):
        yield from (f"verifiers[{index}] ({verifier.name}): {warning}" for warning in verifier.warnings())
    for index, source in enumerate(settings.sources):
        where = f"sources[{index}] ({source.name})"
        if source.tells != "accounts":
            pass
        elif source.id_space is None and len(spaces) > 1:
            several = ", ".join(spaces)
            yield f"{where}: names no id_space, and the rosters have several ({several}): its numbers count for less."
        elif source.id_space is not None and source.id_space not in spaces:
            yield f"{where}: no roster has the id_space {source.id_space}.{nearest(source.id_space, spaces)}"
        yield from (f"{where}: {warning}" for warning in source.warnings())
    for index, roster in enumerate(settings.rosters):
        if roster.maps_logins() and roster.login_realm is None:
            where = f"rosters[{index}] ({roster.name})"
            yield f"{where}: maps logins without a login_realm: they count for less everywhere."
    yield from (f"{settings.custody}: {warning}" for warning in across.warnings(settings.register))
    yield from _telling_warnings(settings)


def connections_of(settings: Settings) -> Iterator[tuple[str, str]]:
    """Whose connection each is that the file names, and which: all but those by which revocations are written."""
    for room in ("rosters", "sources", "verifiers", "trackers", "pagers", "notifiers"):
        for own in getattr(settings, room):
            yield f"{room}.{own.name}", own.connection or ""
    yield "messages", (settings.messages.connection if settings.messages else None) or ""
    yield "store", STORE_CONNECTION


def queues_of(settings: Settings) -> Iterator[tuple[str, str]]:
    """Where in the file a queue is named, and which."""
    yield "policy.queue", settings.policy.queue
    yield "policy.review_queue", settings.policy.review_queue
    yield from ((f"policy.routes[{n}].queue", route.queue) for n, route in enumerate(settings.policy.routes))
    yield from ((f"sources[{n}].queue", source.queue or "") for n, source in enumerate(settings.sources))


def _telling_warnings(settings: Settings) -> Iterator[str]:
    trackers = [tracker.name for tracker in settings.trackers]
    if not trackers:
        yield "trackers: none: findings are kept and shown, and nobody is told."
    for where, queue in queues_of(settings):
        name, colon, _ = queue.partition(":")
        if colon and len(trackers) == 1 and name != trackers[0]:
            yield f"{where}: no tracker is named {name}: tickets go to {trackers[0]}, to its queue {queue!r}."
    if settings.policy.nightly_done_by and not settings.notifiers:
        yield "policy.nightly_done_by: no notifier is named: nobody is told of a late night."
    if settings.policy.night_report_pdf and not settings.policy.night_report:
        yield "policy.night_report_pdf: policy.night_report names no place: no report is kept."
    for number, notifier in enumerate(settings.notifiers):
        if notifier.night_report and not settings.policy.night_report:
            yield f"notifiers[{number}].night_report: policy.night_report names no place: no report is kept."
    yield from _route_warnings(settings)


def _route_warnings(settings: Settings) -> Iterator[str]:
    routes = settings.policy.routes
    for number, route in enumerate(routes):
        where = f"policy.routes[{number}]"
        before = next((n for n, earlier in enumerate(routes[:number]) if earlier.leaves_nothing_to(route)), None)
        if before is not None:
            yield f"{where}: it's never taken: whatever fits it fits policy.routes[{before}], which comes first."
        rosters = [each for each in settings.rosters if not route.rosters or each.name in route.rosters]
        if route.locations and not any(roster.tells_location() for roster in rosters):
            yield f"{where}.locations: it's never taken: no such roster maps a `location`. Name HR's column for it."
        readers = [each for each in settings.readers if not route.sources or each.name in route.sources]
        parts = [part for reader in readers for part in reader.parts() if part]
        for part in route.parts if not any(reader.tells_parts() for reader in readers) else ():
            if part not in parts:
                yield f"{where}.parts: {part} is no part that these sources name.{nearest(part, parts)}"


def _mail_warnings(company: Company) -> Iterator[str]:
    if not company.mail_domains:
        yield "company.mail_domains: none: a plus-address or an alias of a work mail is taken for another address."
    for alias, domain in company.mail_aliases.items():
        if domain not in company.mail_domains:
            yield f"company.mail_aliases.{alias}: {domain} is not among company.mail_domains."


def _named(items: Sequence[_Named], name: str, what: str) -> _Named:
    for item in items:
        if item.name == name:
            return item
    raise ConfigError(f"{what}: there is no {name!r}.{nearest(name, [item.name for item in items])}")
