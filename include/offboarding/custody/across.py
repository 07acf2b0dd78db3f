"""What is wrong in a register only beside the rest: names that nothing has, and entries that meet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from offboarding.config.mistakes import Mistake, of_worker
from offboarding.config.spelling import nearest
from offboarding.custody.register import Custodian, KeyPlace, Register, RegisteredKey


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSystems:
    """What offboarding.yaml has names for."""

    id_spaces: Mapping[str, str]
    """What names one: the space, or its only roster."""
    directories: Sequence[str]
    """Sources of accounts and groups."""
    sources: Sequence[str]
    """Sources of keys."""
    verifiers: Sequence[str]


def mistakes(register: Register, known: NamedSystems) -> Iterator[Mistake]:
    """Yield what a person must mend."""
    for team, members in register.teams.items():
        for index, member in enumerate(members):
            yield from of_worker(f"teams.{team}[{index}].worker", member.worker, known.id_spaces)
    yield from _Look(register=register, known=known).keys()


def warnings(register: Register) -> Iterator[str]:
    """Yield what is legal and likely not meant."""
    named = {custodian.team for entry in register.keys for custodian in entry.custodians}
    for team in register.teams:
        if team not in named:
            yield f"teams.{team}: no key names this team."
    for index, entry in enumerate(register.keys):
        where = f"keys[{index}] ({entry.name})"
        if not entry.custodians:
            yield f"{where}: has no custodians: it stays NOT CHECKED."
        elif entry.threshold > 1 and entry.threshold > _most(register, entry):
            yield f"{where}: takes {entry.threshold} holders together, and has fewer custodians."


def _most(register: Register, entry: RegisteredKey) -> int:
    """Custodians that there are at most; a group may be any number."""
    if any(custodian.group for custodian in entry.custodians):
        return entry.threshold
    teams = [register.teams.get(custodian.team, ()) for custodian in entry.custodians if custodian.team]
    return sum(map(len, teams)) + sum(custodian.team is None for custodian in entry.custodians)


@dataclass(slots=True, kw_only=True)
class _Look:
    register: Register
    known: NamedSystems
    names: set[str] = field(default_factory=set[str])
    places: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """(Reader, what it's called there) -> whose it is."""

    def keys(self) -> Iterator[Mistake]:
        for index, entry in enumerate(self.register.keys):
            where = f"keys[{index}]"
            if entry.name in self.names:
                yield Mistake(path=f"{where}.name", text=f"{entry.name!r} stands twice")
            self.names.add(entry.name)
            for number, place in enumerate(entry.places):
                yield from self._place(f"{where}.places[{number}]", entry.name, place)
            readers = (*self.known.verifiers, *self.known.sources)
            for number, trusted in enumerate(entry.verifiers):
                yield from _unknown(f"{where}.verifiers[{number}].name", "verifier", trusted.name, readers)
            for number, custodian in enumerate(entry.custodians):
                yield from self._custodian(f"{where}.custodians[{number}]", custodian)

    def _place(self, where: str, name: str, place: KeyPlace) -> Iterator[Mistake]:
        first = self.places.setdefault((place.reader, place.called), name)
        if first != name:
            yield Mistake(path=where, text=f"is where {first} lies already: one key, one entry")
        known = self.known
        if place.verifier is not None:
            hint = f" {place.verifier} is a source: write source." if place.verifier in known.sources else ""
            yield from _unknown(f"{where}.verifier", "verifier", place.verifier, known.verifiers, hint)
        if place.source is not None:
            hint = f" {place.source} is a verifier: write verifier." if place.source in known.verifiers else ""
            if place.source in known.directories:
                hint = f" {place.source} tells of accounts, not of keys."
            yield from _unknown(f"{where}.source", "source of keys", place.source, known.sources, hint)

    def _custodian(self, where: str, custodian: Custodian) -> Iterator[Mistake]:
        if custodian.worker is not None:
            yield from of_worker(f"{where}.worker", custodian.worker, self.known.id_spaces)
        if custodian.team is not None:
            yield from _unknown(f"{where}.team", "team", custodian.team, list(self.register.teams))
        if custodian.group is not None:
            yield from _unknown(f"{where}.group.source", "source", custodian.group.source, self.known.directories)


def _unknown(path: str, what: str, name: str, known: Sequence[str], hint: str = "") -> Iterator[Mistake]:
    if name not in known:
        yield Mistake(path=path, text=f"no {what} is named {name!r}.{hint or nearest(name, known)}")
