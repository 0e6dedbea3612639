"""The AsyncAPI document of a contract of the tests' own."""

import json

import pytest

from protoc_plugin_kit import Contracts
from transactional_events.documents import Json
from transactional_events.generator.__main__ import generate
from transactional_events_tests.unit.generator.compiled import request_for
from transactional_events_tests.unit.generator.contract import event_file

MADE = """// Look at `thing_id`, not at <script>alert(1)</script>.
message ThingMade {
  string thing_id = 1 [(buf.validate.field).string.uuid = true, (transactional_events.v1.key) = true];
  int64 grams = 2 [(buf.validate.field).int64 = {gte: 1, lte: 5000, example: 250}];
  repeated Part parts = 3;
}
message Part { string name = 1; uint64 weight = 2; }"""


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Json:
    request = request_for(tmp_path_factory.mktemp("contract"), event_file(made=MADE))
    files = dict(generate(Contracts.from_request(request)))
    found: Json = json.loads(files["asyncapi/asyncapi.json"])
    return found
