"""The shop's topology, for tests that start its parts or read its migrations."""

from pathlib import Path

from embedded_stack.topology import load_topology

ROOT = Path(__file__).resolve().parents[1]
TOPOLOGY = load_topology(ROOT / "topology.toml")
SQL = ROOT / "sql"
