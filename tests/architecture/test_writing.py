"""The checker reads: what could change something in a system stands in the files called revoke.py, and nowhere else."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.support.source_tree import DOMAIN, Module, known_to_airflow, modules

AWS = ("iam", "sts", "kms", "secretsmanager", "ssm", "cloudtrail", "s3", "ec2", "organizations", "identitystore")
"""Services whose clients readers have."""
READS = re.compile(
    "(get|list|describe|head|lookup|batch_get|simulate|verify|validate|decode)_|(assume_role|search)$|generate_credential"
)
LDAP_WRITES = frozenset({"modify", "modify_dn", "modify_password", "MODIFY_ADD", "MODIFY_DELETE", "MODIFY_REPLACE"})
OURS = [*(module for module in modules() if module.room != "demo"), *known_to_airflow()]
READERS = [module for module in OURS if module.path.name != "revoke.py"]


@cache
def aws_writes() -> frozenset[str]:
    """Every call of these services that isn't known to change nothing, as boto3 names it."""
    from botocore import xform_name
    from botocore.session import Session

    session = Session()
    names = {xform_name(each) for service in AWS for each in session.get_service_model(service).operation_names}
    return frozenset(name for name in names if not READS.match(name))


HELD = {"Revoker", "Revokers"}
"""What whoever holds a revoker or gets one imports, since each parameter has its type."""


def named(module: Module) -> set[str]:
    """Attributes, names, and the words of strings: a call may be asked for by its name."""
    return {*module.names, *(text for text in module.texts if re.fullmatch(r"\w+", text))}


def test_what_changes_something_is_known() -> None:
    assert {"update_access_key", "put_user_policy", "delete_access_key", "create_grant"} <= aws_writes()
    assert not {"list_access_keys", "get_user", "assume_role", "describe_key"} & aws_writes()
    (iam, ldap) = (module for module in OURS if module.path.name == "revoke.py")
    assert {"update_access_key", "put_user_policy", "delete_user_policy"} <= named(iam)
    assert "modify" in named(ldap)


def test_no_reader_names_what_changes_something() -> None:
    may_call = {"aws": aws_writes(), "ldap": LDAP_WRITES}
    for room, writes in may_call.items():
        readers = [module for module in READERS if module.name.startswith(f"{DOMAIN}.sources.{room}.")]
        assert readers, room
        assert {module.name: found for module in readers if (found := named(module) & writes)} == {}


def test_only_a_revoker_asks_for_a_client_that_may_write() -> None:
    """The others' own client refuses whatever would change something (ldap3's read_only)."""
    assert {module.path.name for module in OURS if any(may_write(module))} == {"revoke.py"}


def may_write(module: Module) -> Iterator[bool]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.keyword) and node.arg == "read_only":
            yield isinstance(node.value, ast.Constant) and node.value.value is False


def test_a_revoker_is_found_by_its_name_in_one_place_and_imported_by_nobody() -> None:
    assert [module.name for module in OURS if any(re.search(r"\.revoke$", name) for name in module.imports)] == []
    asking = {module.name.removeprefix(f"{DOMAIN}.") for module in OURS if any(asks_for_it(module))}
    assert asking == {"config.across", "guard.revoking.proposing", "wiring"}


def test_only_an_answer_shuts_and_only_a_command_opens() -> None:
    """Whoever makes a revoker, and whoever calls it, whatever it's called there."""
    makers = {module.name.rpartition(".")[2] for module in OURS if makes(module)}
    assert makers == {"revoking", "doctor"}, "doctor only has it log in"
    room = f"{DOMAIN}.guard.revoking"
    holders = [module for module in OURS if holds(module) and module.path.name != "revoke.py"]
    assert {f"{room}.approving", f"{room}.undoing", f"{room}.settling"} < {module.name for module in holders}
    for change, only in (("revoke", "approving"), ("undo", "undoing")):
        assert {module.name for module in holders if calls(module, change)} == {f"{room}.{only}"}


def asks_for_it(module: Module) -> Iterator[bool]:
    """By `kind_part` or `has_part`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("kind_part", "has_part"):
            yield "'revoke'" in map(ast.unparse, node.args)


def makes(module: Module) -> bool:
    """Whether it takes wiring's function, by whatever name it has wiring."""
    taken = any(isinstance(node, ast.Attribute) and node.attr == "revoker" for node in ast.walk(module.tree))
    return taken or f"{DOMAIN}.wiring.revoker" in module.imports


def holds(module: Module) -> bool:
    return bool(HELD & (module.names | {name.rpartition(".")[2] for name in module.imports}))


def calls(module: Module, name: str) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == name for node in ast.walk(module.tree))
