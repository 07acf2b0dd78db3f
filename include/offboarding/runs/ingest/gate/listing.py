"""What is told of records that couldn't be held whole: the first of them one by one, and how many more there are."""

import hashlib

LISTED = 20
"""As many as a roster's problems are told one by one."""


class Listing:
    """Of one read."""

    def __init__(self) -> None:
        self.told = list[str]()
        self.more = 0

    def add(self, text: str) -> bool:
        """Note one. Returns whether it's told by itself."""
        if len(self.told) == LISTED:
            self.more += 1
            return False
        self.told.append(text)
        return True


def mark(native_id: str) -> str:
    """What tells a record from others whose id can't be told."""
    return hashlib.sha256(native_id.encode(errors="surrogatepass")).hexdigest()[:12]
