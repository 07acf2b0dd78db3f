"""docs/configuration/texts.md says what a template is given."""

from pathlib import Path

from offboarding.report.texts.checking import read
from tests.support import texts_page


def test_it_says_what_a_template_is_given() -> None:
    """`python -m tests.support.texts_page` writes it anew."""
    assert texts_page.PAGE.read_text(encoding="utf-8") == texts_page.page()


def test_its_example_is_one_that_works(tmp_path: Path) -> None:
    example = texts_page.PAGE.read_text(encoding="utf-8").split("```jinja\n")[1].split("```")[0]
    (tmp_path / "title.txt.j2").write_text(example, encoding="utf-8")

    assert read(tmp_path)[1] == []
