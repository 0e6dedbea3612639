set shell := ["bash", "-euo", "pipefail", "-c"]
set positional-arguments

stack := "python -P -m embedded_stack --topology " + quote(justfile_directory() / "topology.toml")

# Lists the recipes.
default:
    @just --list

# Pins every dependency again, with hashes: Python's and npm's. Copies the pinned Swagger UI into its package.
lock:
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml --group dev --output-file requirements.lock
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 bootstrap.in --output-file bootstrap.lock
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 clients/generators/python/requirements.in --output-file clients/generators/python/requirements.lock
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --constraint requirements.lock bench/peers/python/requirements.in --output-file bench/peers/python/requirements.lock
    python -m toolchain.node
    python -m toolchain.swagger_ui

# Unpacks third-party protos and builds the Go plugins, unless that is done.
toolchain:
    @python -m toolchain

# Makes gen/, docs/ACCESS.md and sqlc.yaml anew from contracts/, sql/ and topology.toml, and leaves them alone when one of these has a mistake.
generate: toolchain
    #!/usr/bin/env bash
    set -euo pipefail
    new=$(mktemp -d) && trap 'rm -rf "$new"' EXIT
    just _generate-into "$new"
    rm -rf gen third_party && mv "$new/gen" gen && mv "$new/third_party" third_party && mv "$new/sqlc.yaml" sqlc.yaml && mv "$new/docs/ACCESS.md" docs/ACCESS.md
    rm -rf packages/*/src/*/db && find packages/*/src/*/v1 -name '*.py*' -delete
    (cd "$new" && cp -R --parents packages/*/src/*/v1 packages/*/src/*/db "$OLDPWD")
    echo "gen/, packages/, docs/ACCESS.md and sqlc.yaml are fresh; 'git diff gen packages docs sqlc.yaml' shows what changed"

