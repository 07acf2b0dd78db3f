"""What AWS publishes of its services' JSON protocols, as botocore holds it: requests and answers are held to it.

A server that takes a misspelt field, or answers with a member that AWS hasn't, would let a wrong reader pass.
"""

import functools
from collections.abc import Mapping

from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator


class ModelError(Exception):
    """A request that AWS's model doesn't know. The text says what is wrong."""


def check_request(service: str, operation: str, fields: Mapping[str, object]) -> None:
    """Raise ModelError where AWS would answer ValidationException."""
    shape = _operation(service, operation).input_shape
    if problems := _problems(shape, fields) or _too_much(shape, fields):
        raise ModelError(problems)


def check_answer(service: str, operation: str, answer: Mapping[str, object]) -> None:
    """Raise AssertionError where AWS's model has no such answer: a mistake in this server."""
    problems = _problems(_operation(service, operation).output_shape, answer)
    assert not problems, f"{service}:{operation} would answer {problems}"


def _problems(shape: Shape | None, value: Mapping[str, object]) -> str:
    if shape is None:
        return "nothing is expected" if value else ""
    report = ParamValidator().validate(dict(value), shape)
    return str(report.generate_report()) if report.has_errors() else ""


def _too_much(shape: Shape | None, fields: Mapping[str, object]) -> str:
    """botocore leaves it to the server that a number is too large."""
    members = shape.members if isinstance(shape, StructureShape) else {}
    for name, value in fields.items():
        most = members[name].metadata.get("max")
        if isinstance(value, int) and most is not None and value > most:
            return f"Value {value} at {name}: Member must have value less than or equal to {most}"
    return ""


def _operation(service: str, operation: str) -> OperationModel:
    model = _service(service)
    if operation not in model.operation_names:
        raise ModelError(f"UnknownOperationException: {service} has no {operation}")
    return model.operation_model(operation)


@functools.cache
def _service(service: str) -> ServiceModel:
    return ServiceModel(create_loader().load_service_model(service, "service-2"), service)
