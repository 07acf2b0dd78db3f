"""An entry of a directory as a search returned it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. Positional and without defaults: a hundred thousand of them are made a minute."""

    dn: str
    """As the server writes it."""
    attributes: dict[str, list[bytes]]
    """Values by attribute name in lower case."""

    def raw(self, name: str) -> list[bytes]:
        """The attribute's values."""
        return self.attributes.get(name.lower(), [])

    def values(self, name: str) -> tuple[str, ...]:
        """The attribute's values as text, stripped, empty ones left out; bytes that are no UTF-8 stay visible."""
        found = self.attributes.get(name.lower())
        if not found:
            return ()
        if len(found) == 1:
            # Nearly always, and thirty times an entry.
            text = found[0].decode("utf-8", "backslashreplace").strip()
            return (text,) if text else ()
        texts = [value.decode("utf-8", "backslashreplace").strip() for value in found]
        return tuple([text for text in texts if text])

    def first(self, name: str) -> str:
        """The attribute's first value, "" where there is none."""
        values = self.values(name)
        return values[0] if values else ""

    def without_options(self) -> "Entry":
        """The same with the values of `cn;lang-ko` behind those of `cn`: an option is one more value to whoever asks
        for the attribute (RFC 4512 2.5).
        """
        if ";" not in "".join(self.attributes):
            return self
        merged: dict[str, list[bytes]] = {}
        # Plain names sort before those with options.
        for name, values in sorted(self.attributes.items()):
            merged.setdefault(name.partition(";")[0], []).extend(values)
        return Entry(self.dn, merged)
