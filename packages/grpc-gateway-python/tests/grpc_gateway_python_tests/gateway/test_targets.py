import pytest

from grpc_gateway_python._upstream.targets import TargetError, grpc_target


@pytest.mark.parametrize(
    "address",
    [
        *("orders.internal:50051", "orders_1:1", "127.0.0.1:1", "[::1]:50051"),
        *("dns:orders:1", "dns:///orders:1", "dns://127.0.0.1:53/orders.test:1"),
        *("ipv4:127.0.0.1:1", "ipv6:[::1]:1"),
    ],
)
def test_one_address_stays_as_it_is(address: str) -> None:
    assert grpc_target("ORDERS_GRPC_ADDRESS", address) == address


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ("127.0.0.1:1,10.0.0.7:2", "ipv4:127.0.0.1:1,10.0.0.7:2"),
        ("[::1]:1,[fe80::7]:2", "ipv6:[::1]:1,[fe80::7]:2"),
    ],
)
def test_several_addresses_are_copies(addresses: str, expected: str) -> None:
    assert grpc_target("ORDERS_GRPC_ADDRESS", addresses) == expected


@pytest.mark.parametrize(
    ("addresses", "wrong"),
    [
        ("", "an empty word is not host:port"),
        ("127.0.0.1", "127.0.0.1 is not host:port"),
        ("127.0.0.1:http", "127.0.0.1:http is not host:port"),
        ("127.0.0.1:65536", "127.0.0.1:65536 is not host:port"),
        ("127.0.0.1:1,", "an empty word is not host:port"),
        ("127.0.0.1:1, 127.0.0.1:2", " 127.0.0.1:2 is not host:port"),
        ("http://orders:80", "http://orders:80 is not host:port"),
        ("::1:8080", "::1:8080 is not host:port"),
        ("[zz]:80", "[zz]:80 is not host:port"),
        ("[127.0.0.1]:80", "[127.0.0.1]:80 is not host:port"),
        ("dns:80", "dns:80 is not host:port"),
        ("unix:80", "unix:80 is not host:port"),
        ("::1:1,::2:2", "::1:1 is not host:port"),
        ("orders-1:1,orders-2:1", "several addresses must be IP addresses"),
        ("127.0.0.1:1,[::1]:1", "must not mix IPv4 and IPv6"),
        (",".join(["127.0.0.1:1"] * 65), "names more than 64 addresses"),
    ],
)
def test_a_wrong_list_is_named(addresses: str, wrong: str) -> None:
    with pytest.raises(TargetError) as rejected:
        grpc_target("ORDERS_GRPC_ADDRESS", addresses)
    assert str(rejected.value) == f"ORDERS_GRPC_ADDRESS: {wrong}"
