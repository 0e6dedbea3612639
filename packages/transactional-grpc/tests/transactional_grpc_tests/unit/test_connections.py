"""Settings in a database's URL are kept or rejected by name."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from transactional_grpc.database import conninfo, require_usable

URL = "postgresql://orders:hunter2@db.example/orders"


def test_defaults_fill_in_settings_that_the_url_omits() -> None:
    made = conninfo_to_dict(conninfo(URL, "orders", defaults={"lock_timeout": 5000}))
    assert made["application_name"] == "orders"
    assert made["connect_timeout"] == "5"
    assert made["client_encoding"] == "UTF8"
    assert "-c lock_timeout=5000" in str(made["options"])
    assert "target_session_attrs" not in made


def test_settings_of_the_url_are_kept() -> None:
    given = {
        "connect_timeout": "2",
        "keepalives_idle": "30",
        "sslmode": "verify-full",
        "target_session_attrs": "primary",
    }
    query = "&".join(f"{name}={value}" for name, value in given.items())
    made = conninfo_to_dict(conninfo(f"{URL}?{query}&application_name=shop", "orders", "relay"))
    assert given.items() <= made.items()
    assert made["application_name"] == "shop relay"


@pytest.mark.parametrize(
    "options",
    [
        "-c lock_timeout=1s -c search_path=shop",
        "-clock_timeout=1s -csearch_path=shop",
        "--lock-timeout=1s --search_path=shop",
        "-c  LOCK_TIMEOUT=1s -c search_path=shop",
    ],
)
def test_options_of_the_url_take_precedence_over_defaults(options: str) -> None:
    url = f"{URL}?options={options.replace(' ', '%20').replace('=', '%3D')}"
    made = conninfo_to_dict(conninfo(url, "orders", defaults={"lock_timeout": 5000, "x.y": 1}))
    assert str(made["options"]).startswith(options)
    assert "lock_timeout=5000" not in str(made["options"])
    assert str(made["options"]).endswith("-c x.y=1")


def test_fixed_settings_come_last() -> None:
    url = f"{URL}?options=-c%20transaction_timeout%3D1min"
    options = conninfo_to_dict(
        conninfo(url, "orders", fixed={"transaction_timeout": "3s", "a.b": "read committed"})
    )["options"]
    assert str(options).startswith("-c transaction_timeout=1min ")
    assert str(options).endswith(r"-c transaction_timeout=3s -c a.b=read\ committed")


def test_the_environment_counts_as_part_of_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=1s")
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "3")
    made = conninfo_to_dict(conninfo(URL, "orders", defaults={"lock_timeout": 5000}))
    assert str(made["options"]).startswith("-c lock_timeout=1s ")
    assert "connect_timeout" not in made


def test_the_writable_host_of_several_is_chosen() -> None:
    made = conninfo_to_dict(conninfo("postgresql://a:1,b:2/orders", "orders"))
    assert (made["host"], made["port"]) == ("a,b", "1,2")
    assert made["target_session_attrs"] == "read-write"


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("client_encoding=LATIN1", "client_encoding=LATIN1 cannot be"),
        ("target_session_attrs=standby", "target_session_attrs=standby cannot be"),
        ("replication=database", "replication=database cannot be"),
        ("options=-c%20idle_session_timeout%3D60s", "idle_session_timeout=60s cannot be"),
        ("options=-cdefault_transaction_read_only%3Don", "default_transaction_read_only=on cannot"),
        ("options=--synchronous-commit%3Doff", "synchronous_commit=off cannot be"),
        ("options=-c%20DateStyle%3DGerman", "datestyle=German cannot be"),
        ("pool_size=5", 'invalid URI query parameter: "pool_size"'),
    ],
)
def test_forbidden_settings_are_rejected_by_name(setting: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        require_usable(f"{URL}?{setting}")


@pytest.mark.parametrize(
    "url", ["hunter2", "postgres:hunter2@db", f"{URL}%zz", "mysql://hunter2@db/x"]
)
def test_a_malformed_url_is_not_quoted(url: str) -> None:
    with pytest.raises(ValueError, match="must be a PostgreSQL URL") as raised:
        require_usable(url)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "url", [URL, f"{URL}?options=-csynchronous_commit%3Dlocal", "host=db dbname=orders", ""]
)
def test_other_urls_are_usable(url: str) -> None:
    require_usable(url)
