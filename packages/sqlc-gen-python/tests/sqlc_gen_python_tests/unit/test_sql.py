import pytest

from sqlc_gen_python._sql.statement import statement
from sqlc_gen_python._sqlc.request import Query
from sqlc_gen_python_tests.unit.sqlc_request import column, query


def slice_query(text: str) -> Query:
    param = {"number": 1, "column": column("ids", "int4", is_sqlc_slice=True)}
    return Query.model_validate(query(text=text, params=[param]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1 WHERE id IN ($1)", "SELECT 1 WHERE id = ANY ($1)"),
        (
            "SELECT 1 WHERE id not /*x*/ in ( $1 ) OR 1",
            "SELECT 1 WHERE id <> /*x*/ ALL ( $1 ) OR 1",
        ),
        ("SELECT 'IN ($1)', $1", "SELECT 'IN ($1)', $1"),
        ("SELECT 1 WHERE id = ANY ($1)", "SELECT 1 WHERE id = ANY ($1)"),
        ("SELECT 1 WHERE id IN ($1, 2)", "SELECT 1 WHERE id IN ($1, 2)"),
    ],
)
def test_slices_become_array_comparisons(text: str, expected: str) -> None:
    assert statement(slice_query(text)) == expected


def test_trailing_blanks_are_removed_outside_literals_only() -> None:
    text = "SELECT 'a  \n',  \r\n  b -- c  \n"
    assert statement(slice_query(text)) == "SELECT 'a  \n',\n  b -- c"
