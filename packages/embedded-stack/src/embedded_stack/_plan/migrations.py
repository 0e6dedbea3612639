"""Bringing the services' databases to the newest schema, with dbmate."""

import shutil
import sysconfig
from pathlib import Path

from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.settings import ROOT
from embedded_stack._supervisor.process import Command

LIBRARIES = (
    "packages/transactional-events/src/transactional_events",
    "packages/transactional-grpc/src/transactional_grpc",
)
"""The libraries whose tables are in every service's database."""

TABLE = "migrations.applied"
"""Outside the schema that services see, so that none of them can change it."""


def migrate(endpoints: Endpoints) -> list[Command]:
    """What applies the missing migrations; safe to run twice, also at the same time.

    An external database whose owner's URL is not given is left to whoever owns it.
    """
    urls = {
        "orders": endpoints.orders_owner_database_url,
        "payments": endpoints.payments_owner_database_url,
    }
    return [_dbmate(name, url) for name, url in urls.items() if url]


def _dbmate(database: str, owner_url: str) -> Command:
    scripts = sysconfig.get_path("scripts")
    program = shutil.which("dbmate", path=scripts) or Path(scripts) / "dbmate"
    # dbmate splits them at commas, which the checkout's folder may have: relative, they have none.
    folders = [f"sql/{database}/schema", *(f"{library}/sql/schema" for library in LIBRARIES)]
    words = [word for folder in folders for word in ("--migrations-dir", folder)]
    options = ("--migrations-table", TABLE, "--no-dump-schema", "--migration-lock")
    return Command(
        f"migrate-{database}",
        (program, *words, *options, "migrate"),
        environment={"DATABASE_URL": owner_url},
        folder=ROOT,
    )
