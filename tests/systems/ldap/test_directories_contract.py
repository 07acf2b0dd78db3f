"""Each directory does what every source must."""

import ldap3
import pytest

from offboarding.interfaces import Source
from offboarding.sources.ldap import build
from tests.contract import source_contract
from tests.contract.source_contract import SourceContract
from tests.support.certificates import certificate
from tests.systems.ldap import dirsrv, samba
from tests.systems.ldap.directory import KEY, reading

pytestmark = pytest.mark.directories


class ActiveDirectory:
    """A container of a domain, and the domain's administrator."""

    name = "corp-ad"

    def __init__(self, domain: samba.Domain, base: str) -> None:
        self.secrets = [samba.READER_PASSWORD, samba.ADMIN_PASSWORD]
        self.secrets += [samba.password_of(login) for login in source_contract.PEOPLE]
        self._domain = domain
        self._base = base

    def source(self, **changes: object) -> Source:
        return build(samba.settings(base_dn=self._base), self._domain.connection(**changes), "", reading())

    def refused(self) -> Source:
        self.secrets.append("another password")
        return self.source(password="another password")

    def unreachable(self) -> Source:
        return self.source(port=9)

    def add(self, *logins: str) -> None:
        with self._domain.admin() as client:
            for login in logins:
                attributes = {"sAMAccountName": login, "userAccountControl": "512", "userCertificate": certificate()}
                password = f'"{samba.password_of(login)}"'.encode("utf-16-le")
                client.add(f"CN={login},{self._base}", "user", attributes | {"unicodePwd": password})

    def remove(self, login: str) -> None:
        with self._domain.admin() as client:
            client.delete(f"CN={login},{self._base}")

    def rename(self, login: str, new: str) -> None:
        with self._domain.admin() as client:
            client.modify_dn(f"CN={login},{self._base}", f"CN={new}")
            client.modify(f"CN={new},{self._base}", {"sAMAccountName": [(ldap3.MODIFY_REPLACE, [new])]})

    def switch_off(self, login: str) -> None:
        with self._domain.admin() as client:
            off = {"userAccountControl": [(ldap3.MODIFY_REPLACE, ["514"])], "userCertificate": [("MODIFY_DELETE", [])]}
            client.modify(f"CN={login},{self._base}", off)

    def forbid_inventory(self) -> str:
        self._deny(self._base)
        return "docs/permissions/ldap.md"

    def forbid_detail(self, login: str) -> str:
        self._deny(f"CN={login},{self._base}")
        return "grant read on it"

    def _deny(self, dn: str) -> None:
        """Nothing of it is shown, nor of what lies below it."""
        reader = self._domain.identifier(samba.READER)
        self._domain.deny(dn, f"(D;CI;RPLCLO;;;{reader})")


class DirectoryServer:
    """A container of 389-ds, and the server's manager."""

    name = "corp-ds"

    def __init__(self, instance: dirsrv.Instance, base: str) -> None:
        self.secrets = [dirsrv.READER_PASSWORD, dirsrv.ADMIN_PASSWORD]
        self.secrets += [dirsrv.password_of(login) for login in source_contract.PEOPLE]
        self._instance = instance
        self._base = base

    def source(self, **changes: object) -> Source:
        return build(dirsrv.settings(base_dn=self._base), self._instance.connection(**changes), "", reading())

    def refused(self) -> Source:
        self.secrets.append("another password")
        return self.source(password="another password")

    def unreachable(self) -> Source:
        return self.source(port=9)

    def add(self, *logins: str) -> None:
        with self._instance.admin() as client:
            for login in logins:
                secret = {"userPassword": dirsrv.password_of(login)}
                public = {"nsSshPublicKey": KEY, "userCertificate;binary": certificate()}
                client.add(
                    f"uid={login},{self._base}", list(dirsrv.PERSON), {"cn": login, "sn": login} | secret | public
                )

    def remove(self, login: str) -> None:
        with self._instance.admin() as client:
            client.delete(f"uid={login},{self._base}")

    def rename(self, login: str, new: str) -> None:
        with self._instance.admin() as client:
            client.modify_dn(f"uid={login},{self._base}", f"uid={new}")

    def switch_off(self, login: str) -> None:
        gone = {name: [("MODIFY_DELETE", [])] for name in ("nsSshPublicKey", "userCertificate;binary")}
        with self._instance.admin() as client:
            client.modify(f"uid={login},{self._base}", gone | {"nsAccountLock": [(ldap3.MODIFY_REPLACE, ["true"])]})

    def forbid_inventory(self) -> str:
        self._deny(self._base)
        return "docs/permissions/ldap.md"

    def forbid_detail(self, login: str) -> str:
        self._deny(f"uid={login},{self._base}")
        return "grant read on it"

    def _deny(self, dn: str) -> None:
        rule = f'(targetattr="*")(version 3.0; acl "no"; deny (all) userdn="ldap:///{dirsrv.READER}";)'
        with self._instance.admin() as client:
            client.modify(dn, {"aci": [(ldap3.MODIFY_ADD, [rule])]})


class TestActiveDirectory(SourceContract):
    """Samba's domain controller."""

    @pytest.fixture
    def system(self, domain: samba.Domain, people: str) -> source_contract.System:
        """Three people in a container of their own."""
        system = ActiveDirectory(domain, people)
        system.add(*source_contract.PEOPLE)
        return system


class TestDirectoryServer(SourceContract):
    """389-ds."""

    @pytest.fixture
    def system(self, instance: dirsrv.Instance, unit: str) -> source_contract.System:
        """Three people in a container of their own."""
        system = DirectoryServer(instance, unit)
        system.add(*source_contract.PEOPLE)
        return system
