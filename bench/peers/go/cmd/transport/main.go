// transport serves unary RPCs over bytes (transport serve HOST:PORT), or keeps a number of them in flight
// (transport load HOST:PORT CALLS SECONDS) and prints the calls that succeeded and those that failed.
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

func load(address string, inFlight int, seconds float64) {
	connection, err := grpc.NewClient(
		"passthrough:///"+address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(bytesCodec{})),
	)
	if err != nil {
		log.Fatal(err)
	}
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
	fmt.Println(started.Load()-failed.Load(), failed.Load())
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		serve(os.Args[2])
	}
	if len(os.Args) != 5 || os.Args[1] != "load" {
		log.Fatal("transport serve HOST:PORT | transport load HOST:PORT CALLS SECONDS")
	}
	inFlight, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	seconds, err := strconv.ParseFloat(os.Args[4], 64)
	if err != nil {
		log.Fatal(err)
	}
	load(os.Args[2], inFlight, seconds)
}
