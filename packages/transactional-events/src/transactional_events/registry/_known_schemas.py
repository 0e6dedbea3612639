"""Which schema ids a process reads."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from transactional_events.registry._client import SchemaRegistry

KNOWN_MAX = 10_000
"""Ids that are remembered; a topic has a handful."""


@dataclass(slots=True)
class KnownSchemas:
    """Asks the registry once per id, so that the registry may be down later."""

    registry: SchemaRegistry
    _subjects: dict[int, frozenset[str]] = field(default_factory=dict)

    def add(self, schema_id: int, subject: str) -> None:
        """Takes note of a schema that is known to be registered."""
        self._subjects[schema_id] = self._subjects.get(schema_id, frozenset()) | {subject}

    async def learn(self, schema_ids: Iterable[int]) -> None:
        """Looks up ids that are new.

        Raises:
            RegistryUnavailableError: the registry has to be asked, and is down.
        """
        for schema_id in schema_ids:
            # An id that isn't registered may be later: that is not remembered.
            subjects = await self.registry.subjects_of(schema_id)
            if len(self._subjects) >= KNOWN_MAX:
                self._subjects.clear()
            if subjects:
                self._subjects[schema_id] = frozenset(subjects)

    def subjects(self, schema_id: int) -> Collection[str]:
        """Returns the subjects of an id; nothing for an unknown one."""
        return self._subjects.get(schema_id, ())
