// Command gateway serves the REST API of the contracts in front of the gRPC services, with grpc-gateway.
//
// It reads GATEWAY_ADDRESS, ORDERS_GRPC_ADDRESS and PAYMENTS_GRPC_ADDRESS.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	// grpc-gateway writes details of the types that are linked in only.
	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"

	ordersv1 "shop/bench/gen/shop/orders/v1"
	paymentsv1 "shop/bench/gen/shop/payments/v1"
	"shop/bench/internal/config"
)

const (
	bodyBytesMax   = 1 << 20
	headerTimeout  = 5 * time.Second
	shutdownWithin = 5 * time.Second
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	mux := runtime.NewServeMux(runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.JSONPb{
		MarshalOptions: protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true},
	}))
	options := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	if err := ordersv1.RegisterOrdersServiceHandlerFromEndpoint(ctx, mux, config.Must("ORDERS_GRPC_ADDRESS"), options); err != nil {
		return err
	}
	if err := paymentsv1.RegisterPaymentsServiceHandlerFromEndpoint(ctx, mux, config.Must("PAYMENTS_GRPC_ADDRESS"), options); err != nil {
		return err
	}
	server := &http.Server{
		Addr: config.Must("GATEWAY_ADDRESS"), Handler: http.MaxBytesHandler(mux, bodyBytesMax), ReadHeaderTimeout: headerTimeout,
	}
	go func() {
		<-ctx.Done()
		within, cancel := context.WithTimeout(context.Background(), shutdownWithin)
		defer cancel()
		_ = server.Shutdown(within)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
