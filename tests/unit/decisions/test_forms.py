"""Which forms there are, what each asks for, and what the page makes of it."""

from typing import Any

import pytest

from offboarding.config import loading
from offboarding.config.settings import Settings
from offboarding.decisions import forms, kinds
from offboarding.decisions.forms import CHOICE, Form
from offboarding.model.errors import FatalError

MOST = 14
"""So many forms stand in Airflow's list of DAGs; more are hard to look through."""
FORMS = forms.every().values()


@pytest.fixture(scope="module")
def settings() -> Settings:
    return loading.load().settings


def starred(schema: dict[str, Any]) -> bool:
    """As the page sees it: what has a type, and isn't of the type null."""
    return "null" not in schema["type"]


def test_every_decision_has_its_form_and_one_alone() -> None:
    assert sorted(kind.name for form in FORMS for kind in form.choices.values()) == sorted(kinds.forms())
    assert len(FORMS) <= MOST


def test_those_of_one_word_that_ask_for_the_same_share_one() -> None:
    shared = {form.name: list(form.choices) for form in FORMS if len(form.choices) > 1}

    assert shared == {"link": ["confirm", "reject"], "departure": ["confirm", "deny"]}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_it_has_its_own_fields_and_stars_those_that_are_needed(form: Form, settings: Settings) -> None:
    schemas = form.schemas(settings)

    for kind in form.choices.values():
        fields = kind.fields.model_fields
        assert schemas.keys() - {CHOICE} == fields.keys()
        assert {name for name, schema in schemas.items() if starred(schema)} - {CHOICE} == {
            name for name, field in fields.items() if field.is_required()
        }
    assert (CHOICE in schemas) is (len(form.choices) > 1)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_each_field_says_what_it_is_with_an_example(form: Form, settings: Settings) -> None:
    for name, schema in form.schemas(settings).items():
        assert schema["title"]
        assert schema["description"].endswith(".")
        picked = "enum" in schema or schema.get("format") == "date"
        assert (
            picked
            or "such as" in schema["description"].lower()
            or "2026-11-25" in schema["description"]
            or (schema["type"] == "array" or "array" in schema["type"])
        ), name


def test_names_of_the_configuration_are_offered_and_no_other_is_refused(settings: Settings) -> None:
    link, read = forms.every()["link"].schemas(settings), forms.every()["accept-read"].schemas(settings)

    assert link["source"]["examples"] == [each.name for each in settings.readers]
    assert read["roster"]["examples"] == ["hr", "contractors"]
    assert not {"enum", "const"} & {*link["source"], *read["roster"]}


def test_a_day_is_picked_and_a_word_chosen(settings: Settings) -> None:
    asked = forms.every()["acknowledge"].schemas(settings)

    assert (asked["until"]["type"], asked["until"]["format"]) == ("string", "date")
    assert asked["queue"]["enum"] == [None, "departures"]
    assert asked["source"]["description"].endswith("One of source, roster, finding and queue.")


def test_a_choice_leads_to_its_decision() -> None:
    kind, fields = forms.every()["link"].read({CHOICE: "reject", "source": "aws"})

    assert (kind.name, fields) == ("link reject", {"source": "aws"})


@pytest.mark.parametrize("chosen", ["link reject", "revoke"])
def test_any_other_choice_is_refused(chosen: str) -> None:
    with pytest.raises(FatalError, match=f"decision: '{chosen}' is none"):
        forms.every()["link"].read({CHOICE: chosen})


@pytest.mark.parametrize("given", [{}, {CHOICE: ""}])
def test_no_choice_is_missing(given: dict[str, object]) -> None:
    with pytest.raises(FatalError, match=r"^decision is missing\. Known: confirm, reject\.$"):
        forms.every()["link"].read(given)


def test_a_form_of_one_decision_takes_that_alone() -> None:
    kind, fields = forms.every()["verdict"].read({CHOICE: "link reject"})

    assert (kind.name, fields) == ("verdict", {CHOICE: "link reject"}), "it's a field that nobody asked for"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_it_says_what_it_decides(form: Form) -> None:
    assert form.says.endswith(".")
    assert "Raises" not in form.about


def test_of_what_is_chosen_each_is_said() -> None:
    said = forms.every()["link"].says

    assert said == "confirm: The account is this person's. reject: The account is not this person's."
