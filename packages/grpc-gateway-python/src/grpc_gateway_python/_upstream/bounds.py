"""Sizes and times of calls to services, with either transport."""

from typing import Final

MESSAGE_BYTES_MAX: Final = 16 * 1024 * 1024
"""The size of the largest response message; a call with a larger one fails."""
CONNECT_MS_MAX: Final = 1_000
"""How long a server may take to accept a connection before it counts as unreachable and calls fail."""
RECONNECT_MS_MIN: Final = 100
"""The pause after the first failed attempt to reach a server; the following ones grow."""
RECONNECT_MS_MAX: Final = 1_000
"""The longest pause between two attempts to reach a server."""
RESOLVE_MS_MAX: Final = 1_000
"""How long a DNS look-up may take."""
RESOLVE_INTERVAL_MS: Final = 1_000
"""The shortest pause between two DNS look-ups of a name, when servers end connections because of age."""
KEEPALIVE_MS: Final = 30_000
"""How often an idle connection with calls in progress is probed, to notice a host that vanished. A connection
with streams isn't probed: gRPC servers close a connection after some minutes of probes without data of their
own. `stream_silence_seconds_max` bounds those streams."""
KEEPALIVE_MS_MAX: Final = 20_000
"""How long an unwatched server may take to respond to a probe."""
PROBE_MS: Final = 1_000
"""How often a watched server is probed, to notice that it is frozen."""
SILENCE_MS_MAX: Final = 2_000
"""How long a watched server may take to respond to a probe. Then its calls fail, and new calls go elsewhere."""
