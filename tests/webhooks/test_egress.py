"""Addresses to which the window sends nothing: every class, every spelling, and everything that is not on the list."""

from ipaddress import ip_address, ip_network

import pytest

from application.settings import SettingsError
from application.subscriptions.egress import AddressRefusedError, Egress
from application.subscriptions.special_addresses import TABLE, kind_of

REFUSED: dict[str, list[str]] = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],  # noqa: S104 - refused, not bound to
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd00:ec2::254"],
    "link-local": ["169.254.169.254", "169.254.0.1", "fe80::1", "febf::1", "fe80::1%1"],
    "site-local": ["fec0::1"],
    "shared with a carrier": ["100.64.0.1", "100.100.100.200", "100.127.255.255"],
    "of a cloud's platform": ["168.63.129.16"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1"],
    "IPv4-mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8"],
    "IPv4-compatible": ["::127.0.0.1", "::8.8.8.8"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1"],
    "6to4": ["2002:7f00:1::", "192.88.99.1"],
    "Teredo": ["2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarking": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "anycast of a protocol": ["192.31.196.1", "192.52.193.1", "192.175.48.42", "2620:4f:8000::1"],
    "reserved": ["192.0.0.192", "240.0.0.1", "255.255.255.255", "2001:10::1", "100::1", "4000::1", "5f00::1"],
}
PUBLIC = [
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2a00::1",
]


@pytest.mark.parametrize(("kind", "address"), [(kind, address) for kind, every in REFUSED.items() for address in every])
def test_an_address_that_is_nobodys_on_the_internet_is_refused(kind: str, address: str) -> None:
    found = ip_address(address)

    assert kind_of(found) == kind
    with pytest.raises(AddressRefusedError, match=kind):
        Egress().check("town.example", found)


def test_every_row_of_the_table_is_tried_and_every_edge_of_its_networks_is_refused() -> None:
    assert REFUSED.keys() == {kind for kind, _ in TABLE}
    for _, networks in TABLE:
        for network in map(ip_network, networks):
            assert kind_of(network[0]) is not None
            assert kind_of(network[-1]) is not None


@pytest.mark.parametrize("address", PUBLIC)
def test_a_hosts_address_on_the_internet_will_do(address: str) -> None:
    Egress().check("town.example", ip_address(address))


@pytest.mark.parametrize("address", [one for every in REFUSED.values() for one in every if "%" not in one])
def test_only_a_network_on_the_list_lets_a_special_address_through(address: str) -> None:
    found = ip_address(address)

    Egress(networks=(ip_network(address),)).check("town.example", found)
    with pytest.raises(AddressRefusedError):
        Egress(hosts=frozenset({"town.example", "*.example"})).check("town.example", found)


def test_with_a_list_only_what_is_on_it_is_sent_to() -> None:
    egress = Egress.read({"PENCERE_WEBHOOK_ALLOW": "Hooks.Town.example, *.gov.example,10.1.0.0/16"})
    public = ip_address("8.8.8.8")

    for host in ("hooks.town.example", "HOOKS.town.example.", "a.gov.example", "b.a.gov.example"):
        egress.check(host, public)
        assert egress.allows(f"https://{host}/in")
    for host in ("town.example", "gov.example", "xgov.example", "hooks.town.example.evil.example"):
        with pytest.raises(AddressRefusedError, match="not on the list"):
            egress.check(host, public)
    egress.check("anything.example", ip_address("10.1.2.3"))
    with pytest.raises(AddressRefusedError, match="private"):
        egress.check("hooks.town.example", ip_address("10.2.0.1"))


@pytest.mark.parametrize(
    ("endpoint", "settings", "allowed"),
    [
        ("https://town.example/in", {}, True),
        ("http://town.example/in", {}, False),
        ("http://town.example/in", {"PENCERE_WEBHOOK_PLAIN_HTTP": "yes"}, True),
        ("ftp://town.example/in", {"PENCERE_WEBHOOK_PLAIN_HTTP": "yes"}, False),
        ("https://127.0.0.1/in", {}, False),
        ("https://[::1]/in", {}, False),
        ("https://8.8.8.8/in", {}, True),
        ("https://10.0.0.5/in", {"PENCERE_WEBHOOK_ALLOW": "10.0.0.0/24"}, True),
        ("https://10.0.1.5/in", {"PENCERE_WEBHOOK_ALLOW": "10.0.0.0/24"}, False),
        ("https://8.8.8.8/in", {"PENCERE_WEBHOOK_ALLOW": "town.example"}, False),
        ("https://town.example/in", {"PENCERE_WEBHOOK_ALLOW": "other.example"}, False),
        ("https://town.example/in", {"PENCERE_WEBHOOK_ALLOW": "10.0.0.0/24"}, True),  # decided by its address
    ],
)
def test_an_endpoint_is_looked_at_before_anything_is_sent(
    endpoint: str, settings: dict[str, str], allowed: object
) -> None:
    assert Egress.read(settings).allows(endpoint) is allowed


@pytest.mark.parametrize(
    "settings",
    [
        {"PENCERE_WEBHOOK_ALLOW": "10.0.0.1/8"},
        {"PENCERE_WEBHOOK_ALLOW": "https://town.example"},
        {"PENCERE_WEBHOOK_ALLOW": "*"},
        {"PENCERE_WEBHOOK_ALLOW": "town.example:8443"},
        {"PENCERE_WEBHOOK_PLAIN_HTTP": "perhaps"},
    ],
)
def test_a_list_that_makes_no_sense_is_not_guessed_at(settings: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(settings))):
        Egress.read(settings)
