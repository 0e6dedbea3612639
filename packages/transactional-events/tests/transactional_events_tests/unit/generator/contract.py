"""An event file, and what can be wrong with it."""

TOPIC = """option (transactional_events.v1.topic) = {
    name: "acme.things" partitions: 3 retention: {seconds: 60}
  };"""
METADATA = """string event_id = 1;
  string event_type = 2;
  google.protobuf.Timestamp occurred_at = 3;"""
DATA = "oneof data { ThingMade thing_made = 4; ThingLost thing_lost = 5; }"
MADE = "message ThingMade { string thing_id = 1 [(transactional_events.v1.key) = true]; }"
LOST = "message ThingLost { string thing_id = 1 [(transactional_events.v1.key) = true]; int64 cents = 2; }"


def event_file(
    *,
    topic: str = TOPIC,
    metadata: str = METADATA,
    data: str = DATA,
    made: str = MADE,
    lost: str = LOST,
    before: str = "",
    imports: str = "",
) -> str:
    """Returns a valid file, but for what is given."""
    return f"""
syntax = "proto3";
package acme.events.v1;
import "buf/validate/validate.proto";
import "google/protobuf/timestamp.proto";
import "transactional_events/v1/options.proto";
{imports}
{before}
// What happened to a "thing".
message ThingEvent {{
  {topic}
  {metadata}
  {data}
}}
// It was made.
{made}
{lost}
"""
