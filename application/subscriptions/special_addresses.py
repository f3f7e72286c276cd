"""Addresses that are not public hosts: the special-purpose registries of IANA, as a table."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_UNICAST: Final = IPv6Network("2000::/3")  # all that IANA ever gave out for hosts on the internet
TABLE: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("loopback", ("127.0.0.0/8", "::1/128")),
    ("unspecified", ("0.0.0.0/8", "::/128")),
    ("private", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")),
    ("link-local", ("169.254.0.0/16", "fe80::/10")),
    ("site-local", ("fec0::/10",)),
    ("shared with a carrier", ("100.64.0.0/10",)),
    # Not special to IANA: a large cloud's own services answer at this address, to every machine in that cloud.
    ("of a cloud's platform", ("168.63.129.16/32",)),
    ("multicast", ("224.0.0.0/4", "ff00::/8")),
    ("IPv4-mapped", ("::ffff:0:0/96",)),
    ("IPv4-compatible", ("::/96",)),
    ("NAT64", ("64:ff9b::/96", "64:ff9b:1::/48")),
    ("6to4", ("2002::/16", "192.88.99.0/24")),
    ("Teredo", ("2001::/32",)),
    ("documentation", ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")),
    ("benchmarking", ("198.18.0.0/15", "2001:2::/48")),
    ("anycast of a protocol", ("192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24", "2620:4f:8000::/48")),
    ("reserved", ("192.0.0.0/24", "240.0.0.0/4", "2001::/23")),
)
_KINDS: Final[tuple[tuple[Network, str], ...]] = tuple(
    (ip_network(network), kind) for kind, networks in TABLE for network in networks
)


def kind_of(address: Address) -> str | None:
    """Return what is special about an address; None when it belongs to a host on the public internet."""
    for network, kind in _KINDS:
        if address.version == network.version and address in network:
            return kind
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return "reserved"
    return None
