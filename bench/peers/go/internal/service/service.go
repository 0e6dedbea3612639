// Package service runs a service: its gRPC server, its outbox publisher and its consumer.
package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"buf.build/go/protovalidate"
	validation "github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/protovalidate"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"shop/bench/internal/config"
	"shop/bench/internal/inbox"
	"shop/bench/internal/outbox"
)

const partitions = 6

// Options says what a service consists of.
type Options struct {
	Name, Produces, Consumes string
	// Register adds the service to the server and returns the handler of the events that it consumes.
	Register func(pool *pgxpool.Pool, server *grpc.Server) inbox.Handler
}

// Run serves until SIGINT or SIGTERM. It reads PEER_NAME, <NAME>_GRPC_ADDRESS, <NAME>_DATABASE_URL,
// KAFKA_BOOTSTRAP_SERVERS and OUTBOX_POLL_INTERVAL.
func Run(options Options) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	interval, err := time.ParseDuration(config.Must("OUTBOX_POLL_INTERVAL"))
	if err != nil {
		return fmt.Errorf("OUTBOX_POLL_INTERVAL: %w", err)
	}
	prefix := strings.ToUpper(options.Name)
	pool, err := pgxpool.New(ctx, config.Must(prefix+"_DATABASE_URL"))
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	defer pool.Close()
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(config.Must("KAFKA_BOOTSTRAP_SERVERS"), ",")...),
		kgo.ConsumerGroup(config.Prefix()+options.Name),
		kgo.ConsumeTopics(options.Consumes),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
		kgo.ProducerLinger(0), // The publisher hands over whole batches and waits.
	)
	if err != nil {
		return fmt.Errorf("kafka: %w", err)
	}
	defer client.CloseAllowingRebalance()
	deadLetters := options.Consumes + ".dlq." + options.Name
	if err := createTopics(ctx, client, options.Produces, options.Consumes, deadLetters); err != nil {
		return fmt.Errorf("topics: %w", err)
	}
	server, err := newServer()
	if err != nil {
		return err
	}
	handle := options.Register(pool, server)
	listener, err := net.Listen("tcp", config.Must(prefix+"_GRPC_ADDRESS"))
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return server.Serve(listener) })
	group.Go(func() error { <-ctx.Done(); server.GracefulStop(); return nil })
	group.Go(func() error { return outbox.Publish(ctx, pool, client, interval) })
	group.Go(func() error { return inbox.Consume(ctx, client, deadLetters, handle) })
	return group.Wait()
}

func newServer() (*grpc.Server, error) {
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("validator: %w", err)
	}
	server := grpc.NewServer(grpc.ChainUnaryInterceptor(
		recovery.UnaryServerInterceptor(), hideErrors, validation.UnaryServerInterceptor(validator),
	))
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	return server, nil
}

// hideErrors logs errors without a status and hides them from the client.
func hideErrors(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	response, err := next(ctx, request)
	if _, declared := status.FromError(err); declared {
		return response, err
	}
	slog.ErrorContext(ctx, "rpc", "method", info.FullMethod, "error", err)
	return nil, status.Error(codes.Internal, "internal error")
}

func createTopics(ctx context.Context, client *kgo.Client, topics ...string) error {
	responses, err := kadm.NewClient(client).CreateTopics(ctx, partitions, 1, nil, topics...)
	if err != nil {
		return err
	}
	for _, response := range responses {
		if response.Err != nil && !errors.Is(response.Err, kerr.TopicAlreadyExists) {
			return fmt.Errorf("%s: %w", response.Topic, response.Err)
		}
	}
	return nil
}
