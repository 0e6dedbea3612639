// Prints the events of topics as JSON, from the first one on: go run . GROUP TOPIC...
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := read(ctx, os.Args[1], os.Args[2:]); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}

func read(ctx context.Context, group string, topics []string) error {
	registry, err := sr.NewClient(sr.URLs(os.Getenv("SCHEMA_REGISTRY_URL")))
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Getenv("KAFKA_BOOTSTRAP_SERVERS"), ",")...),
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics(topics...),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	if err != nil {
		return err
	}
	defer client.Close()

	decoder := NewDecoder(registry)
	for {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		for _, record := range fetches.Records() {
			event, err := decoder.Decode(ctx, record.Value)
			if err != nil {
				return fmt.Errorf("%s/%d@%d: %w", record.Topic, record.Partition, record.Offset, err)
			}
			if err := print(record, event); err != nil {
				return err
			}
		}
	}
}

func print(record *kgo.Record, event Event) error {
	headers := map[string]string{}
	for _, header := range record.Headers {
		headers[header.Key] = string(header.Value)
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"topic": record.Topic, "key": string(record.Key), "headers": headers, "event": event,
	})
}
