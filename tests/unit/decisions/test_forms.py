"""Which forms there are, what each asks for, and what the page makes of it."""

from typing import Any

import pytest

from offboarding.decisions import forms, kinds
from offboarding.decisions.forms import CHOICE, NAME, Form
from offboarding.model.errors import FatalError

FORMS = forms.every().values()


def starred(schema: dict[str, Any]) -> bool:
    """As the page sees it: what has a type, and isn't of the type null."""
    return "null" not in schema["type"]


def test_every_decision_has_its_form_and_one_alone() -> None:
    assert sorted(kind.name for form in FORMS for kind in form.choices.values()) == sorted(kinds.submitted())


def test_those_of_one_word_that_ask_for_the_same_share_one() -> None:
    shared = {form.name: list(form.choices) for form in FORMS if len(form.choices) > 1}

    assert shared == {"link": ["confirm", "reject"], "departure": ["confirm", "deny"]}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_it_has_its_own_fields_and_stars_those_that_are_needed(form: Form) -> None:
    schemas = form.schemas()

    for kind in form.choices.values():
        fields = kind.fields.model_fields
        assert schemas.keys() - {CHOICE} == fields.keys()
        assert {name for name, schema in schemas.items() if starred(schema)} - {CHOICE} == {
            name for name, field in fields.items() if field.is_required()
        }
    assert (CHOICE in schemas) is (len(form.choices) > 1)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_each_field_says_what_it_is_with_an_example(form: Form) -> None:
    for name, schema in form.schemas().items():
        assert schema["title"]
        assert schema["description"].endswith(".")
        picked = "enum" in schema or schema.get("format") == "date"
        assert (
            picked
            or "such as" in schema["description"].lower()
            or "2026-11-25" in schema["description"]
            or (schema["type"] == "array" or "array" in schema["type"])
        ), name


def test_a_day_is_picked_and_a_word_chosen() -> None:
    asked = forms.every()["acknowledge"].schemas()

    assert (asked["until"]["type"], asked["until"]["format"]) == ("string", "date")
    assert asked["queue"]["enum"] == [None, "departures"]
    assert asked["source"]["description"].endswith("One of source, roster, finding and queue.")


def test_a_choice_leads_to_its_decision() -> None:
    found = forms.every()["link"].submission({CHOICE: "reject", "source": "aws"})

    assert found == {NAME: "link reject", "source": "aws"}


@pytest.mark.parametrize("chosen", ["link reject", "revoke"])
def test_any_other_choice_is_refused(chosen: str) -> None:
    with pytest.raises(FatalError, match=f"decision: '{chosen}' is none"):
        forms.every()["link"].submission({CHOICE: chosen})


@pytest.mark.parametrize("given", [{}, {CHOICE: ""}])
def test_no_choice_is_missing(given: dict[str, object]) -> None:
    with pytest.raises(FatalError, match=r"^decision is missing\. Known: confirm, reject\.$"):
        forms.every()["link"].submission(given)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_its_decisions_require_one_right(form: Form) -> None:
    assert {kind.right for kind in form.choices.values()} == {form.right}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_it_says_what_it_decides(form: Form) -> None:
    assert form.says.endswith(".")
    assert "Raises" not in form.about


def test_of_what_is_chosen_each_is_said() -> None:
    said = forms.every()["link"].says

    assert said == "confirm: The account is this person's. reject: The account is not this person's."
