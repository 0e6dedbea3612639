"""With `emit_pydantic_models`, rows, embedded tables and composite types are pydantic models."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pydantic
import pytest
from psycopg.types.range import Range

from sqlc_gen_python_tests.integration.project import Project
from sqlc_gen_python_tests.integration.test_types import sample


@pytest.fixture
def project(generate: Callable[..., Project]) -> Project:
    return generate("catalogue", emit_pydantic_models=True)


@pytest.fixture
def conn(project: Project) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(project.url) as conn:
        yield conn
        conn.rollback()


def test_values_of_all_types(project: Project, conn: psycopg.Connection[Any]) -> None:
    models, samples = project.module("models"), project.module("samples")
    models_of_fields = {
        "an_address": models.Address(street="s", zip_code=None, class_=None),
        "a_range": Range(1, 2),
    }
    values = {**sample(models), **models_of_fields}

    added = samples.Querier(conn).add_sample(samples.AddSampleParams(**values))

    assert isinstance(added, pydantic.BaseModel)
    assert added.model_dump(exclude={"id", "an_address"}) == {
        name: value for name, value in values.items() if name != "an_address"
    }
    assert dict(added)["an_address"] == values["an_address"]


def test_embed_and_batches(project: Project, conn: psycopg.Connection[Any]) -> None:
    commands, models = project.module("commands"), project.module("models")
    db = commands.Querier(conn)
    db.add_person(id=1, name="Ann", nick=None)
    db.add_pets([commands.AddPetsParams(id=1, owner_id=1, name="Rex")])
    ann = models.Person(id=1, name="Ann", nick=None)

    assert db.find_people([1, 2]) == [ann, None]
    assert list(db.pets_with_owners()) == [
        commands.PetsWithOwnersRow(
            pet=models.Pet(id=1, owner_id=1, name="Rex"), person=ann, loud="REX"
        )
    ]


def test_names_that_pydantic_reserves(project: Project, conn: psycopg.Connection[Any]) -> None:
    odd = project.module("odd")
    db = odd.Querier(conn)
    values = {
        "id": 1,
        "row_count": 2,
        "op": "op",
        "id_2": "id",
        "m_": 4,
        "schema_": "",
        "copy_": "",
    }

    assert dict(db.add_odd_one(odd.AddOddOneParams(**values))) == values
    assert db.tuple_rows().all() == []
    assert db.dts_of(day=None).all() == []
