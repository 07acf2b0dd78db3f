"""The strings and numbers of SSH's binary form (RFC 4251, section 5)."""


class WireError(ValueError):
    """It ends early."""


class Wire:
    """Bytes that are read from their beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def ended(self) -> bool:
        """Whether all of it was read."""
        return self._at == len(self._data)

    def string(self) -> bytes:
        """A length of four octets, and so many octets. Raises WireError."""
        return self._take(self.number(4))

    def number(self, octets: int) -> int:
        """Big-endian. Raises WireError."""
        return int.from_bytes(self._take(octets), "big")

    def _take(self, octets: int) -> bytes:
        taken = self._data[self._at : self._at + octets]
        if len(taken) < octets:
            raise WireError("its contents end early")
        self._at += octets
        return taken


def string(value: bytes) -> bytes:
    """As `Wire.string` reads it."""
    return len(value).to_bytes(4, "big") + value
