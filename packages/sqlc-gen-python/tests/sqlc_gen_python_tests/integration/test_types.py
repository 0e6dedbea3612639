"""Values of every type are stored and loaded as the annotated type."""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Callable
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

import pytest
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from sqlc_gen_python_tests.integration.project import Project

pytestmark = pytest.mark.anyio

Queriers = Callable[[str], Any]
INSTANT = dt.datetime(2026, 2, 28, 23, 59, 58, 123456, tzinfo=dt.UTC)


def sample(models: Any) -> dict[str, Any]:
    return {
        "a_bool": True,
        "a_smallint": -32768,
        "an_int": 2**31 - 1,
        "a_bigint": -(2**63),
        "a_real": 0.5,
        "a_double": 0.1,
        "a_numeric": Decimal("1234567890123456.7891"),
        "a_money": "$1,234.50",
        "a_text": "100% of 'it' \\ € 🎉 {$1}",
        "a_varchar": "",
        "a_char": "abc",
        "bytes": b"\x00\xff%",
        "a_date": dt.date(2024, 2, 29),
        "a_time": dt.time(1, 2, 3, 4),
        "a_timetz": dt.time(1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30))),
        "a_timestamp": dt.datetime(2026, 1, 1, 12, 0, 0, 1),  # noqa: DTZ001 - the column has no zone
        "an_instant": INSTANT,
        "an_interval": dt.timedelta(days=-3, microseconds=7),
        "uuid": uuid.UUID(int=2**127 + 1),
        "a_json": {"a": [1, None, "%s"]},
        "a_jsonb": [1.5, "x", {"b": False}],
        "an_inet": ipaddress.ip_interface("10.1.2.3/8"),
        "a_cidr": ipaddress.ip_network("2001:db8::/32"),
        "a_macaddr": "08:00:2b:01:02:03",
        "a_mood": models.Mood.SO_SO,
        "an_address": models.Address(street='Ring "7", (a)', zip_code=None, class_=1),
        "an_email": "a@b",
        "a_positive": 1,
        "a_range": Range(1, 5),
        "a_span": Range(INSTANT, None, "[)"),
        "a_multi": Multirange([Range(1, 2), Range(4, None)]),
        "a_floats": Range(0.5, 1.5, "(]"),
    }


async def test_value_of_each_type_is_stored_and_loaded(
    querier: Queriers, catalogue: Project
) -> None:
    models, samples = catalogue.module("models"), catalogue.module("samples")
    db, values = querier("samples"), sample(models)

    added = await db.add_sample(samples.AddSampleParams(**values))

    assert added == await db.get_sample(id=added.id)
    assert type(added) is models.Sample
    got = {field.name: getattr(added, field.name) for field in fields(added)}
    assert got == {"id": added.id, **values}
    assert {k: type(v) for k, v in got.items() if k != "id"} == {
        k: type(v) for k, v in values.items()
    }


async def test_arrays(querier: Queriers, catalogue: Project) -> None:
    models, samples = catalogue.module("models"), catalogue.module("samples")
    values: dict[str, Any] = {
        "ints": [1, 2**31 - 1],
        "grid": [[1, 2], [3, 4]],
        "texts": ["a,b", '"', "NULL", "", "\\"],
        "uuids": [uuid.UUID(int=1)],
        "instants": [INSTANT],
        "jsons": [{"a": 1}, None, "x"],
        "moods": [models.Mood.SAD, models.Mood.QUOTED],
        "addresses": [models.Address("s", "z", 3), models.Address(None, None, None)],
        "emails": ["a@b", "c,@d"],
        "ranges": [Range(1, 2)],
        "amounts": None,
    }
    empty: dict[str, Any] = {name: [] for name in values}

    for number, given in enumerate((values, empty), 1):
        added = await querier("samples").add_lists(samples.AddListsParams(number, **given))
        assert added == models.List(number, **given)


