"""Finds and reads the files of sqlc's `schema:` and `queries:`."""

import re
from collections.abc import Iterable
from pathlib import Path

from sqlc_gen_python._errors import GenerateError

# The lines after which dbmate, goose, sql-migrate and tern undo a migration. sqlc stops there, too.
_DOWN = re.compile(
    r"^(-- migrate:down|-- \+goose down|-- \+migrate down|---- create above / drop below ----)",
    re.IGNORECASE | re.MULTILINE,
)


def sql_files(paths: Iterable[str]) -> list[Path]:
    """Lists the SQL files of sqlc's `schema:` or `queries:`.

    Hidden files and files that undo a migration are left out, as sqlc does.

    Args:
        paths: Files, folders and glob patterns.
    """
    found = [match for path in paths for match in matching(Path(path))]
    files = [
        file for path in found for file in (sorted(path.iterdir()) if path.is_dir() else [path])
    ]
    return [
        file
        for file in files
        if file.suffix == ".sql" and file.name[0] != "." and not file.name.endswith(".down.sql")
    ]


def matching(path: Path) -> list[Path]:
    """Returns the files and folders that match a path or glob pattern."""
    if path.exists():
        return [path]
    return sorted(Path(path.anchor or ".").glob(str(path.relative_to(path.anchor))))


def read_schema(path: Path) -> str:
    """Returns the statements of a schema file, without those that undo the migration.

    Raises:
        GenerateError: the file is not in UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise GenerateError(f"{path}: this file is not in UTF-8: {error.reason}") from None
    return _DOWN.split(text, maxsplit=1)[0]
