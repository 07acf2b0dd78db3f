"""The store makes findings' keys as the rules do."""

from uuid import UUID

import pytest

from offboarding.model.keys import finding_key
from offboarding.store.connect import Session

PERSON = UUID("7c31aa01-0000-4000-8000-00000000000a")


@pytest.mark.parametrize("native_id", ["AKIA", "", "uid=김,dc=x", "a\x1fb", "\\x00 '", "😀"])
@pytest.mark.parametrize("person", [PERSON, None])
def test_a_key_is_the_same_in_sql(store: Session, native_id: str, person: UUID | None) -> None:
    about = ("leaver-access-key", "", "access_key", native_id, native_id)

    found = store.execute("select finding_key_of(%s, %s, %s, %s, %s, %s, 3)", [*about, person]).fetchone()

    assert found == (finding_key(*about, str(person or ""), 3),)
