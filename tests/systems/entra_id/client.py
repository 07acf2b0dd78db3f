"""What Microsoft's SDK sees of a tenant: users, who can be restored, applications and what they get in by, roles."""

import asyncio
import json
import ssl
import sys
from typing import Any

import httpx
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder as Applications
from msgraph.generated.users.users_request_builder import UsersRequestBuilder as Users
from msgraph_core import GraphClientFactory
from msgraph_core.tasks.page_iterator import PageIterator

TOLD = json.load(sys.stdin)


def signed_in() -> GraphRequestAdapter:
    """By the sign-in's authority, and for this Graph alone."""
    credential = ClientSecretCredential(
        TOLD["tenant"],
        TOLD["reader"],
        TOLD["secret"],
        authority=TOLD["authority"],
        disable_instance_discovery=True,
        connection_verify=TOLD["trusted"],
    )
    address = httpx.URL(TOLD["address"])
    scopes = [str(address.copy_with(path="/.default"))]
    let_in = AzureIdentityAuthenticationProvider(credential, scopes=scopes, allowed_hosts=[address.host])
    asking = httpx.AsyncClient(verify=ssl.create_default_context(cafile=TOLD["trusted"]))
    adapter = GraphRequestAdapter(let_in, GraphClientFactory.create_with_default_middleware(client=asking))
    adapter.base_url = TOLD["address"]
    return adapter


async def whole(listing: Any, asked: Any = None) -> list[Any]:
    """Each row of a list, page for page as the SDK turns them."""
    first = await listing.get(request_configuration=RequestConfiguration(query_parameters=asked))
    rows: list[Any] = []
    await PageIterator(first, listing.request_adapter).iterate(lambda row: not rows.append(row))
    return rows


async def held_by(graph: GraphServiceClient, application: Any) -> list[str]:
    """What it gets in by."""
    trusted = await whole(graph.applications.by_application_id(application.id).federated_identity_credentials)
    return [
        *(f"secret/{each.key_id}" for each in application.password_credentials),
        *(f"certificate/{each.key_id}" for each in application.key_credentials),
        *(f"federated/{each.id}" for each in trusted),
    ]


async def consents_of(graph: GraphServiceClient, user: str) -> list[str]:
    """What they let applications do."""
    return [f"consent/{each.id}" for each in await whole(graph.users.by_user_id(user).oauth2_permission_grants)]


async def seen() -> dict[str, Any]:
    graph = GraphServiceClient(request_adapter=signed_in())
    own = Users.UsersRequestBuilderGetQueryParameters(select=["id", "accountEnabled"], top=500)
    of_each = Applications.ApplicationsRequestBuilderGetQueryParameters(
        select=["id", "passwordCredentials", "keyCredentials"], expand=["owners"]
    )
    applications = await whole(graph.applications, of_each)
    assigned = await whole(graph.role_management.directory.role_assignments)
    deleted = await whole(graph.directory.deleted_items.graph_user)
    return {
        "users": {each.id: each.account_enabled for each in await whole(graph.users, own)},
        "deleted": [each.id for each in deleted],
        "administrators": [each.principal_id for each in assigned],
        "owners": {each.id: [owner.id for owner in each.owners] for each in applications},
        "held": {each.id: await held_by(graph, each) for each in applications},
        "consents": {user: await consents_of(graph, user) for user in TOLD["looked_at"]},
    }


json.dump(asyncio.run(seen()), sys.stdout)
