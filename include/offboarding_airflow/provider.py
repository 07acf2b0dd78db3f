"""What Airflow is told of the package: its types of connections, with their forms, and its section of airflow.cfg."""

from collections.abc import Mapping
from typing import Any

from offboarding.interfaces.form import ConnectionForm, ExtraField
from offboarding.wiring.forms import connection_types

CONFIG = {
    "description": "The checker's own configuration; a relative path begins in Airflow's home. The variable"
    " OFFBOARDING_CONFIG comes before it. Left out: include/offboarding.yaml.",
    "version_added": "0.1.0",
    "type": "string",
    "example": "/etc/offboarding.yaml",
    "default": "",
}
"""How `[offboarding] config` is told of; it's read by offboarding.config.loading, for commands too."""


def get_provider_info() -> dict[str, Any]:
    """As Airflow's provider_info.schema.json has it. Every process of Airflow asks for it."""
    return {
        "package-name": "airflow-provider-offboarding",
        "name": "Offboarding",
        "description": "Who left, and what of theirs still works?",
        "config": {"offboarding": {"description": "The offboarding checker.", "options": {"config": CONFIG}}},
        "notifications": ["offboarding_airflow.notifications.OffboardingNotifier"],
        "connection-types": [_connection_type(name, of.form) for name, of in connection_types().items()],
    }


def _connection_type(name: str, form: ConnectionForm) -> dict[str, Any]:
    return {
        "connection-type": name,
        "hook-class-name": f"offboarding_airflow.hooks.{name}",
        "hook-name": form.name,
        "ui-field-behaviour": {
            "hidden-fields": list(form.hidden),
            "relabeling": dict(form.labels),
            "placeholders": dict(form.examples),
        },
        "conn-fields": {key: _field(extra) for key, extra in form.extra.items()},
    }


def _field(extra: ExtraField) -> Mapping[str, Any]:
    schema: dict[str, Any] = {"type": ["string", "null"]}
    if extra.choices:
        schema["enum"] = list(extra.choices)
    if extra.default is not None:
        schema["default"] = extra.default
    return {"label": extra.label, "description": extra.says, "schema": schema}