# The filtered messages come from buf, about the plugins that it stops after one has failed.
_generate-into folder:
    #!/usr/bin/env bash
    set -euo pipefail
    cp -R buf.*yaml pyproject.toml contracts sql packages "{{ folder }}"
    python -m toolchain.configuration "{{ folder }}"
    ln -s "$PWD/.proto-deps" "{{ folder }}"
    export PATH="$PWD/.tools:$PATH"
    cd "{{ folder }}"
    rm -rf packages/*/src/*/db && find packages/*/src/*/v1 -name '*.py*' -delete
    buf generate contracts 2> >(grep -vE '^(plugin .*: )?(context canceled|signal: killed)$' >&2)
    for package in packages/*/; do [ -z "$(find "$package/src" -name '*.proto' -print -quit)" ] || buf generate "$package/src" --template buf.gen.packages.yaml -o "$package/src"; done
    for module in protovalidate grpc-gateway; do buf generate ".proto-deps/$module" --template buf.gen.deps.yaml; done
    buf build contracts -o contracts.binpb
    (cd contracts && find . -name '*_service.proto' -printf '%P\0' | sort -z | xargs -0 python -m grpc_tools.protoc --descriptor_set_in=../contracts.binpb --grpc_python_out=../gen)
    find gen -name '*_pb2_grpc.pyi' ! -name '*_service_pb2_grpc.pyi' -delete
    sqlc generate
    mkdir docs && mv gen/openapi/shop.access.md docs/ACCESS.md
    ruff check --quiet --fix gen
    ruff format --quiet gen

# Formats contracts and Python code.
format:
    buf format --write contracts
    ruff check --quiet --fix-only .
    ruff format --quiet .

# All checks that don't run the system; CI runs them first.
check: contracts style layers types queries fresh documents

# Formatting and lint of the Python code, and lint of the workflows, of the shell in this file and in .ci/run, and of the documents.
style: toolchain
    @ruff format --check . || { echo "run ./justw format"; exit 1; }
    ruff check .
    .tools/actionlint
    pytest --quiet tests/contract/shell tests/contract/test_documents.py

# Lint of the generated OpenAPI and AsyncAPI documents, by Spectral, Redocly and AsyncAPI's parser; a warning fails too.
documents: toolchain
    @python -m toolchain.documents

# Types of the hand-written and the generated code, strict.
types:
    mypy

# Import rules; see toolchain/templates/importlinter.toml.jinja.
layers:
    lint-imports --config gen/importlinter.toml

# Style of the contracts, and their compatibility with the published contracts and the main branch.
contracts: toolchain
    @buf format contracts --diff --exit-code || { echo "run ./justw format"; exit 1; }
    buf lint contracts
    buf breaking contracts --against published/contracts.binpb
    @just breaking-main
    pytest --quiet tests/contract/protos

# Freshness of the query modules, and their types and sqlc's vet rules on a PostgreSQL of their own.
queries:
    sqlc diff
    pytest --quiet tests/contract/sql

# Compares the contracts with those of the main branch, where there is one.
breaking-main:
    #!/usr/bin/env bash
    set -euo pipefail
    main=$(git rev-parse --quiet --verify origin/main || true)
    if [ -z "$main" ] || ! git cat-file -e "$main:contracts" 2>/dev/null; then
        echo "no main branch with contracts to compare with"
        exit 0
    fi
    base=$(mktemp -d) && trap 'rm -rf "$base"' EXIT
    paths=(buf.yaml contracts)
    ! git cat-file -e "$main:packages" 2>/dev/null || paths+=(packages)
    git archive "$main" "${paths[@]}" | tar -x -C "$base"
    ln -s "$PWD/.proto-deps" "$base/.proto-deps"
    buf build "$base/contracts" -o "$base/main.binpb"
    buf breaking contracts --against "$base/main.binpb"

# Fails when gen/, packages/, docs/ACCESS.md or sqlc.yaml is not what contracts/, sql/ and topology.toml generate; touches nothing.
fresh: toolchain
    #!/usr/bin/env bash
    set -euo pipefail
    new=$(mktemp -d) && trap 'rm -rf "$new"' EXIT
    just _generate-into "$new"
    { diff --brief sqlc.yaml "$new/sqlc.yaml" && diff --brief docs/ACCESS.md "$new/docs/ACCESS.md" && diff --recursive --brief --exclude=__pycache__ gen "$new/gen" && diff --recursive --brief --exclude=__pycache__ third_party "$new/third_party" && diff --recursive --brief --exclude=__pycache__ packages "$new/packages"; } || { echo "generated code is stale or edited by hand: run ./justw generate"; exit 1; }

# Declares the current contracts published: from now on `check` rejects changes that break them.
publish-contracts: toolchain
    buf build contracts --exclude-source-info -o published/contracts.binpb

# Everything that CI runs. Arguments go to pytest: with a path among them, pytest runs once and serially.
test *arguments: check
    #!/usr/bin/env bash
    set -euo pipefail
    for argument in "$@"; do [ ! -e "${argument%%::*}" ] || exec pytest "$@"; done
    # These tests start Kafka or the whole system, or wait for time-outs of servers: two workers run them at once.
    systems=(tests/e2e tests/integration/messaging tests/faults tests/integration/stack tests/integration/runtime/test_conflicts.py tests/contract/openapi/test_real_responses.py tests/packages/test_transactional_events.py)
    reports=$(mktemp -d) && trap 'rm -rf "$reports"' EXIT
    failed=0 ran=0
    run() {
        local report=$reports/$1 code=0
        shift
        pytest "$@" | tee "$report" || code=$?
        # 5: no test was collected, because the arguments select tests of the other part only.
        case $code in 0) ran=1 ;; 5) ;; *) failed=1 ;; esac
    }
    # In collected order, the modules with the longest set-up come first and the workers end at about the same time.
    run modules -n logical --maxprocesses 4 --dist loadscope --no-loadscope-reorder "${systems[@]/#/--ignore=}" "$@"
    # conftest.py groups tests by their folder below tests/: one worker runs a group, so that its servers start once.
    run systems -n 2 --dist loadgroup --no-loadscope-reorder "${systems[@]}" "$@"
    for part in modules systems; do
        printf '\nTests of the %s:\n' "$part"
        grep -E '^(FAILED|ERROR) ' "$reports/$part" || true
        tail -n 1 "$reports/$part"
    done
    (( ran && ! failed ))

# Builds a source distribution of each package and from it the wheel, into dist/.
wheels:
    #!/usr/bin/env bash
    set -euo pipefail
    rm -rf dist
    for package in packages/*/; do uv build --quiet --no-build-isolation --out-dir dist "$package"; done
    printf '%9s  %s\n' bytes file && find dist -name '*-*' -printf '%9s  %f\n' | sort -k 2

