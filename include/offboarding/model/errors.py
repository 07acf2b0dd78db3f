"""Errors, by what the caller should do about them."""

from collections.abc import Sequence

from offboarding.model.redaction import without_secrets


class OffboardingError(Exception):
    """Any error of ours. Its text names the source, the record and the fix, and holds no secret of a connection."""

    def __init__(self, text: str = "") -> None:
        super().__init__(without_secrets(text))


class RetriableError(OffboardingError):
    """It may work in a minute (a time-out, throttling, a server that restarts): try the same call again."""


class FatalError(OffboardingError):
    """It won't work however often it's tried (a refused login, a missing right): a person has to act."""

    field: str = ""
    """Which field of a decision it's about, where that is known."""


class UncertainError(FatalError):
    """What was told may have been taken all the same: the answer doesn't say."""


class NamedError(FatalError):
    """One whose text repeats what people or accounts are called, as a terminal may and a log may not."""

    def __init__(self, text: str, *, logged: str) -> None:
        super().__init__(text)
        self.logged = without_secrets(logged)
        """The same for logs: without such words."""


class ChangedSinceError(FatalError):
    """What a decision rests on isn't any more what was shown to whoever decided."""

    def __init__(self) -> None:
        super().__init__(
            "what this rests on has changed since it was shown, and nothing is decided. Look again, and decide by what"
            " is there now."
        )


class ConfigError(FatalError):
    """The configuration is wrong; the text starts with the path in the file."""


class IncompleteReadError(FatalError):
    """A read ended early or in doubt: nothing may be concluded from it."""


class UnreadableRowError(FatalError):
    """A row of the store holds what nothing of ours writes: an unknown word, or a value of another type."""


def raise_together(errors: Sequence[OffboardingError]) -> None:
    """Raise what several systems refused as one, if they did, a line each: as what may work in a minute where any of it
    may.
    """
    if len(errors) == 1:
        raise errors[0]
    if errors:
        kind = RetriableError if any(isinstance(error, RetriableError) for error in errors) else FatalError
        raise kind("\n".join(str(error) for error in errors))
