"""Every command, sync and async."""

import inspect
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from sqlc_gen_python_tests.integration.project import Project

pytestmark = pytest.mark.anyio

Queriers = Callable[[str], Any]


@pytest.fixture
async def db(querier: Queriers, catalogue: Project) -> Any:
    """A querier with three people: Ann has two pets, Bob has one."""
    commands = catalogue.module("commands")
    db = querier("commands")
    for number, (name, nick) in enumerate({"Ann": "A", "Bob": None, "Cid": "C"}.items(), 1):
        await db.add_person(id=number, name=name, nick=nick)
    pets = [(1, 1, "Rex"), (2, 1, "Tom"), (3, 2, "Zoe")]
    await db.add_pets(commands.AddPetsParams(*pet) for pet in pets)
    return db


async def test_one(db: Any, catalogue: Project) -> None:
    assert await db.get_person(id=2) == catalogue.module("models").Person(2, "Bob", None)
    assert await db.get_person(id=9) is None
    assert await db.get_name(id=1) == "Ann"
    assert await db.get_nick(id=2) is None
    assert await db.count_people() == 3


async def test_many_as_list_iterator_and_stream(db: Any, catalogue: Project) -> None:
    Person = catalogue.module("models").Person  # noqa: N806 - it is a class
    people = [Person(1, "Ann", "A"), Person(2, "Bob", None), Person(3, "Cid", "C")]

    assert await db.list_people() == people
    assert [person async for person in db.list_people()] == people
    assert [person async for person in db.list_people().stream()] == people
    assert await db.list_nicks() == ["A", None, "C"]


async def test_execrows_with_nullable_arguments(db: Any) -> None:
    assert await db.rename_person(id=1, name="Eve", nick=None) == 1
    assert await db.rename_person(id=9, name=None, nick=None) == 0
    person = await db.get_person(id=1)
    assert (person.name, person.nick) == ("Eve", "A")


async def test_execresult_returns_a_cursor(db: Any) -> None:
    cur = await db.delete_people(dollar_1=[3, 4])
    rows = cur.fetchall()
    assert (await rows if inspect.isawaitable(rows) else rows) == [(3,)]
    assert cur.rowcount == 1


async def test_slice_takes_a_list(db: Any) -> None:
    assert [p.id for p in await db.people_in(ids=[1, 2, 7], name="Ann")] == [2]
    assert [p.id for p in await db.people_not_in(ids=[1, 2])] == [3]
    assert await db.people_in(ids=[], name="") == []
    assert len(await db.people_not_in(ids=[])) == 3


async def test_embed_returns_models(db: Any, catalogue: Project) -> None:
    commands, models = catalogue.module("commands"), catalogue.module("models")
    ann = models.Person(1, "Ann", "A")

    assert (await db.pets_with_owners())[0] == commands.PetsWithOwnersRow(
        pet=models.Pet(1, 1, "Rex"), person=ann, loud="REX"
    )
    assert await db.one_pet(id=2) == commands.OnePetRow(pet=models.Pet(2, 1, "Tom"))


async def test_copyfrom(db: Any, catalogue: Project) -> None:
    commands, models = catalogue.module("commands"), catalogue.module("models")
    rows = [commands.CopyPeopleParams(n, 'tab\t"\\ \n', None) for n in range(100, 1100)]

    assert await db.copy_people(iter(rows)) == 1000
    assert await db.copy_people([]) == 0
    assert await db.get_person(id=1099) == models.Person(1099, 'tab\t"\\ \n', None)
    moods = [commands.CopyMoodsParams(1, models.Mood.VERYHAPPY), commands.CopyMoodsParams(2, None)]
    assert await db.copy_moods(moods) == 2


async def test_batches(db: Any, catalogue: Project) -> None:
    commands, models = catalogue.module("commands"), catalogue.module("models")

    assert await db.find_people([1, 9, 2]) == [
        models.Person(1, "Ann", "A"),
        None,
        models.Person(2, "Bob", None),
    ]
    assert await db.find_names([3, 3]) == ["Cid", "Cid"]
    arguments = [commands.FindPetsParams(owner_id=n, after=0) for n in (1, 2, 3)]
    assert await db.find_pets(arguments) == [
        [commands.FindPetsRow(1, "Rex"), commands.FindPetsRow(2, "Tom")],
        [commands.FindPetsRow(3, "Zoe")],
        [],
    ]
    assert await db.find_people([]) == []
    assert await db.find_pets([]) == []
    assert await db.add_pets([]) is None


async def test_failing_batch_raises_the_error(db: Any, catalogue: Project) -> None:
    params = catalogue.module("commands").AddPetsParams
    with pytest.raises(psycopg.errors.UniqueViolation):
        await db.add_pets([params(10, 1, "new"), params(1, 1, "taken")])


async def test_view_with_columns_of_unknown_type(db: Any, catalogue: Project) -> None:
    Latest = catalogue.module("models").Latest  # noqa: N806 - it is a class
    assert await db.latest_pets() == [Latest(1, 2, "Tom"), Latest(2, 3, "Zoe")]
    assert await db.latest_pet(owner_id=1) == 2
