"""What a user may write for a company's projects at PyPI."""

from typing import Annotated, ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, Some
from offboarding.sources._http.settings import HttpSourceSettings


class PypiProjectsSettings(HttpSourceSettings):
    """Projects, by name: PyPI lists those of no company."""

    tested: ClassVar[HowTested] = HowTested(
        Against.BY_HAND, "after PyPI's documents on its JSON API; pypi-json as second caller"
    )

    realm: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]*$", description="A name for these projects, which they keep: their id here."
    )
    projects: Some[Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]] = Field(
        description="As PyPI writes them in addresses: small letters, and one - for each . _ or -."
    )
    register_file: str = Field(
        default="",
        description="A CSV file of this machine that says whose a user of PyPI's is: username,login.",
    )
