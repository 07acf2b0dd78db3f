"""What SAP's own OData client sees of a company: everybody, their employments, and what each job is on a day."""

import json
import sys
from pathlib import Path
from typing import Any

import pyodata
import requests
from pyodata.v2.model import Config

TOLD = json.load(sys.stdin)
KEYS = {
    "PerPerson": "personIdExternal",
    "PerPersonal": "startDate",
    "PerEmail": "emailType",
    "EmpEmployment": "userId",
    "EmpJob": "seqNumber",
    "PicklistOption": "id",
    "User": "userId",
}
EXPANDED = ("employmentNav", "employmentNav/jobInfoNav", "employmentNav/jobInfoNav/emplStatusNav")
SELECTED = ("personIdExternal", "employmentNav/startDate", "employmentNav/endDate", f"{EXPANDED[-1]}/externalCode")
EDMX = """<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
<edmx:DataServices xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" m:DataServiceVersion="2.0">
<Schema Namespace="SFOData" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">{types}
<EntityContainer Name="EntityContainer" m:IsDefaultEntityContainer="true">{sets}</EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""


def metadata() -> bytes:
    """As a company's $metadata, made of the description that the stand-in is held to."""
    described = json.loads(Path(TOLD["described"]).read_text("utf-8"))["components"]["schemas"]
    types, sets = "", ""
    for name, key in KEYS.items():
        own = described[name if name in described else f"{name}OrNull"]["properties"]
        parts = "".join(property_of(name, each, told) for each, told in own.items() if each != "__metadata")
        types += f'<EntityType Name="{name}"><Key><PropertyRef Name="{key}"/></Key>{parts}</EntityType>'
        sets += f'<EntitySet Name="{name}" EntityType="SFOData.{name}"/>'
        for each, (kind, many) in navigations(own).items():
            ends = end("from", name, "1") + end("to", kind, "*" if many else "0..1")
            types += f'<Association Name="{name}_{each}">{ends}</Association>'
            roles = f'<End EntitySet="{name}" Role="from"/><End EntitySet="{kind}" Role="to"/>'
            sets += f'<AssociationSet Name="{name}_{each}" Association="SFOData.{name}_{each}">{roles}</AssociationSet>'
    return EDMX.format(types=types, sets=sets).encode()


def end(role: str, kind: str, multiplicity: str) -> str:
    return f'<End Type="SFOData.{kind}" Multiplicity="{multiplicity}" Role="{role}"/>'


def navigations(own: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """Where each leads, and whether to several."""
    found = {each: told["$ref"].rpartition("/")[2] for each, told in own.items() if "$ref" in told}
    del found["__metadata"]
    return {
        each: (kind.removesuffix("OrNull").removesuffix("s"), not kind.endswith("OrNull"))
        for each, kind in found.items()
    }


def property_of(owner: str, name: str, told: dict[str, Any]) -> str:
    if "$ref" in told:
        leads = f'Relationship="SFOData.{owner}_{name}" FromRole="from" ToRole="to"'
        return f'<NavigationProperty Name="{name}" {leads}/>'
    pattern = told.get("pattern", "")
    kind = "Boolean" if told["type"] == "boolean" else "DateTime" if "Date" in pattern else "Int64" if pattern else ""
    nullable = str(told.get("nullable", False)).lower()
    return f'<Property Name="{name}" Type="Edm.{kind or "String"}" Nullable="{nullable}"/>'


def signed_in() -> Any:
    asking = requests.Session()
    asking.verify = TOLD["trusted"]
    asking.headers["Authorization"] = f"Bearer {TOLD['token']}"
    return pyodata.Client(TOLD["address"], asking, config=Config(retain_null=True), metadata=metadata())


def whole(people: Any) -> list[Any]:
    """Everybody, by the links that the answers give."""
    first = people.get_entities().select(",".join(SELECTED)).expand(",".join(EXPANDED)).count(inline=True)
    for name, value in {"asOfDate": TOLD["on"], "customPageSize": "3", "paging": "snapshot"}.items():
        first = first.custom(name, value)
    page = first.execute()
    found, total = [*page], page.total_count
    while page.next_url:
        page = people.get_entities().next_url(page.next_url).execute()
        found += page
    assert len(found) == total
    return found


def told(employment: Any) -> list[Any]:
    """Whether it's active, its first and its last day."""
    (job,) = employment.jobInfoNav
    days = (employment.startDate, employment.endDate)
    return [job.emplStatusNav.externalCode == "A", *(each and each.date().isoformat() for each in days)]


seen = {
    each.personIdExternal: [told(employment) for employment in each.employmentNav]
    for each in whole(signed_in().entity_sets.PerPerson)
}
json.dump(seen, sys.stdout)
