"""Decides where the window may send: by https, to public addresses, and only to those on the list if there is one.

A host name may lead to another address each time it is looked up. So the name is checked here, and the address is
checked where the connection is made (`consumers/webhooks/sending.py`).
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

from application.settings import SettingsError, one_of
from application.subscriptions.special_addresses import Address, Network, kind_of

_ALLOW: Final = "PENCERE_WEBHOOK_ALLOW"
_PLAIN: Final = "PENCERE_WEBHOOK_PLAIN_HTTP"
_HOST: Final = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class AddressRefusedError(Exception):
    """The window may not connect to the address. The text says what is special about it, but does not repeat it."""


class Egress(NamedTuple):
    """What the operator allows.

    `hosts` are names; `*.` before a name stands for all names below it. `networks` are ranges of addresses; only they
    can allow an address that is not public. If both are empty, every public address is allowed.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    plain_http: bool = False

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read PENCERE_WEBHOOK_ALLOW (hosts, networks; commas between) and PENCERE_WEBHOOK_PLAIN_HTTP (yes or no).

        Raises:
            SettingsError: one of them makes no sense.
        """
        hosts, networks = set[str](), list[Network]()
        for part in filter(None, re.split(r"[,\s]+", environment.get(_ALLOW, "").lower())):
            try:
                networks.append(ip_network(part))
            except ValueError:
                if not _HOST.fullmatch(part):
                    raise SettingsError(f"{_ALLOW} holds {part!r}, which is neither a host nor a network") from None
                hosts.add(part)
        plain = one_of(environment, _PLAIN, ("yes", "no"), "no")
        return cls(frozenset(hosts), tuple(networks), plain == "yes")

    def allows(self, endpoint: str) -> bool:
        """Return whether the endpoint's scheme and host are allowed. A name's address must still be checked."""
        try:
            parts = urlsplit(endpoint)
        except ValueError:
            return False
        if parts.hostname is None or not (parts.scheme == "https" or (parts.scheme == "http" and self.plain_http)):
            return False
        address = _literal(parts.hostname)
        if address is not None:
            return self._refusal(parts.hostname, address) is None
        return self._lists(parts.hostname) or bool(self.networks) or self._lists_nothing

    def check(self, host: str, address: Address) -> None:
        """Check that the window may connect to this address for this host.

        Raises:
            AddressRefusedError: it may not.
        """
        refusal = self._refusal(host, address)
        if refusal is not None:
            raise AddressRefusedError(refusal)

    @property
    def _lists_nothing(self) -> bool:
        return not (self.hosts or self.networks)

    def _refusal(self, host: str, address: Address) -> str | None:
        if any(address.version == network.version and address in network for network in self.networks):
            return None
        kind = kind_of(address)
        if kind is None and not (self._lists_nothing or self._lists(host)):
            return "not on the list"
        return kind

    def _lists(self, host: str) -> bool:
        labels = host.lower().rstrip(".").split(".")
        above = {"*." + ".".join(labels[at:]) for at in range(1, len(labels))}
        return not self.hosts.isdisjoint({".".join(labels), *above})


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
