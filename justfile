set shell := ["bash", "-euo", "pipefail", "-c"]

# Lists the recipes.
default:
    @just --list

# Pins every dependency again, with hashes.
lock:
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --group dev --output-file requirements.lock
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 bootstrap.in --output-file bootstrap.lock
