import pytest
from hypothesis import given
from hypothesis import strategies as st

from grpc_gateway_python._requests.router import AmbiguousRouteError, NoRouteError, Router
from grpc_gateway_python.transcoding import PathTemplate

ROUTES = {
    "orders": ("GET", PathTemplate(("orders",))),
    "create": ("POST", PathTemplate(("orders",))),
    "order": ("GET", PathTemplate(("orders", "*"), captures=((1, 2),))),
    "latest": ("GET", PathTemplate(("orders", "latest"))),
    "cancel": ("POST", PathTemplate(("orders", "*"), captures=((1, 2),), verb="cancel")),
    "force": ("POST", PathTemplate(("orders", "*"), captures=((1, 2),), verb="cancel:force")),
    "batch": ("POST", PathTemplate(("orders",), verb="batch")),
    "delete": ("DELETE", PathTemplate(("orders", "*"), captures=((1, 2),))),
    "shelf": ("GET", PathTemplate(("v1", "shelves", "*", "books", "*"), captures=((1, 5),))),
    "files": ("GET", PathTemplate(("files", "**"), captures=((1, -1),))),
    "raw": ("GET", PathTemplate(("files", "**"), captures=((1, -1),), verb="raw")),
    "file": ("GET", PathTemplate(("files", "*", "info"), captures=((1, 2),))),
    "root": ("GET", PathTemplate(())),
}


@pytest.fixture(scope="module")
def router() -> Router[str]:
    made: Router[str] = Router()
    for name, (method, path) in ROUTES.items():
        made.add(method, path, name)
    return made


@pytest.mark.parametrize(
    ("request_line", "name", "captures"),
    [
        ("GET /orders", "orders", []),
        ("POST /orders", "create", []),
        ("GET /orders/7", "order", ["7"]),
        ("GET /orders/latest", "latest", []),
        ("DELETE /orders/latest", "delete", ["latest"]),
        ("GET /orders/a%20b%2Fc", "order", ["a b/c"]),
        ("GET /%6Frders", "orders", []),
        ("GET /orders/%C3%A4", "order", ["ä"]),
        ("POST /orders/7:cancel", "cancel", ["7"]),
        ("POST /orders/7:cancel:force", "force", ["7"]),
        ("POST /orders/a:b:cancel", "cancel", ["a:b"]),
        ("GET /orders/7:cancel", "order", ["7:cancel"]),
        ("GET /orders/7%3Acancel", "order", ["7:cancel"]),
        ("POST /orders:batch", "batch", []),
        ("GET /v1/shelves/1/books/2", "shelf", ["shelves/1/books/2"]),
        ("GET /v1/shelves/a%2Fb/books/%C3%A4", "shelf", ["shelves/a%2Fb/books/ä"]),
        ("GET /files", "files", [""]),
        ("GET /files/a/b", "files", ["a/b"]),
        ("GET /files/a/b/", "files", ["a/b/"]),
        ("GET /files/a/b:raw", "raw", ["a/b"]),
        ("GET /files/a/info", "file", ["a"]),
        ("GET /files/a/info/b", "files", ["a/info/b"]),
        ("GET /", "root", []),
    ],
)
def test_the_most_specific_route_wins(
    router: Router[str], request_line: str, name: str, captures: list[str]
) -> None:
    method, path = request_line.split()
    match = router.match(method, path.encode())
    assert match.target.endpoint == name
    assert match.captures() == captures


@pytest.mark.parametrize(
    ("request_line", "allowed"),
    [
        ("PUT /orders", {"GET", "POST"}),
        ("PUT /orders/latest", {"GET", "DELETE"}),
        ("PUT /orders/7:cancel", {"GET", "POST", "DELETE"}),
        ("GET /orders/", set()),
        ("GET //orders", set()),
        ("GET /order", set()),
        ("GET /orders/7/items", set()),
        ("GET /v1/shelves/1", set()),
    ],
)
def test_a_method_without_route_gets_the_methods_of_its_path(
    router: Router[str], request_line: str, allowed: set[str]
) -> None:
    method, path = request_line.split()
    with pytest.raises(NoRouteError) as caught:
        router.match(method, path.encode())
    assert caught.value.allowed == allowed


@pytest.mark.parametrize("path", ["/", "/docs/"])
def test_path_that_ends_with_a_slash_has_its_methods(path: str) -> None:
    router: Router[str] = Router()
    router.add_path("GET", path, "page")
    with pytest.raises(NoRouteError) as caught:
        router.match("POST", path.encode())
    assert caught.value.allowed == {"GET"}


def test_a_path_that_is_not_utf_8_has_no_captures(router: Router[str]) -> None:
    with pytest.raises(UnicodeDecodeError):
        router.match("GET", b"/orders/%ff").captures()


def test_equal_routes_are_rejected() -> None:
    router: Router[str] = Router()
    router.add("GET", PathTemplate(("a", "*")), "one")
    with pytest.raises(AmbiguousRouteError, match=r"GET /a/\*"):
        router.add("GET", PathTemplate(("a", "*")), "other")


SEGMENTS = st.lists(st.sampled_from(["a", "b", "*"]), min_size=1, max_size=4).map(tuple)
METHODS = st.sampled_from(["GET", "POST"])


@given(
    st.lists(st.tuples(METHODS, SEGMENTS), unique=True, max_size=12),
    METHODS,
    st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=4),
)
def test_plain_paths_match_the_same_route_as_with_an_open_ended_route_elsewhere(
    routes: list[tuple[str, tuple[str, ...]]], method: str, segments: list[str]
) -> None:
    plain: Router[object] = Router()
    searched: Router[object] = Router()
    searched.add(
        "PUT", PathTemplate(("elsewhere", "**")), None
    )  # the tree is searched for all paths
    for route in routes:
        for router in (plain, searched):
            router.add(route[0], PathTemplate(route[1]), route)
    path = "/" + "/".join(segments)
    assert _endpoint(plain, method, path) == _endpoint(searched, method, path)


def _endpoint(router: Router[object], method: str, path: str) -> object:
    try:
        return router.match(method, path.encode()).target.endpoint
    except NoRouteError as error:
        return error.allowed
