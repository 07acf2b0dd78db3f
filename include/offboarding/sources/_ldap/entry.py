"""An entry of a directory as a search returned it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. Positional and without defaults: a hundred thousand of them are made a minute."""

    dn: str
    """As the server writes it."""
    attributes: dict[str, list[bytes]]
    """Values by attribute name in lower case, options (`;lang-ko`) included."""

    def raw(self, name: str) -> list[bytes]:
        """The attribute's values, those with options (`cn;lang-ko`) after the plain ones (RFC 4512 2.5)."""
        wanted = name.lower()
        found = self.attributes.get(wanted, [])
        options = [value for key, more in self.attributes.items() if key.startswith(f"{wanted};") for value in more]
        return found + options if options else found

    def values(self, name: str) -> tuple[str, ...]:
        """The attribute's values as text, stripped, empty ones left out; bytes that are no UTF-8 stay visible."""
        texts = (value.decode("utf-8", "backslashreplace").strip() for value in self.raw(name))
        return tuple(text for text in texts if text)

    def first(self, name: str) -> str:
        """The attribute's first value, "" where there is none."""
        return next(iter(self.values(name)), "")
