"""What the settings of every kind of a room hold; its own keys are declared by the kind."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, NamedTuple, TypeVar

from pydantic import AfterValidator, Field

from offboarding.config.strict import Strict
from offboarding.model import Coverage, Language, SubjectKind
from offboarding.net.destinations import Pinned

_Word = TypeVar("_Word")


def _no_blanks(words: tuple[_Word, ...]) -> tuple[_Word, ...]:
    if any(isinstance(word, str) and not word.strip() for word in words):
        raise ValueError("holds an empty word, which fits nothing: fill it in, or leave it out")
    return words


Words = Annotated[tuple[_Word, ...], AfterValidator(_no_blanks)]
"""Of which an empty list says that there is none."""
Some = Annotated[Words[_Word], Field(min_length=1)]
"""Whose key, left out, means something else than none, such as every one: an empty list would say that too."""


Tells = Literal["accounts", "keys", "events"]
"""Whether it's a `Source` (who has accounts), a `KeySource` (keys that several may hold) or a `Trail` (what was done).
"""


class Against(StrEnum):
    """What a kind was tested against, the best of it."""

    REAL = "the real thing"
    EMULATOR = "an emulator"
    DESCRIPTION = "the vendor's description"
    BY_HAND = "a description written by hand"


class HowTested(NamedTuple):
    """How a kind was tested: `check-config`, `doctor`, the README and docs/systems.md say it."""

    against: Against
    what: str
    """Which, and what else of it."""

    def __str__(self) -> str:
        """As pages have it."""
        return f"{self.against}: {self.what}"


DEFAULT_READ_MINUTES = 60
MOST_READ_MINUTES = 90
"""The reads of a night follow each other twice and are tried three times, within six hours (offboarding_airflow)."""


class ReadSettings(Pinned):
    """What the settings of everything that is read hold: rosters, sources and verifiers."""

    tested: ClassVar[HowTested]
    """Each kind declares it."""

    max_read_minutes: float = Field(
        default=DEFAULT_READ_MINUTES,
        gt=0,
        le=MOST_READ_MINUTES,
        description="How long one read may take, in all; what is not read by then is not checked.",
    )


class RosterSettings(ReadSettings):
    """What every roster's settings hold."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Our name for it, in logs and tickets.")
    kind: str
    connection: str | None = Field(default=None, description="Airflow connection id, where one is needed.")
    coverage: Coverage = Field(description="full: everyone, leavers with dates; active: who works here; leavers.")
    id_space: str = Field(default="default", description="Where worker ids mean the same person.")
    login_realm: str | None = Field(
        default=None, description="By what name sources share the logins that HR gives for no source in particular."
    )

    def named_sources(self) -> tuple[str, ...]:
        """Sources that its columns name, as in `login:corp-ldap`."""
        return ()

    def maps_logins(self) -> bool:
        """Whether it maps a `login` for no source in particular."""
        return False

    def tells_location(self) -> bool:
        """Whether it may tell where somebody works, as far as its settings say."""
        return True


class SourceSettings(ReadSettings):
    """What every source's settings hold."""

    tells: ClassVar[Tells] = "accounts"
    delays: ClassVar[Mapping[SubjectKind, timedelta]] = {}
    """How long a thing of a kind may go on that was shut there, by the system's own word: before that is over it isn't
    said to be dead. A kind of source declares it, with the page that says so; what isn't here ends at once."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Our name for it; renaming opens no ticket again.")
    kind: str
    connection: str = Field(description="Airflow connection id.")
    id_space: str | None = Field(default=None, description="Whose employee numbers its accounts bear.")
    login_realm: str | None = Field(
        default=None,
        description="A name that sources with the same logins share: one login is one person's in all of them.",
    )
    number_format: str = Field(default="{worker_id}", description="How it writes a worker id, such as E{worker_id}.")
    sign_on: str | None = Field(default=None, description="The source by whose word people sign on to it.")
    queue: str | None = Field(default=None, description="Ticket queue for what is found here.")
    revoke_connection: str | None = Field(
        default=None,
        min_length=1,
        description="An Airflow connection of its own, by which alone an approved revocation is written.",
    )

    def parts(self) -> tuple[str, ...]:
        """What is read apart from the rest, a mapped task each (AWS accounts); ("",) for a source of one part."""
        return ("",)

    def tells_parts(self) -> bool:
        """Whether the system itself may tell of parts that the settings don't name."""
        return False

    def part_queue(self, part: str) -> str | None:
        """The ticket queue of one part."""
        del part
        return self.queue

    def named_sources(self) -> tuple[str, ...]:
        """Other sources that its keys name (who reads the people that come in from elsewhere)."""
        return ()

    def warnings(self) -> tuple[str, ...]:
        """What is legal and likely not meant."""
        return ()

    def stated_realm(self) -> str:
        """The system of which a person says who gets in; "" for one that is asked, or tells by itself."""
        return ""


class VerifierSettings(SourceSettings):
    """What every verifier's settings hold: it is read as a source is, and says who still trusts a key."""

    tells: ClassVar[Tells] = "keys"
    connection: str = Field(default="", description="Airflow connection id, where one is needed.")
    cache_hours: float = Field(
        default=24,
        ge=0,
        description="The longest that anyone goes on trusting a key which is no longer published; dead is what wasn't"
        " seen twice, this far apart.",
    )


class TrackerSettings(Pinned):
    """What every tracker's settings hold."""

    tested: ClassVar[HowTested]
    """Each kind declares it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    kind: str
    connection: str = Field(description="Airflow connection id.")
    language: Language | None = Field(default=None, description="In which its tickets are told; else the policy's.")
    takes_over: bool = Field(
        default=False, description="Tickets of ours that another store opened, which tells this tracker no more."
    )

    @property
    def tells_in(self) -> Language:
        """The language, where nobody has filled it in yet English."""
        return self.language or Language.EN


class QueueSettings(Pinned):
    """What every queue's settings hold: departures are told by message there."""

    tested: ClassVar[HowTested]
    """Each kind declares it."""

    kind: str
    connection: str | None = Field(default=None, description="An Airflow connection id; left out: the machine's role.")
    queue: str = Field(min_length=1, description="The queue's URL.")
    set_aside: str = Field(min_length=1, description="The URL of the queue for messages that can't be taken.")


class PagerSettings(Pinned):
    """What every pager's settings hold."""

    tested: ClassVar[HowTested]
    """Each kind declares it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Our name for it, in routes and errors.")
    kind: str
    connection: str = Field(description="Airflow connection id.")


class NotifierSettings(Strict):
    """What every notifier's settings hold."""

    tested: ClassVar[HowTested]
    """Each kind declares it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Our name for it, in logs and errors.")
    kind: str
    connection: str = Field(description="Airflow connection id.")
    night_report: bool = Field(default=False, description="Told each night where policy.night_report has kept it.")
