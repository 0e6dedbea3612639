"""Two routes with the same path are an error when the gateway is made, and the error names both."""

from dataclasses import replace

import pytest

from grpc_gateway_python import Document, Gateway, Page, StartError, create_app
from grpc_gateway_python._pages.assets import load_assets
from grpc_gateway_python.transcoding import PathTemplate

STYLE = next(path for name, path in load_assets()[0].items() if name.endswith(".css"))


def page(path: str) -> Page:
    return Page(path, "Help", "How to buy.", "<p>Help</p>")


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/", "the start page"),
        ("/docs", "Swagger UI"),
        ("/docs/", "the redirect to Swagger UI"),
        ("/healthz", "the health of the gateway"),
        ("/h%65althz", "the health of the gateway"),
        (STYLE, f"the file {STYLE} of pages"),
        ("/swagger/doc.json", "the document 'api.swagger.json'"),
        ("/orders", "the operation ListOrders"),
    ],
)
def test_path_of_the_gateway_is_an_error_for_a_page_and_for_a_document(
    orders: Gateway, path: str, owner: str
) -> None:
    document = Document("Terms", "", "{}")
    for gateway, name in (
        (replace(orders, pages=[page(path)]), "the page 'Help'"),
        (replace(orders, documents={path: document}), "the document 'Terms'"),
    ):
        with pytest.raises(StartError) as caught:
            create_app(gateway)
        assert str(caught.value).startswith("GET /")
        assert owner in str(caught.value)
        assert name in str(caught.value)


def test_two_pages_and_a_page_and_a_document_have_different_paths(orders: Gateway) -> None:
    one, other = page("/help"), replace(page("/help"), title="Terms")
    with pytest.raises(StartError, match="/help is given twice: the page 'Help', and the page 'Te"):
        create_app(replace(orders, pages=[one, other]))
    documents = {"/help": Document("help.txt", "", "")}
    with pytest.raises(StartError, match=r"the page 'Help', and the document 'help\.txt'"):
        create_app(replace(orders, pages=[one], documents=documents))


@pytest.mark.parametrize(
    ("template", "path"),
    [
        (PathTemplate(()), "/"),
        (PathTemplate(("healthz",)), "/healthz"),
        (PathTemplate(("help",), verb="search"), "/help:search"),
    ],
)
def test_operation_at_a_path_of_the_site_is_an_error(
    orders: Gateway, template: PathTemplate, path: str
) -> None:
    moved = [
        replace(operation, path=template) if operation.http_method == "GET" else operation
        for operation in orders.operations
    ]
    with pytest.raises(StartError, match=f"GET {path} is .* the operation ListOrders"):
        create_app(replace(orders, operations=moved, pages=[page("/help:search")]))


def test_operation_with_another_method_leaves_the_path_to_a_page(orders: Gateway) -> None:
    moved = [
        replace(operation, path=PathTemplate(("books",)))
        if operation.http_method == "GET"
        else operation
        for operation in orders.operations
    ]
    create_app(replace(orders, operations=moved, pages=[page("/orders")]))


@pytest.mark.parametrize("path", ["help", "", "/help/*", "/**"])
def test_path_that_is_no_path_is_an_error_for_a_page_and_for_a_document(
    orders: Gateway, path: str
) -> None:
    for gateway, name in (
        (replace(orders, pages=[page(path)]), "the page 'Help'"),
        (replace(orders, documents={path: Document("Terms", "", "{}")}), "the document 'Terms'"),
    ):
        with pytest.raises(StartError) as caught:
            create_app(gateway)
        assert f"the path of {name} must begin with / and have no *" in str(caught.value)
