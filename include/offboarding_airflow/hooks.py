"""A hook for each type of connection that we have: what Airflow shows in its form, and its *Test*. Nothing else of ours
goes by hooks: connections are read by name.

A class is made when it's asked for, and called as the type is: `offboarding_ldap`.
"""

from typing import Any

from airflow.sdk import BaseHook

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import OffboardingError
from offboarding.wiring.connections import fields_of
from offboarding.wiring.forms import ConnectionType, connection_types


class SystemHook(BaseHook):
    """Of a connection that leads to a system, or to the store."""

    conn_name_attr = "conn_id"
    of: ConnectionType
    """Its type."""

    def __init__(self, conn_id: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id

    def get_conn(self) -> ConnectionFields:
        """Return the connection as the checker's readers take it. Raises ConfigError for a field that is wrong."""
        return fields_of(self.conn_id, self.get_connection(self.conn_id))

    def test_connection(self) -> tuple[bool, str]:
        """Whether the system answers, and the sentence on what did, or on what is wrong."""
        try:
            return True, self.of.greet(self.get_conn())
        except OffboardingError as error:
            return False, " ".join(str(error).split())


def __getattr__(name: str) -> type[SystemHook]:
    of = connection_types().get(name)
    if of is None:
        raise AttributeError(f"module {__name__} has no attribute {name}")

    def get_ui_field_behaviour() -> dict[str, Any]:
        """The form, for Airflow 3.1; others take it of provider.py."""
        return {
            "hidden_fields": list(of.form.hidden),
            "relabeling": dict(of.form.labels),
            "placeholders": dict(of.form.examples),
        }

    own = {
        "__module__": __name__,
        "__doc__": of.form.name,
        "of": of,
        "conn_type": name,
        "hook_name": of.form.name,
        "get_ui_field_behaviour": staticmethod(get_ui_field_behaviour),
    }
    made = type(name, (SystemHook,), own)
    globals()[name] = made
    return made
