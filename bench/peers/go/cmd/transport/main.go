// transport serves unary RPCs over bytes (transport serve HOST:PORT), or keeps a number of them in flight:
// transport load HOST:PORT CALLS SECONDS prints the calls that succeeded and those that failed,
// transport client HOST:PORT CALLS SECONDS the calls and the CPU seconds that they took in this process.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/metadata"
)

const (
	method        = "/bench.Transport/Call"
	requestBytes  = 100
	responseBytes = 200
	warmupSeconds = 0.3
)

type bytesCodec struct{}

func (bytesCodec) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (bytesCodec) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append([]byte(nil), data...)
	return nil
}
func (bytesCodec) Name() string { return "proto" }

func serve(address string) {
	encoding.RegisterCodec(bytesCodec{})
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	response := make([]byte, responseBytes)
	call := func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		var request []byte
		if err := decode(&request); err != nil {
			return nil, err
		}
		metadata.FromIncomingContext(ctx)
		return &response, nil
	}
	server := grpc.NewServer()
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "bench.Transport",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Call", Handler: call}},
	}, nil)
	log.Fatal(server.Serve(listener))
}

func connect(address string) *grpc.ClientConn {
	connection, err := grpc.NewClient(
		"passthrough:///"+address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{})),
	)
	if err != nil {
		log.Fatal(err)
	}
	return connection
}

// load returns the number of calls that succeeded and the number of those that failed.
func load(connection *grpc.ClientConn, inFlight int, seconds float64) (int64, int64) {
	var started, failed atomic.Int64
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	call := func() {
		number := started.Add(1)
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		ctx = metadata.AppendToOutgoingContext(ctx,
			"x-request-id", fmt.Sprintf("3fa85f64-5717-4562-b3fc-%012d", number),
			"idempotency-key", fmt.Sprintf("k-%d", number), "x-tenant", "bench")
		request, response := make([]byte, requestBytes), []byte(nil)
		err := connection.Invoke(ctx, method, &request, &response)
		if err != nil || len(response) != responseBytes {
			failed.Add(1)
			log.Println(err)
		}
	}
	var callers sync.WaitGroup
	for range inFlight {
		callers.Add(1)
		go func() {
			defer callers.Done()
			for time.Now().Before(end) {
				call()
			}
		}()
	}
	callers.Wait()
	return started.Load() - failed.Load(), failed.Load()
}

// client measures after a warm-up.
func client(connection *grpc.ClientConn, inFlight int, seconds float64) {
	load(connection, inFlight, warmupSeconds)
	before := cpuSeconds()
	calls, failed := load(connection, inFlight, seconds)
	if failed > 0 {
		log.Fatalf("%d calls failed", failed)
	}
	fmt.Println(calls, cpuSeconds()-before)
}

func cpuSeconds() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		log.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		serve(os.Args[2])
	}
	if len(os.Args) != 5 || os.Args[1] != "load" && os.Args[1] != "client" {
		log.Fatal("transport serve HOST:PORT | transport load|client HOST:PORT CALLS SECONDS")
	}
	inFlight, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	seconds, err := strconv.ParseFloat(os.Args[4], 64)
	if err != nil {
		log.Fatal(err)
	}
	connection := connect(os.Args[2])
	if os.Args[1] == "client" {
		client(connection, inFlight, seconds)
		return
	}
	fmt.Println(load(connection, inFlight, seconds))
}
