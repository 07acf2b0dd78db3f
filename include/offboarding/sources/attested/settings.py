"""What a user may write for a system that nobody can ask."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from offboarding.interfaces import Against, HowTested, SourceSettings, Strict

Heading = Annotated[str, Field(min_length=1)]
DELIMITERS = ",;|\t"


class ListColumns(Strict):
    """Under which headings a list says whom it names."""

    account: Heading | None = Field(default=None, description="The system's own id of an account, which stays.")
    login: Heading | None = Field(default=None, description="What people type to get in.")
    mail: Heading | None = None
    number: Heading | None = Field(default=None, description="The employee number.")

    @property
    def named(self) -> dict[str, str]:
        """What a list must have, by what it means."""
        return {name: heading for name, heading in self.model_dump().items() if heading}

    @model_validator(mode="after")
    def _names_somebody(self) -> "ListColumns":
        if not (self.login or self.mail or self.number):
            raise ValueError("name the column of login, mail or number: else nobody on a list is anybody's")
        if len(set(self.named.values())) < len(self.named):
            raise ValueError("a column is named twice")
        return self


class AttestedSettings(SourceSettings):
    """A folder of lists, of one system. `hosts` is where a connection may lead, of which there is none."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "files")

    connection: str = Field(default="", description="None: files of this machine are read.")
    realm: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        description="The system itself; what stands on its lists is known by it, whatever it's called here.",
    )
    owner: str = Field(min_length=1, description="Who is asked: a team or a worker id, and no name or address.")
    folder: str = Field(
        default="", description="A folder of this machine; a relative path begins at the project. None with by_word."
    )
    columns: ListColumns = Field(
        default_factory=ListColumns.model_construct,
        description="The headings of account, login, mail and number; one at least.",
    )
    by_word: Literal["number", "login"] | None = Field(
        default=None,
        description="In place of lists: a person says who gets in, by employee numbers or by logins there.",
    )
    delimiter: Annotated[str, StringConstraints(strip_whitespace=False)] = Field(
        default=",", description="One of , ; | and a tab."
    )
    ask_again_days: int = Field(default=90, ge=1, le=3660, description="How old the newest list may be.")

    @model_validator(mode="after")
    def _by_one_of_both(self) -> "AttestedSettings":
        given = {"folder", "columns", "delimiter"} & self.model_fields_set
        if self.by_word and given:
            raise ValueError(f"by_word stands in place of lists: take out {', '.join(sorted(given))}")
        if not self.by_word and (not self.folder or not self.columns.named):
            raise ValueError("name folder and columns, or say by_word: number or login")
        return self

    def stated_realm(self) -> str:
        """Its own, where a person's word is the list."""
        return self.system if self.by_word else ""

    @property
    def system(self) -> str:
        """As the system is known: what stands on its lists is of this realm, whatever the source is called."""
        return f"attested:{self.realm}"

    def parts(self) -> tuple[str, ...]:
        """The system, so that no other entry reads it: each would show what the other tells as gone."""
        return (self.realm,)

    @field_validator("owner")
    @classmethod
    def _nobody_by_name(cls, owner: str) -> str:
        # It stands in logs, too, which hold no address.
        if "@" in owner:
            raise ValueError("name a team or a worker id, such as finance or hr:10442: it's told in logs")
        return owner

    @field_validator("delimiter")
    @classmethod
    def _one_of_them(cls, delimiter: str) -> str:
        if len(delimiter) != 1 or delimiter not in DELIMITERS:
            raise ValueError("one of , ; | and a tab is needed")
        return delimiter
