"""A response is linked to the operations that it can address."""

from grpc_gateway_python_tests.openapi.refined import Json, Refine

CONTRACT = """
message Book { string id = 1; string shelf_id = 2; optional string loan_id = 3; }
message Loan { string id = 1; }
message CreateBookRequest { string shelf_id = 1; }
message CreateBookResponse { Book book = 1; }
message GetBookRequest { string book_id = 1; }
message GetLoanRequest { string loan_id = 1; }
message ListBooksRequest { string shelf_id = 1; int32 page_size = 2; string page_token = 3; }
message ListBooksResponse { repeated Book books = 1; string next_page_token = 2; }
service S {
  rpc CreateBook(CreateBookRequest) returns (CreateBookResponse) {
    option (google.api.http) = {post: "/shelves/{shelf_id}/books" body: "*" response_body: "book"}; }
  rpc GetBook(GetBookRequest) returns (Book) { option (google.api.http) = {get: "/books/{book_id}"}; }
  rpc GetLoan(GetLoanRequest) returns (Loan) { option (google.api.http) = {get: "/loans/{loan_id}"}; }
  rpc ListBooks(ListBooksRequest) returns (ListBooksResponse) {
    option (google.api.http) = {get: "/shelves/{shelf_id}/books"}; }
}
"""


def links(document: Json, path: str, verb: str) -> Json:
    return {
        name: link["parameters"]
        for name, link in document["paths"][path][verb]["responses"]["200"]["x-links"].items()
    }


def test_resource_feeds_its_id_and_fields_of_the_same_name(refine: Refine) -> None:
    assert links(refine(CONTRACT)[0], "/shelves/{shelf_id}/books", "post") == {
        "GetBook": {"book_id": "$response.body#/id"},
        "ListBooks": {"shelf_id": "$response.body#/shelf_id"},
    }


def test_list_feeds_its_first_item_and_the_next_page(refine: Refine) -> None:
    assert links(refine(CONTRACT)[0], "/shelves/{shelf_id}/books", "get") == {
        "CreateBook": {"shelf_id": "$request.path.shelf_id"},
        "GetBook": {"book_id": "$response.body#/books/0/id"},
        "NextPage": {
            "shelf_id": "$request.path.shelf_id",
            "page_token": "$response.body#/next_page_token",
        },
    }


def test_optional_fields_feed_nothing(refine: Refine) -> None:
    assert "GetLoan" not in links(refine(CONTRACT)[0], "/books/{book_id}", "get")


def test_response_that_addresses_nothing_has_no_links(refine: Refine) -> None:
    loan = refine(CONTRACT)[0]["paths"]["/loans/{loan_id}"]["get"]["responses"]["200"]
    assert "x-links" not in loan


def test_openapi_3_has_the_same_links(refine: Refine) -> None:
    swagger, openapi = refine(CONTRACT)
    path = "/books/{book_id}"
    before = swagger["paths"][path]["get"]["responses"]["200"]["x-links"]
    assert openapi["paths"][path]["get"]["responses"]["200"]["links"] == before


def test_names_follow_the_field_names_option(refine: Refine) -> None:
    swagger, _ = refine(CONTRACT, parameter="field_names=json")
    assert links(swagger, "/shelves/{shelfId}/books", "get")["NextPage"]["pageToken"]
