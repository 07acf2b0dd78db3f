"""What docs/limits.md says of it."""

from offboarding.sources.ldap import paging, session, strategy
from offboarding.sources.ldap.settings import LdapSettings
from tests.support.limits import MB, default

BOUNDS: dict[str, tuple[float, str]] = {
    "LDAP: a message before the login": (strategy.SMALL_BYTES, ""),
    "LDAP: an answer that is no entry, and its paging cookie": (strategy.SMALL_BYTES, ""),
    "LDAP: a message (an entry)": (default(LdapSettings, "max_message_megabytes") * MB, "max_message_megabytes"),
    "LDAP: messages of one answer": (strategy.MOST_MESSAGES, ""),
    "LDAP: bytes of one answer, in largest messages": (
        strategy.ANSWER_MESSAGES_OF_MOST_BYTES,
        "max_message_megabytes",
    ),
    "LDAP: the connection": (session.CONNECT_SECONDS, ""),
    "LDAP: silence, and the whole login": (session.ANSWER_SECONDS, ""),
    "LDAP: empty pages in a row": (paging.EMPTY_PAGES, ""),
}
