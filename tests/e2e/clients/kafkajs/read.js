// Prints the events of topics as JSON, from the first one on: node read.js GROUP TOPIC...
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { Kafka, logLevel } from "kafkajs";

const { KAFKA_BOOTSTRAP_SERVERS, SCHEMA_REGISTRY_URL } = process.env;
const [groupId, ...topics] = process.argv.slice(2);

const registry = new SchemaRegistry({ host: SCHEMA_REGISTRY_URL });
const kafka = new Kafka({ brokers: KAFKA_BOOTSTRAP_SERVERS.split(","), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId });

function print({ topic, message }, event) {
  const { seconds, nanos } = event.occurredAt;
  const headers = Object.entries(message.headers).map(([name, value]) => [name, `${value}`]);
  const line = {
    topic,
    key: message.key.toString(),
    headers: Object.fromEntries(headers),
    event: {
      event_id: event.eventId,
      event_type: event.eventType,
      occurred_at: new Date(seconds * 1000 + nanos / 1e6).toISOString(),
      // `data` holds the name of the field that is set.
      data: event[event.data],
    },
  };
  console.log(JSON.stringify(line));
}

await consumer.connect();
await consumer.subscribe({ topics, fromBeginning: true });
await consumer.run({
  eachMessage: async (record) => print(record, await registry.decode(record.message.value)),
});
