"""SQL text reaches the server unchanged, and every name has a Python name."""

import inspect
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from sqlc_gen_python_tests.integration.project import Project

pytestmark = pytest.mark.anyio

Queriers = Callable[[str], Any]


async def test_percent_signs_casts_strings_and_comments(
    querier: Queriers, catalogue: Project
) -> None:
    text = catalogue.module("text")
    db = querier("text")

    assert await db.percent(word="10%", divisor=4) == text.PercentRow(
        is_ten_percent=True,
        remainder=3,
        literal='%s %(name)s $9 :name "quoted" \' back\\slash',
        dollar=' $1 dollar "quoted" % ',
        escaped="tab\there",
    )
    assert not (await db.percent(word="100", divisor=4)).is_ten_percent


async def test_trailing_blanks_and_quotes_in_literals(querier: Queriers) -> None:
    db = querier("text")
    assert await db.trailing() == "blanks   \nend"
    assert await db.triple() == '"""'


async def test_repeated_parameter_is_one_argument(querier: Queriers, catalogue: Project) -> None:
    assert await querier("text").twice(dollar_1=21, other=1) == catalogue.module("text").TwiceRow(
        sum=42, other=1
    )


async def test_odd_column_names(querier: Queriers, catalogue: Project) -> None:
    text, models = catalogue.module("text"), catalogue.module("models")
    db = querier("text")
    values = {
        "class_": 1,
        "camelCase": "b",
        "two_words": "c",
        "n_2nd": "d",
        "select": "e",
        "a_b": "f",
    }

    assert await db.add_odd_name(text.AddOddNameParams(**values)) == models.OddName(**values)
    assert await db.find_odd_name(class_=1, camelCase="b") == text.FindOddNameRow(1, "b")


async def test_names_that_python_or_the_module_uses(querier: Queriers, catalogue: Project) -> None:
    odd, models = catalogue.module("odd"), catalogue.module("models")
    db = querier("odd")
    added = await db.add_odd_one(odd.AddOddOneParams(1, 2, "op", "id", 4, "s", "c"))

    assert added == models.OddOne(id=1, row_count=2, _op="op", _id="id", m_=4, schema="s", copy="c")
    assert await db.count_rows(row_count=7, schema=None, _op="op") == 1
    assert await db.tuple() is None
    assert await db.tuple_rows() == []


async def test_keywords_and_names_that_methods_use(querier: Queriers, catalogue: Project) -> None:
    row = await querier("text").import_(self_="a", cur_="b", models_="c", lambda_="d")
    assert (row.self, row.cur, row.models, row.lambda_) == ("a", "b", "c", "d")


async def test_repeated_and_missing_names(querier: Queriers, catalogue: Project) -> None:
    text, commands = catalogue.module("text"), catalogue.module("commands")
    people, db = querier("commands"), querier("text")
    for number in range(1, 4):
        await people.add_person(id=number, name=f"P{number}", nick=None)
    await people.add_pets([commands.AddPetsParams(7, 2, "Rex")])

    assert await db.between(id=1, id_2=3) == [2]
    assert await db.repeated(id=2, id_2=7) == text.RepeatedRow(2, 7, "P2", "Rex")
    assert await db.unnamed() == text.UnnamedRow(1, "a")


async def test_methods_named_like_types_and_modules(querier: Queriers, catalogue: Project) -> None:
    person = catalogue.module("models").Person(1, "Ann", None)
    await querier("commands").add_person(id=1, name="Ann", nick=None)
    db = querier("names")

    assert await db.list() == [person]
    assert await db.models(id=1) == person
    assert await db.uuid(id=uuid.UUID(int=1)) == uuid.UUID(int=1)
    assert await db.find_all([1, 2]) == [[person], []]
    assert await db.int() == 1


def test_comments_are_docstrings(catalogue: Project) -> None:
    docs = {
        inspect.getdoc(cls.list_people)  # Python 3.13 strips the indentation itself
        for cls in (catalogue.module("commands").Querier, catalogue.module("commands").AsyncQuerier)
    }
    assert docs == {"Lists all people.\n\nIn the order of their ids."}
    models = catalogue.module("models")
    assert models.Mood.__doc__ == "How somebody feels."
    assert models.Sample.__doc__ == "One column of each type."
