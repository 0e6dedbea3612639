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
    rm -rf gen && mkdir -p build
    PATH="$PWD/.tools:$PATH" buf generate contracts
    for module in protovalidate grpc-gateway; do buf generate ".proto-deps/$module" --template buf.gen.deps.yaml; done
    buf build contracts -o build/contracts.binpb
    cd contracts && python -m grpc_tools.protoc --descriptor_set_in=../build/contracts.binpb --grpc_python_out=../gen $(find . -name '*_service.proto' -printf '%P\n' | sort)
    find gen -name '*_pb2_grpc.pyi' ! -name '*_service_pb2_grpc.pyi' -delete
    sqlc generate
    ruff check --quiet --fix gen
    ruff format --quiet gen
    @echo "gen/ is fresh; 'git diff gen' shows what changed"
