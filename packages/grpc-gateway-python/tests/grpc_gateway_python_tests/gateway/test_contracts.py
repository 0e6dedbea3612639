"""Contracts that are harder on generated code than most."""

import asyncio
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grpc_gateway_python._app.app import HEADERS
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._requests.reader import OperationRequestReader, RpcRequest
from grpc_gateway_python._requests.router import Match, Target
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python._responses.scope import ADMIT, MATCH, REQUEST_ID
from grpc_gateway_python.transcoding import InvalidRequestError, Operation, parse_query
from grpc_gateway_python_tests.gateway.generated import Kinds, load

THING = {
    "list": {"strings": ["a"], "int32s": [1]},
    "map": {"class": {"a": "b"}},
    "string": {"text": "x"},
    "root": "ROOT_DEEP",
    "operations": "OPERATIONS_MANY",
    "fields": "THING_FIELDS_ALL",
}


def operation(module: ModuleType, name: str) -> Operation:
    found: dict[str, Operation] = {operation.id: operation for operation in module.OPERATIONS}
    return found[name]


@pytest.fixture
def names(strings: Kinds, folder: Path) -> ModuleType:
    assert strings  # the fixture that generates
    return load(folder / "strings", "names.v1.names_gateway")


def test_messages_may_be_called_as_generated_code_is(names: ModuleType) -> None:
    echo = operation(names, "NamesService_Echo")
    assert json.loads(echo.write(echo.read([], {}, THING))) == THING
    get = operation(names, "NamesService_Echo2")
    data = get.read([], parse_query(b"root=ROOT_DEEP&string.text=x&list.int32s=1"), None)
    assert json.loads(get.write(data))["list"] == {"strings": [], "int32s": [1]}


def test_a_map_may_be_called_as_a_word_of_python(names: ModuleType) -> None:
    labels = operation(names, "Labels")
    data = labels.read([], parse_query(b"class[a]=b"), None)
    assert json.loads(labels.write(data)) == {"class": {"a": "b"}}


def test_messages_and_enums_may_be_called_as_words_of_python(names: ModuleType) -> None:
    words = operation(names, "Words")
    document = {
        "true": {"False": "True"},
        "class": {"a": {"class": {}, "import": []}},
        "import": [{"with": {"text": "x"}}],
        "self": {"print": "a", "async": "b"},
    }
    assert json.loads(words.write(words.read([], {}, document))) == document
    get = operation(names, "Words2")
    data = get.read([], parse_query(b"true.False=nonlocal&self.async=c"), None)
    assert json.loads(get.write(data))["true"] == {"False": "nonlocal"}
    imports = operation(names, "import")
    assert imports.read([], parse_query(b"text=x"), None) == b"\n\x01x"


def test_an_additional_binding_and_a_method_may_have_one_name(strings: Kinds, folder: Path) -> None:
    assert strings  # the fixture that generates
    operations = load(folder / "strings", "services_gateway").OPERATIONS
    ids = [operation.id for operation in operations if operation.service == "Services"]
    assert ids == ["Get", "Get_2", "Get2"]


@pytest.mark.parametrize(
    ("body", "missing"),
    [({}, ["name"]), ({"name": "a", "olds": [{}, {}]}, ["olds[0].name", "olds[1].name"])],
)
def test_fields_that_proto2_requires_are_named(
    strings: Kinds, folder: Path, body: Any, missing: list[str]
) -> None:
    assert strings  # the fixture that generates
    echo = operation(load(folder / "strings", "lambda.v1.old_gateway"), "OldService_Echo")
    with pytest.raises(GatewayError) as caught:
        asyncio.run(read(echo, body))
    assert [violation.field for violation in caught.value.error.violations] == missing
    assert asyncio.run(read(echo, {"name": "a"})).message == b"\n\x01a"


@pytest.mark.parametrize(
    ("package", "service", "names"),
    [
        ("lambda.v1.old_gateway", "OldService", ("ONE", "TWO")),
        ("editions.v1.editions_gateway", "EditionsService", ("CLOSED_FULL",)),
    ],
)
def test_closed_enums_reject_numbers_that_they_lack(
    strings: Kinds, folder: Path, package: str, service: str, names: tuple[str, ...]
) -> None:
    assert strings  # the fixture that generates
    echo = operation(load(folder / "strings", package), f"{service}_Echo")
    required = {"name": "a"} if "lambda" in package else {"must": "a"}
    for value in (2, 2.0, names[-1]):
        document = required | {"closed": value, "closeds": [value]}
        written = json.loads(echo.write(echo.read([], {}, document)))
        assert (written["closed"], written["closeds"]) == (names[-1], [names[-1]])
    for value in (3, -1, 2**31, 1.5, "2", True):
        for member in ({"closed": value}, {"closeds": [2, value]}):
            with pytest.raises(InvalidRequestError, match="must be one of"):
                echo.read([], {}, required | member)


def test_an_edition_is_read_as_its_features_say(strings: Kinds, folder: Path) -> None:
    assert strings  # the fixture that generates
    module = load(folder / "strings", "editions.v1.editions_gateway")
    echo, get = (operation(module, f"EditionsService_Echo{number}") for number in ("", "2"))
    document = {"must": "a", "open": 77, "explicit": 0, "delimited": {"must": "b"}}
    absent = {"closeds": [], "closed_by_name": {}, "implicit": 0}
    written = json.loads(echo.write(echo.read([], {}, document)))
    assert written == absent | document | {"delimited": absent | {"must": "b"}}
    query = parse_query(b"must=a&closed=2&closed_by_name[x]=2")
    assert json.loads(get.write(get.read([], query, None)))["closed_by_name"] == {
        "x": "CLOSED_FULL"
    }
    for wrong in (b"closed=3", b"closeds=3", b"closed_by_name[x]=3"):
        with pytest.raises(InvalidRequestError, match="must be one of"):
            get.read([], parse_query(wrong), None)


def test_proto2_has_groups_and_defaults(strings: Kinds, folder: Path) -> None:
    assert strings  # the fixture that generates
    echo = operation(load(folder / "strings", "lambda.v1.old_gateway"), "OldService_Echo")
    document = {"name": "a", "pair": {"left": 1}}
    assert json.loads(echo.write(echo.read([], {}, document))) == document | {
        "olds": [],
        "closeds": [],
    }
    with pytest.raises(InvalidRequestError, match="is not a field"):
        echo.read([], {}, {"name": "a", "[lambda.v1.extension]": 1})


def test_a_folder_may_be_called_as_a_word_of_python(strings: Kinds, folder: Path) -> None:
    assert strings  # the fixture that generates
    assert load(folder / "strings", "services_gateway").OPERATIONS


async def read(echo: Operation, body: Any) -> RpcRequest:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps(body).encode()}

    match: Match[None] = Match(Target(None, ()), [])
    scope = {
        ADMIT: lambda: None,
        "headers": [],
        "query_string": b"",
        REQUEST_ID: b"1",
        MATCH: match,
    }
    return await OperationRequestReader(echo, None, HEADERS, Limits()).read(scope, receive)
