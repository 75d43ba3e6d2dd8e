"""The network that an address belongs to: whoever has one address of it has many."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

HOUSE = {4: 32, 6: 64}
"""What one subscriber has: an IPv4 address, perhaps a whole building's, or an IPv6 /64."""
SITE = {4: 32, 6: 48}
"""What anybody is given for the asking: an IPv6 /48 holds 65,536 networks of the size of a house."""
NEIGHBOURS = {4: 24, 6: 48}
"""What one hand can easily change within: for sign-ins, which few people of a place send."""
WRITTEN = {4: 24, 6: 48}
"""As coarse as an address is written down."""


def network(address: str, bits: dict[int, int]) -> str:
    """Return the network of an address, `203.0.113.0/24`; empty where it is none. `bits` by version."""
    try:
        found = _plain(ip_address(address.partition("%")[0]))
    except ValueError:
        return ""
    return str(ip_network(f"{found}/{bits[found.version]}", strict=False))


def _plain(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 one only carries."""
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
