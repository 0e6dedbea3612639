import pytest

from grpc_gateway_python._contracts.path_template import TemplateError, Variable, parse


@pytest.mark.parametrize(
    ("text", "segments", "variables", "verb"),
    [
        ("/orders", ("orders",), [], ""),
        ("/orders/{id}", ("orders", "*"), [("id", 1, 2)], ""),
        ("/a/{b.c}/d/{e}", ("a", "*", "d", "*"), [("b.c", 1, 2), ("e", 3, 4)], ""),
        ("/v1/{name=shelves/*}", ("v1", "shelves", "*"), [("name", 1, 3)], ""),
        (
            "/v1/{name=shelves/*/books/*}:x",
            ("v1", "shelves", "*", "books", "*"),
            [("name", 1, 5)],
            "x",
        ),
        ("/v1/{path=**}", ("v1", "**"), [("path", 1, -1)], ""),
        ("/v1/{path=files/**}", ("v1", "files", "**"), [("path", 1, -1)], ""),
        ("/v1/*/x/**", ("v1", "*", "x", "**"), [], ""),
        ("/v1/{a}:custom:verb", ("v1", "*"), [("a", 1, 2)], "custom:verb"),
        ("/v1/a:verb", ("v1", "a"), [], "verb"),
        ("/", (), [], ""),
    ],
)
def test_templates(
    text: str, segments: tuple[str, ...], variables: list[tuple[str, int, int]], verb: str
) -> None:
    template = parse(text)
    assert template.segments == segments
    assert template.variables == tuple(Variable(*variable) for variable in variables)
    assert template.verb == verb


@pytest.mark.parametrize(
    "text",
    [
        "orders",
        "",
        "/orders/",
        "//orders",
        "/{a}{b}",
        "/x{a}",
        "/{a",
        "/a}",
        "/{}",
        "/{1a}",
        "/{a=}",
        "/{a={b}}",
        "/{a}/{a}",
        "/**/a",
        "/{a=**}/b",
        "/a*b",
        "/a b",
        "/a:",
        "/a?b",
        "/%zz",
    ],
)
def test_an_invalid_template_is_rejected(text: str) -> None:
    with pytest.raises(TemplateError):
        parse(text)