async def test_composite_of_composite_domain_and_enum(
    querier: Queriers, catalogue: Project
) -> None:
    models = catalogue.module("models")
    db = querier("samples")
    who = models.Resident2("N", models.Address("s", None, 9), models.Mood.VERYHAPPY)

    await db.add_resident(id=1, who=who, mood=None)
    await db.add_resident(id=2, who=None, mood=models.Mood.SAD)

    assert await db.get_resident(id=1) == models.Resident(1, who, None)
    assert await db.get_resident(id=2) == models.Resident(2, None, models.Mood.SAD)


async def test_array_of_enums_as_parameter(querier: Queriers, catalogue: Project) -> None:
    models, samples = catalogue.module("models"), catalogue.module("samples")
    db = querier("samples")
    added = await db.add_sample(samples.AddSampleParams(**sample(models)))

    assert await db.samples_by_mood(moods=[models.Mood.SO_SO]) == [
        samples.SamplesByMoodRow(added.id, models.Mood.SO_SO)
    ]
    assert await db.samples_by_mood(moods=[]) == []


async def test_same_names_in_two_schemas(querier: Queriers, catalogue: Project) -> None:
    models = catalogue.module("models")
    db = querier("samples")

    await db.add_other(id=1, a_mood=models.OtherMood.HIGH, str="x")

    assert await db.get_other(id=1) == models.OtherSample(1, models.OtherMood.HIGH, "x")


async def test_types_within_types(querier: Queriers, catalogue: Project) -> None:
    """JSON in a composite type, domains over an enum and a range in arrays, JSON in two dimensions."""
    models, odd = catalogue.module("models"), catalogue.module("odd")
    db = querier("odd")
    values: dict[str, Any] = {
        "id": 1,
        "order": models.Order(1, {"a": [1, None]}, [[1], None]),
        "fine_moods": [models.Mood.SO_SO],
        "floats": [Range(0.5, 1.5)],
        "grid": [[{"a": 1}, [2]], [None, "x"]],
        "mark": models.Mark.A,
        "span": Range(1, 2),
    }

    added = await db.add_range(odd.AddRangeParams(**values))

    assert added == models.Range2(**values, owner=None, tags=None)
    assert type(added.fine_moods[0]) is models.Mood
    assert await db.grid_dimensions(id=1) == 2


async def test_types_that_were_dropped_and_created_again(
    querier: Queriers, catalogue: Project
) -> None:
    models = catalogue.module("models")
    values = {
        "id": 1,
        "part": models.OuterPart(models.InnerPart(2)),
        "status": models.Status.A,
        "level": models.Level.LOW,
    }

    added = await querier("odd").add_renewed(**values)

    assert added == models.Renewed(**values)
    assert (type(added.status), type(added.level)) == (models.Status, models.Level)


async def test_types_that_were_renamed(querier: Queriers, catalogue: Project) -> None:
    models, odd = catalogue.module("models"), catalogue.module("odd")
    values = {
        "id": 1,
        "mark": models.NewMark.A,
        "email": "a@b",
        "pair": models.NewPair("a@b", 2),
        "score": 3,
    }

    added = await querier("odd").add_renamed(odd.AddRenamedParams(**values))

    assert added == models.Moved(**values)
    assert type(added.mark) is models.NewMark
    assert (added.pair, added.score) == (models.NewPair("a@b", 2), 3)
    texts = catalogue.texts()["models.py"]
    assert ("email: str" in texts, "score: int" in texts) == (True, True)


async def test_type_without_python_type_is_text_annotated_any(
    querier: Queriers, catalogue: Project
) -> None:
    db = querier("samples")

    await db.add_unmapped(id=1, place="(1,2)")

    assert asdict(await db.get_unmapped(id=1)) == {"id": 1, "place": "(1,2)"}
    assert (
        "# PostgreSQL's point, which has no Python type.\n    place: Any"
        in (catalogue.texts()["models.py"])
    )
