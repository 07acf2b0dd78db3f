"""What people read, whole and in each language: a change of it is seen, and read aloud, before it's committed."""

import pytest

from offboarding.model import Language
from tests.support.golden_texts import FOLDER, texts


@pytest.mark.parametrize("language", list(Language))
def test_tickets_and_comments_read_as_they_were_reviewed(language: Language) -> None:
    """`python -m tests.support.golden_texts` writes them anew."""
    kept = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob(f"*.{language.value}.txt")}

    assert texts(language) == kept
