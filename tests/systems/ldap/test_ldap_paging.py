"""A paged search ends where the server said so, and every other end is an error that says what to do."""

from collections.abc import Callable

import pytest

from offboarding.model.errors import FatalError, IncompleteReadError, OffboardingError, RetriableError
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.paging import SearchPage, read_pages
from offboarding.sources.ldap.results import Refusal

OK = Refusal(code=0, description="success", text="", referrals=())


def page(*names: str, cookie: bytes | None, refusal: Refusal = OK, references: tuple[str, ...] = ()) -> SearchPage:
    return SearchPage(
        entries=[Entry(name, {}) for name in names], references=references, refusal=refusal, cookie=cookie
    )


def read(ask: Callable[[bytes], SearchPage]) -> list[str]:
    pages = read_pages(ask, where="sources.corp-ldap: dc=corp", reader="cn=reader")
    return [entry.dn for entries in pages for entry in entries]


def test_cookies_lead_to_the_end() -> None:
    pages = {b"": page("a", "b", cookie=b"1"), b"1": page(cookie=b"2"), b"2": page("c", cookie=b"")}

    assert read(pages.__getitem__) == ["a", "b", "c"]


def test_an_empty_answer_is_an_end() -> None:
    assert read(lambda _: page(cookie=b"")) == []


def test_a_cookie_that_comes_again() -> None:
    names = iter("abcdefgh")

    with pytest.raises(IncompleteReadError, match="doesn't come to an end"):
        read(lambda _: page(next(names), cookie=b"same"))


def test_a_page_that_comes_again_under_new_cookies() -> None:
    cookies = iter(range(100))

    with pytest.raises(IncompleteReadError, match="a page came again"):
        read(lambda _: page("a", "b", cookie=str(next(cookies)).encode()))


def test_empty_pages_without_end() -> None:
    cookies = iter(range(100))

    with pytest.raises(IncompleteReadError, match="stayed empty after 0 entries"):
        read(lambda _: page(cookie=str(next(cookies)).encode()))


def test_a_server_that_forgets_to_page() -> None:
    with pytest.raises(IncompleteReadError, match="paging control is missing from its answer after 1 entry"):
        read(lambda _: page("a", cookie=None))


def test_a_reference_to_another_server_is_named() -> None:
    with pytest.raises(IncompleteReadError, match="refers to ldap://other/ou=sales, which wasn't read"):
        read(lambda _: page("a", cookie=b"", references=("ldap://other/ou=sales",)))


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    (
        (1, IncompleteReadError, "ended the read after 2 entries (result 1 words, more words)"),
        (3, IncompleteReadError, "time limit after 2 entries"),
        (4, IncompleteReadError, "size limit after 2 entries (result 4 words, more words)"),
        (4, IncompleteReadError, 'limits dn.exact="cn=reader" size=unlimited'),
        (10, IncompleteReadError, "refers to ldap://other"),
        (11, IncompleteReadError, "administrative limit"),
        (12, IncompleteReadError, "result 12"),
        (32, IncompleteReadError, "no such entry, or the reader may not see it"),
        (49, FatalError, "refused the login cn=reader"),
        (50, IncompleteReadError, "grant cn=reader read on it"),
        (51, RetriableError, "can't answer now"),
        (52, RetriableError, "can't answer now"),
        (53, IncompleteReadError, "result 53"),
        (80, IncompleteReadError, "result 80"),
    ),
)
def test_every_result_but_success_fails(code: int, kind: type[OffboardingError], text: str) -> None:
    refusal = Refusal(code=code, description="words", text="more words", referrals=("ldap://other",))

    with pytest.raises(kind) as told:
        read(lambda _: page("a", "b", cookie=b"", refusal=refusal))

    assert text in str(told.value)
    assert str(told.value).startswith("sources.corp-ldap: dc=corp: ")
