"""What can be known of the image and of a task's pod without a container engine or a cluster."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes_validate import utils as kubernetes

PROJECT = Path(__file__).parents[2]
DOCKERFILE = (PROJECT / "Dockerfile").read_text("utf-8")
OPERATIONS = (PROJECT / "docs" / "operations.md").read_text("utf-8")
POD: dict[str, Any] = yaml.safe_load((PROJECT / "include" / "pod_template.yaml").read_text("utf-8"))
OLDEST = [1, 30]
"""Kubernetes' versions of the last two years; of each its schema is published."""
VERSIONS = [each for each in dict.fromkeys(kubernetes.all_versions()) if [*map(int, each.split("."))] >= OLDEST]
(BASE,) = POD["spec"]["containers"]
ENV = {each["name"]: each["value"] for each in BASE["env"]}


# --- the image --------------------------------------------------------------------------------------------------------


def test_its_airflow_is_the_one_that_was_tested() -> None:
    image = re.search(r"^FROM \S+/runtime:(\d+\.\d+)-\d+$", DOCKERFILE, re.MULTILINE)
    airflow = re.search(
        r"^apache-airflow==(\d+\.\d+)\.", (PROJECT / "constraints.txt").read_text("utf-8"), re.MULTILINE
    )

    assert image is not None
    assert airflow is not None
    assert image[1] == airflow[1]


@pytest.mark.parametrize(
    "needed", ["constraints.txt", "requirements.txt", "packages.txt", "dags", "plugins", "include/offboarding"]
)
def test_it_holds_what_it_is_made_of(needed: str) -> None:
    ignored = (PROJECT / ".dockerignore").read_text("utf-8").split()

    assert (PROJECT / needed).exists()
    assert not {needed, needed.partition("/")[0], f"{needed}/", "*"} & set(ignored)


# --- a task's pod -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_the_pod_is_one_by_kubernetes_own_schema(version: str) -> None:
    kubernetes.validate(POD, version, strict=True)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("spec", "containers", 0, "volumeMount"), []),
        (("spec", "containers", 0, "env"), {"PYTHONPATH": "/"}),
        (("spec", "containers", 0, "resources", "limits", "memory"), []),
        (("spec", "volumes", 0, "configmap"), {}),
        (("spec", "restartpolicy"), "Never"),
    ],
    ids=lambda each: ".".join(map(str, each)) if isinstance(each, tuple) else "",
)
def test_what_is_misspelled_is_none(path: tuple[str | int, ...], wrong: object) -> None:
    pod = copy.deepcopy(POD)
    place: Any = pod
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = wrong

    with pytest.raises(kubernetes.ValidationError):
        kubernetes.validate(pod, VERSIONS[-1], strict=True)


def test_airflow_finds_the_container() -> None:
    """Its executor puts the task's command, and the image of a task's own, into the container of this name."""
    assert BASE["name"] == "base"
    assert "command" not in BASE
    assert "args" not in BASE


def test_it_sees_our_code_and_its_configuration() -> None:
    mounts = {each["name"]: each["mountPath"] for each in BASE["volumeMounts"]}

    assert f"ENV PYTHONPATH={ENV['PYTHONPATH']}\n" in DOCKERFILE
    assert Path(ENV["OFFBOARDING_CONFIG"]).parent == Path(mounts["configuration"])
    assert set(mounts) == {each["name"] for each in POD["spec"]["volumes"]}


def test_it_holds_no_secret() -> None:
    """Connections come from Airflow or a secrets backend; the token that a task works with comes with the task."""
    assert not [name for name in ENV if name.startswith("AIRFLOW_CONN_") or "SECRET" in name]


def test_the_page_says_where_it_is() -> None:
    assert "include/pod_template.yaml" in OPERATIONS
