import ast

from hypothesis import given
from hypothesis import strategies as st

from sqlc_gen_python._python.layout import brackets, docstring, sql_literal, string_literal

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT | st.text('\\"\n ax'))
def test_literals_evaluate_to_the_text(text: str) -> None:
    assert ast.literal_eval(sql_literal(text + "\n")) == text + "\n"
    assert ast.literal_eval(string_literal(text)) == text


@given(st.text('\\".ax'))
def test_docstring_evaluates_to_the_text(text: str) -> None:
    assert ast.literal_eval(docstring(text, 0)) == text


def test_brackets_break_when_the_line_is_too_long() -> None:
    assert brackets("f(", ["a", "b"], ")") == "f(a, b)"
    long = "a" * 50
    assert brackets("f(", [long, long], ")", 4) == f"f(\n        {long},\n        {long},\n    )"
