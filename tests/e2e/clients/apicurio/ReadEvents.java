import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.apicurio.registry.serde.Legacy4ByteIdHandler;
import io.apicurio.registry.serde.SerdeConfig;
import io.apicurio.registry.serde.config.IdOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Prints the events of topics as JSON, from the first one on: java ReadEvents GROUP TOPIC... */
public class ReadEvents {
  private static final Gson GSON = new Gson();

  public static void main(String[] arguments) throws InvalidProtocolBufferException {
    var topics = Arrays.asList(arguments).subList(1, arguments.length);
    try (var consumer = new KafkaConsumer<String, DynamicMessage>(settings(arguments[0]))) {
      consumer.subscribe(topics);
      while (true) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          System.out.println(GSON.toJson(line(record)));
        }
      }
    }
  }

  private static Map<String, Object> settings(String group) {
    return Map.of(
        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, System.getenv("KAFKA_BOOTSTRAP_SERVERS"),
        ConsumerConfig.GROUP_ID_CONFIG, group,
        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, EventDeserializer.class,
        SerdeConfig.REGISTRY_URL, System.getenv("APICURIO_REGISTRY_URL"),
        // Confluent's format: ids of four bytes, which Apicurio calls content ids.
        SerdeConfig.ID_HANDLER, Legacy4ByteIdHandler.class,
        SerdeConfig.USE_ID, IdOption.contentId.name());
  }

  private static JsonObject line(ConsumerRecord<String, DynamicMessage> record)
      throws InvalidProtocolBufferException {
    var headers = new JsonObject();
    record.headers().forEach(
        header -> headers.addProperty(
            header.key(), new String(header.value(), StandardCharsets.UTF_8)));
    var line = new JsonObject();
    line.addProperty("topic", record.topic());
    line.addProperty("key", record.key());
    line.add("headers", headers);
    line.add("event", event(record.value()));
    return line;
  }

  /** Puts whatever happened under the name of the oneof, which all events share. */
  private static JsonObject event(DynamicMessage message) throws InvalidProtocolBufferException {
    var text = JsonFormat.printer().preservingProtoFieldNames().print(message);
    var event = JsonParser.parseString(text).getAsJsonObject();
    var data = message.getDescriptorForType().getOneofs().get(0);
    var happened = message.getOneofFieldDescriptor(data);
    event.add(data.getName(), event.remove(happened.getName()));
    return event;
  }
}