# Tests the packages' wheels with the lowest versions that the packages declare.
lowest:
    WHEEL_DEPENDENCIES=lowest pytest tests/packages/test_wheels.py

# Runs schemathesis against the whole system, with all checks and five seeds.
schemathesis *arguments:
    pytest tests/e2e/schemathesis "$@"

# Kills and freezes processes, broker and registry under load: 20,000 orders, 10,000 cancellations, outages of 60 s, 100,000 requests to a server that restarts and freezes, or FAULTS_ORDERS, FAULTS_RACES, FAULTS_OUTAGE_SECONDS, FAULTS_REQUESTS.
faults *arguments: toolchain
    FAULTS_ORDERS="${FAULTS_ORDERS:-20000}" FAULTS_USERS="${FAULTS_USERS:-200}" FAULTS_OUTAGE_SECONDS="${FAULTS_OUTAGE_SECONDS:-60}" \
        FAULTS_RACES="${FAULTS_RACES:-10000}" FAULTS_REQUESTS="${FAULTS_REQUESTS:-100000}" pytest -s tests/faults "$@"

# Runs a benchmark against its peers, such as `bench sqlc_queries`.
bench name *arguments:
    @python bench/{{ name }}.py "${@:2}"

# Asks the running stack's Schema Registry, or that of SCHEMA_REGISTRY_URL, whether it would accept every event contract.
[no-cd]
[no-exit-message]
schemas-check:
    @{{ stack }} exec -- python -P -m events check

# Registers every event contract there and creates the topics in the stack's Kafka, or that of KAFKA_BOOTSTRAP_SERVERS.
[no-cd]
[no-exit-message]
schemas-register:
    @{{ stack }} exec -- python -P -m events register

# Lists, shows and replays undeliverable events: `events list`.
[no-cd]
[no-exit-message]
events *arguments:
    @{{ stack }} exec -- python -P -m events events "$@"

# Compares orders, payments and balances in both databases; changes nothing, exits with 1 when they disagree.
[no-cd]
[no-exit-message]
audit *arguments:
    @{{ stack }} exec -- python -P -m audit "$@"

# Generates clients from the documents with the generators of several languages, compiles them and pays an order with each: `clients python go`.
[no-cd]
[no-exit-message]
clients *arguments: toolchain
    @python -P -m clients "$@"

# Plays a whole order over REST and checks every response.
[no-cd]
[no-exit-message]
demo *arguments:
    @python -P -m demo "$@"

# Starts everything and prints the addresses; Ctrl-C stops it, -d returns once it is ready.
[no-cd]
[no-exit-message]
up *arguments:
    @{{ stack }} up "$@"

# Stops everything; the data stays.
[no-cd]
[no-exit-message]
down *arguments:
    @{{ stack }} down "$@"

# Wipes the data of a stack that is down.
[no-cd]
[no-exit-message]
reset *arguments:
    @{{ stack }} reset "$@"

# Shows the state and the address of each part.
[no-cd]
[no-exit-message]
status *arguments:
    @{{ stack }} status "$@"

# Prints an access token of a user for a stack that is up with --auth: token USER [--scope orders:read] [--expires 3600].
[no-cd]
[no-exit-message]
token *arguments:
    @{{ stack }} token "$@"

# Lets the issuer of a stack that is up with --auth sign with a new key; tokens of the last one stay valid.
[no-cd]
[no-exit-message]
rotate-keys *arguments:
    @{{ stack }} rotate-keys "$@"

# Takes the screenshots in docs/screenshots from the running stack, or from the system at a URL.
screenshots url="http://127.0.0.1:8080":
    @python -m toolchain.screenshots {{ quote(url) }}

# Serves REST for the services below PROTO_DIR: transcode PROTO_DIR HOST:PORT PORT [--int64 string] [--field-names json].
transcode *arguments: toolchain
    @PATH="$PWD/.tools:$PATH" python -m grpc_gateway_python.transcode "$@" -I .proto-deps/googleapis -I .proto-deps/grpc-gateway -I .proto-deps/protovalidate
