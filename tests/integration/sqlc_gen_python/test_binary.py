"""A query whose rows come in binary gives the same values as one whose rows come as text."""

import psycopg
import pytest

from codegen.sqlc_gen_python.types import BUILT_IN
from stack.running import Running

SAMPLES = {
    "bool": ["t", "f"],
    "int": ["0", "1", "32767"],
    "float": ["0.1", "-1e308", "5e-324", "Infinity", "-0"],
    "decimal.Decimal": ["0", "-1.50", "1e-20", "12345678901234567890.000001", "1e130", "NaN"],
    "str": ["", "100% of 'it' \\ € 🎉"],
    "bytes": ["", "\\x00ff25", "abc"],
    "datetime.date": ["0001-01-01", "2024-02-29", "9999-12-31"],
    "datetime.time": ["00:00", "23:59:59.999999"],
    "datetime.datetime": ["0001-01-02 00:00", "2026-03-29 02:30:00.000001", "9999-12-30 23:59"],
    "datetime.timedelta": ["0", "1 mon", "-1 year 2 mons 3 days -04:05:06.7", "10000 days"],
    "uuid.UUID": ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    "Any": ["null", '{"a": [1, 1.5, "€"]}'],
}
NAMES_IN_SQL = [
    name
    for name, type_ in BUILT_IN.items()
    if type_.is_same_in_binary and "serial" not in name and name != "blob"
]


@pytest.mark.parametrize("name", NAMES_IN_SQL)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "+05:30"])
def test_same_value(infrastructure: Running, name: str, zone: str) -> None:
    query = f"SELECT value::{name} FROM unnest(%s::text[]) AS value"
    samples = SAMPLES[BUILT_IN[name].annotation]

    with psycopg.connect(infrastructure.endpoints.superuser_database_url) as conn:
        conn.execute("SELECT set_config('timezone', %s, false)", (zone,))
        text, binary = (
            conn.cursor(binary=is_binary).execute(query, (samples,)).fetchall()
            for is_binary in (False, True)
        )

    assert repr(binary) == repr(text)
    assert len(text) == len(samples)


def test_a_domain_comes_as_its_base_type(infrastructure: Running) -> None:
    with psycopg.connect(infrastructure.endpoints.superuser_database_url) as conn:
        conn.execute("CREATE DOMAIN pg_temp.email AS text")
        row = conn.cursor(binary=True).execute("SELECT 'a@b'::pg_temp.email").fetchone()

    assert row == ("a@b",)
