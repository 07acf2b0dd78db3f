"""Kind `attested`: who gets into a system that nobody can ask, by lists that somebody gave
(docs/configuration/attested.md).

Such a list is a person's word: it shows nobody in, and nobody out. Read from below: `lists` finds the newest and takes
it apart, `source` tells accounts of which nothing more is known.
"""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.sources.attested.lists import proposed
from offboarding.sources.attested.settings import AttestedSettings
from offboarding.sources.attested.source import AttestedSystem

Settings = AttestedSettings


def build(settings: AttestedSettings, connection: ConnectionFields | None, part: str, context: ReadContext) -> Source:
    """The source of one system; no file is opened before its first fact is wanted."""
    del connection, part
    return AttestedSystem(settings, context)


def propose(where: str, connection: ConnectionFields | None, asker: Chooser) -> Proposal:
    """What a first configuration should say of a folder of lists."""
    del connection
    found = proposed(where)
    return Proposal(
        settings={
            "realm": asker.choose("realm", f"{where}: which system are the lists of, in a word", confirm=True),
            "owner": asker.choose("owner", f"{where}: who is asked for a new list, a team or a worker id"),
            **found,
        },
        notes=("Nobody checks what stands on a list: it's a person's word (docs/configuration/attested.md).",),
    )
