"""What went wrong, by an error of any driver's: fsspec asks for Python's own, and few drivers raise them."""

import errno
from collections.abc import Iterator, Mapping
from enum import Enum, auto

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, OffboardingError, RetriableError

_LOGIN_ERRORS = frozenset({"ClientAuthenticationError", "LogonFailure", "RefreshError", "SMBAuthenticationError"})
"""Azure's, Google's and smbprotocol's, by name: which of them is installed isn't known."""
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR})
# HTTP's status, or Windows' (MS-ERREF 2.3.1).
_LOGIN_CODES = frozenset({401, *range(0xC000006D, 0xC0000073), 0xC000015B, 0xC0000193, 0xC0000224, 0xC0000234})
"""A wrong password, one that expired or must be changed, an account that is restricted, disabled, expired, locked."""
_READING_CODES = frozenset({403, 0xC0000022})
_ABSENT_CODES = frozenset({404, 0xC0000056, 0xC00000CC})
"""No such file or share; or one that was removed, and goes when whoever has it open closes it."""
_SHARING_VIOLATION = 0xC0000043


class DriverTrouble(Enum):
    """What a driver's error comes to, what says most first."""

    LOGIN = auto()
    """The server doesn't take the login."""
    READING = auto()
    """It does, and gives nothing."""
    ABSENT = auto()
    """Nothing is there."""
    IN_USE = auto()
    """Somebody has the file open and lets nobody else."""
    SILENT = auto()
    """No answer came."""
    AWAY = auto()
    """Nobody is there, or breaks off."""
    OTHER = auto()


_SENTENCES: Mapping[DriverTrouble, tuple[type[FatalError] | type[RetriableError], str]] = {
    DriverTrouble.LOGIN: (FatalError, "the login is refused ({name}). {mend}, or have it let in there."),
    DriverTrouble.READING: (
        FatalError,
        "reading is refused ({name}). Let {whom} list and read there, or mend its key.",
    ),
    DriverTrouble.ABSENT: (RetriableError, "a file vanished before it was read. Nothing was read; it is tried again."),
    DriverTrouble.IN_USE: (RetriableError, "somebody has the file open and lets nobody else. It is tried again."),
    DriverTrouble.SILENT: (RetriableError, "no answer came in time. It is tried again."),
    DriverTrouble.AWAY: (RetriableError, "can't be reached ({name}). It is tried again."),
    DriverTrouble.OTHER: (
        RetriableError,
        (
            "the driver of {scheme}:// fails ({name}). "
            "It is tried again; if that doesn't help, mend path or the connection."
        ),
    ),
}


def our_error(error: Exception, where: str, scheme: str, connection: ConnectionFields | None) -> OffboardingError:
    """Our error for it. Of theirs only the name: what a driver says may hold what it was given."""
    raised, sentence = _SENTENCES[trouble(error)]
    mend, whom = "Name an Airflow connection in `connection`", "whoever runs the tasks"
    if connection:
        mend, whom = f"Mend connection {connection.conn_id}", f"the login of connection {connection.conn_id}"
    return raised(f"{where}: {sentence.format(name=type(error).__name__, mend=mend, whom=whom, scheme=scheme)}")


def trouble(error: BaseException) -> DriverTrouble:
    """By the error or what caused it, and what it says most exactly."""
    causes = list(_causes(error))
    # Google's: whoever gives out tokens was away. gcsfs calls that a wrong login.
    if any(getattr(one, "retryable", None) is True for one in causes):
        return DriverTrouble.AWAY
    return min(map(_trouble, causes), key=list(DriverTrouble).index)


def _trouble(error: BaseException) -> DriverTrouble:
    code, names = _code(error), {kind.__name__ for kind in type(error).__mro__}
    # gcsfs tells of 403 by its words alone: https://github.com/fsspec/gcsfs/blob/main/gcsfs/retry.py
    is_forbidden = type(error) is OSError and str(error).startswith("Forbidden: ")
    is_absent = isinstance(error, OSError) and error.errno in _ABSENT
    said = {
        DriverTrouble.LOGIN: code in _LOGIN_CODES or bool(_LOGIN_ERRORS & names),
        DriverTrouble.READING: code in _READING_CODES or isinstance(error, PermissionError) or is_forbidden,
        DriverTrouble.ABSENT: code in _ABSENT_CODES
        or isinstance(error, FileNotFoundError | NotADirectoryError)
        or is_absent,
        DriverTrouble.IN_USE: code == _SHARING_VIOLATION,
        DriverTrouble.SILENT: isinstance(error, TimeoutError),
        DriverTrouble.AWAY: isinstance(error, OSError),
        DriverTrouble.OTHER: True,
    }
    return next(each for each, is_so in said.items() if is_so)


def _code(error: BaseException) -> int | None:
    """HTTP's status, or Windows': as Azure's client, gcsfs and smbprotocol's errors have it."""
    for name in ("status_code", "code", "ntstatus", "status"):
        value = getattr(error, name, None)
        if isinstance(value, int):
            return value
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """It, and what it was raised from."""
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__cause__
