// Package outbox stores events in the transaction that causes them and publishes them from there.
package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twmb/franz-go/pkg/kgo"
	"google.golang.org/protobuf/proto"
)

const (
	batchMax = 100

	insert  = `INSERT INTO outbox (topic, key, event_type, payload) VALUES ($1, $2, $3, $4)`
	oldest  = `SELECT id, topic, key, payload FROM outbox ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`
	discard = `DELETE FROM outbox WHERE id = ANY($1)`
)

// Add stores an event.
func Add(ctx context.Context, tx pgx.Tx, topic, key, eventType string, event proto.Message) error {
	payload, err := proto.Marshal(event)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, insert, topic, key, eventType, payload)
	return err
}

// Publish moves events to Kafka until ctx ends: every interval, and again at once after a full batch.
func Publish(ctx context.Context, pool *pgxpool.Pool, client *kgo.Client, interval time.Duration) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		published, err := publishBatch(ctx, pool, client)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "outbox", "error", err)
		}
		if err == nil && published == batchMax {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func publishBatch(ctx context.Context, pool *pgxpool.Pool, client *kgo.Client) (published int, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, oldest, batchMax)
		if err != nil {
			return fmt.Errorf("select: %w", err)
		}
		var (
			id         int64
			topic, key string
			payload    []byte
			ids        []int64
			records    []*kgo.Record
		)
		_, err = pgx.ForEachRow(rows, []any{&id, &topic, &key, &payload}, func() error {
			ids = append(ids, id)
			records = append(records, &kgo.Record{Topic: topic, Key: []byte(key), Value: payload})
			payload = nil // The next row gets memory of its own.
			return nil
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := client.ProduceSync(ctx, records...).FirstErr(); err != nil {
			return fmt.Errorf("produce: %w", err)
		}
		published = len(ids)
		_, err = tx.Exec(ctx, discard, ids)
		return err
	})
	return published, err
}
