"""Who has a role in a group or below it: of several the highest counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources.gitlab_users.answers import GitlabMember
from offboarding.sources.gitlab_users.places import Place

_TOLD_IN_SOME = ("email", "group_saml_identity", "group_scim_identity")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A member, by their highest role, and where they hold it."""

    member: GitlabMember
    place: Place


class HeldRoles:
    """Everybody's, by id."""

    def __init__(self, where: str, places: Sequence[Place]) -> None:
        """None yet. `where`: how errors begin."""
        self._kept = DiskIndex(where)
        self._places = {place.at: place for place in places}

    def of(self, number: int) -> HeldRole | None:
        """Somebody's; None of who has none."""
        for text in self._kept.of(str(number)):
            at, _, member = text.partition(" ")
            return HeldRole(member=GitlabMember.model_validate_json(member), place=self._places[at])
        return None

    def take(self, member: GitlabMember, place: Place) -> None:
        """One that somebody has. What only some lists tell of them is taken from those."""
        before = self.of(member.id)
        if before:
            higher = member.access_level > before.member.access_level
            kept, other = (member, before.member) if higher else (before.member, member)
            own = {name: getattr(other, name) for name in _TOLD_IN_SOME if not getattr(kept, name)}
            member, place = kept.model_copy(update=own), place if higher else before.place
        self._kept.put(str(member.id), f"{place.at} {member.model_dump_json()}")

    def __iter__(self) -> Iterator[HeldRole]:
        """Yield each."""
        return (held for number in self._kept if (held := self.of(int(number))))
