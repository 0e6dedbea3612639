// Package inbox consumes events at least once and stores their ids, so that each has its effect once.
package inbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	backoffMin = 50 * time.Millisecond
	backoffMax = 5 * time.Second

	insert = `INSERT INTO inbox (event_id, event_type, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
)

// ErrInvalid marks a record that can never be handled; it goes to the dead-letter topic.
var ErrInvalid = errors.New("invalid event")

// Handler handles the value of a record.
type Handler func(ctx context.Context, value []byte) error

// Add stores an event's id and reports whether it is new.
func Add(ctx context.Context, tx pgx.Tx, eventID, eventType string, payload []byte) (bool, error) {
	tag, err := tx.Exec(ctx, insert, eventID, eventType, payload)
	return tag.RowsAffected() == 1, err
}

// Consume hands records to a handler until ctx ends: partitions in parallel, each partition in order.
func Consume(ctx context.Context, client *kgo.Client, deadLetters string, handle Handler) error {
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil || fetches.IsClientClosed() {
			return nil
		}
		fetches.EachError(func(topic string, partition int32, err error) {
			slog.ErrorContext(ctx, "fetch", "topic", topic, "partition", partition, "error", err)
		})
		var partitions sync.WaitGroup
		fetches.EachPartition(func(partition kgo.FetchTopicPartition) {
			partitions.Go(func() {
				for _, record := range partition.Records {
					process(ctx, client, deadLetters, handle, record)
				}
			})
		})
		partitions.Wait()
		if ctx.Err() != nil {
			return nil
		}
		if err := client.CommitUncommittedOffsets(ctx); err != nil {
			slog.ErrorContext(ctx, "commit offsets", "error", err)
		}
		client.AllowRebalance()
	}
}

// process retries until the record is handled or dead-lettered, or ctx ends.
func process(ctx context.Context, client *kgo.Client, deadLetters string, handle Handler, record *kgo.Record) {
	for backoff := backoffMin; ctx.Err() == nil; backoff = min(2*backoff, backoffMax) {
		err := handle(ctx, record.Value)
		if errors.Is(err, ErrInvalid) {
			slog.ErrorContext(ctx, "dead letter", "topic", record.Topic, "offset", record.Offset, "error", err)
			err = client.ProduceSync(ctx, &kgo.Record{Topic: deadLetters, Key: record.Key, Value: record.Value}).FirstErr()
		}
		if err == nil {
			return
		}
		slog.ErrorContext(ctx, "handle", "topic", record.Topic, "offset", record.Offset, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(backoff):
		}
	}
}
