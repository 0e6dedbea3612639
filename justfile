set shell := ["bash", "-euo", "pipefail", "-c"]

# Lists the recipes.
default:
    @just --list

# Pins every dependency again, with hashes.
lock:
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --group dev --output-file requirements.lock
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 bootstrap.in --output-file bootstrap.lock

# Unpacks third-party protos and builds the Go plugins, unless that is done.
toolchain:
    @python -m codegen.toolchain

# Makes gen/ anew from contracts/ and sql/; twice gives the same bytes.
generate: toolchain
    rm -rf gen
    PATH="$PWD/.tools:$PATH" buf generate contracts
    for module in protovalidate grpc-gateway; do buf generate ".proto-deps/$module" --template buf.gen.deps.yaml; done
    sqlc generate
    ruff check --quiet --fix gen
    ruff format --quiet gen
    @echo "gen/ is fresh; 'git diff gen' shows what changed"
