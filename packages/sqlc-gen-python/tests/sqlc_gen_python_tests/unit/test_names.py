import pytest

from sqlc_gen_python._model.names import (
    class_name,
    distinct,
    field_name,
    identifier,
    member_name,
    module_name,
    singular,
    snake_case,
)
from sqlc_gen_python._sqlc.options import Options


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a_b", "a_b"),
        ("class", "class_"),
        ("two words", "two_words"),
        ("2nd", "n_2nd"),
        ("", "n_"),
        ("m²", "m_"),
        ("größe", "größe"),
        ("__op", "_op"),
        ("_id", "_id"),
    ],
)
def test_identifier(text: str, name: str) -> None:
    assert identifier(text) == name
    assert name.isidentifier()


@pytest.mark.parametrize(
    ("text", "name"),
    [("_id", "id"), ("__class", "class_"), ("schema", "schema_"), ("copy", "copy_"), ("a", "a")],
)
def test_field_name_of_a_pydantic_model(text: str, name: str) -> None:
    assert field_name(text, Options(package="p", emit_pydantic_models=True)) == name
    assert field_name(text, Options(package="p")) == identifier(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("GetAuthor", "get_author"), ("UpdateBookISBN", "update_book_isbn"), ("get_x", "get_x")],
)
def test_snake_case(text: str, name: str) -> None:
    assert snake_case(text) == name


def test_class_name() -> None:
    assert class_name("order_items") == "OrderItems"
    assert class_name("GetOrder") == "GetOrder"
    assert class_name("odd name") == "OddName"


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("orders", "order"),
        ("cities", "city"),
        ("campus", "campus"),
        ("meta", "meta"),
        ("bus", "bus"),
    ],
)
def test_singular(table: str, name: str) -> None:
    assert singular(table, Options(package="p")) == name


def test_options_keep_table_names() -> None:
    assert singular("orders", Options(package="p", emit_exact_table_names=True)) == "orders"
    excluding = Options(package="p", inflection_exclude_table_names=["ORDERS"])
    assert (singular("orders", excluding), singular("books", excluding)) == ("orders", "book")


def test_member_names() -> None:
    values = ["in-transit", "op!en", "a/b:c", "1", "", "none", "_a_", "__b", "_c", "-1"]
    names = [member_name(value, position) for position, value in enumerate(values, 1)]
    assert names == ["IN_TRANSIT", "OPEN", "A_B_C", "N_1", "VALUE_5", "NONE", "A", "B", "_C", "_1"]


def test_repeated_names_get_numbers() -> None:
    assert distinct(["id", "x", "id", "id", "id_2"]) == ["id", "x", "id_2", "id_3", "id_2_2"]
    assert distinct(["A", "A"], joint="") == ["A", "A2"]


def test_module_name() -> None:
    assert module_name("query-building.sql") == "query_building"
    assert module_name("import.sql") == "import_"
