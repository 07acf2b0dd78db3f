"""What is given for a decision, by a form or a line of a file, held against the fields that it declares."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, ValidationError

from offboarding.config.mistakes import Mistake, of_validation
from offboarding.config.spelling import nearest
from offboarding.decisions.kinds import DecisionKind, submitted
from offboarding.model.texts import illegible

Fields = type[BaseModel]


def checked(
    kind: DecisionKind, given: Mapping[str, object], validate: Callable[[Fields, Mapping[str, object]], BaseModel]
) -> tuple[Mapping[str, object], list[Mistake]]:
    """The fields as the decision takes them, or every mistake by its field. `given`: without what is empty."""
    known = kind.fields.model_fields
    mistakes = [_unasked(kind, field) for field in given if field not in known]
    asked = {field: value for field, value in given.items() if field in known}
    illegibles = [
        Mistake(path=field, text=f"it {why}.")
        for field, value in asked.items()
        if isinstance(value, str) and (why := illegible(value))
    ]
    if illegibles:
        return {}, [*mistakes, *illegibles]
    try:
        valid = validate(kind.fields, asked)
    except ValidationError as error:
        takes = {field: str(kind.schema(field)["description"]) for field in known}
        return {}, [*mistakes, *of_validation(kind.fields, asked, "", error, takes=takes)]
    return {field: getattr(valid, field) for field in known}, mistakes


def _unasked(kind: DecisionKind, field: str) -> Mistake:
    if field == "author":
        text = "is no field: who decides is whoever triggered this run."
    elif any(field in other.fields.model_fields for other in submitted().values()):
        text = "is nothing that it asks for: leave it empty."
    else:
        text = f"is unknown.{nearest(field, kind.fields.model_fields)}"
    return Mistake(path=field, text=text)
