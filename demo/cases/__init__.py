"""The special cases: what real companies hold, each with a named person or account (docs/demo.md lists them)."""

from demo.cases import accounts, credentials, departures, doubts, identities, keys, organization, services, systems
from demo.cases._case import Case

CASES: tuple[Case, ...] = (
    *(*departures.CASES, *identities.CASES, *doubts.CASES, *accounts.CASES),
    *(*credentials.CASES, *organization.CASES, *services.CASES, *keys.CASES, *systems.CASES),
)
