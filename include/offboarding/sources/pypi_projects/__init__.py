"""Kind `pypi_projects`: who may publish a company's projects at PyPI (docs/configuration/pypi_projects.md).

Read from below: `client` asks, and says what comes; `source` tells whoever has a role.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.pypi_projects.settings import PypiProjectsSettings

Settings = PypiProjectsSettings


def destinations(settings: PypiProjectsSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    from offboarding.net.service.address import destination  # noqa: PLC0415 - it brings httpx

    yield from destination(f"sources.{settings.name}", connection)


def build(settings: PypiProjectsSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of some projects; nothing is asked yet. Raises ConfigError for a connection that can't be right."""
    from offboarding.sources.pypi_projects.source import PypiProjects  # noqa: PLC0415 - it brings httpx

    del part
    return PypiProjects(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say: by what the projects are known, and which."""
    del where, connection
    realm = asker.choose("realm", "A name for the company's projects at PyPI, which they keep")
    named = asker.choose("projects", "Which projects, with blanks between them")
    return Proposal(
        settings={"realm": realm, "projects": named.split()},
        notes=("PyPI tells user names alone: say whose each is in a register, and where that lies by register_file.",),
    )
