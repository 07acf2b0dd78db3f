"""Errors, by what the caller should do about them."""


class OffboardingError(Exception):
    """Any error of ours. Its text names the source, the record and the fix, and holds no secret."""


class RetriableError(OffboardingError):
    """It may work in a minute (a time-out, throttling, a server that restarts): try the same call again."""


class FatalError(OffboardingError):
    """It won't work however often it's tried (a refused login, a missing right): a person has to act."""


class NamedError(FatalError):
    """One whose text repeats what people or accounts are called, as a terminal may and a log may not."""

    def __init__(self, text: str, *, logged: str) -> None:
        super().__init__(text)
        self.logged = logged
        """The same for logs: without such words."""


class ConfigError(FatalError):
    """The configuration is wrong; the text starts with the path in the file."""


class IncompleteReadError(FatalError):
    """A read ended early or in doubt: nothing may be concluded from it."""
