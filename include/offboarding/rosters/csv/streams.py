"""A store's stream, as whoever reads a feed expects it."""

import io
from typing import BinaryIO


class StoreStream(io.RawIOBase):
    """A client's stream whose every failure is an OSError: clients raise their own."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyrefly: ignore[bad-override] - of any buffer
        """Up to a buffer full."""
        try:
            chunk = self._stream.read(len(buffer))
        except OSError:
            raise
        except Exception as error:
            raise OSError(0, f"the store broke off: {type(error).__name__}") from error
        buffer[: len(chunk)] = chunk
        return len(chunk)
