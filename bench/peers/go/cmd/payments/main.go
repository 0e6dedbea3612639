// Command payments runs the payments service.
package main

import (
	"log"

	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/grpc"

	paymentsv1 "shop/bench/gen/shop/payments/v1"
	"shop/bench/internal/inbox"
	"shop/bench/internal/orders"
	"shop/bench/internal/payments"
	"shop/bench/internal/service"
)

func main() {
	err := service.Run(service.Options{
		Name: "payments", Produces: payments.Topic, Consumes: orders.Topic,
		Register: func(pool *pgxpool.Pool, server *grpc.Server) inbox.Handler {
			implementation := &payments.Service{Pool: pool}
			paymentsv1.RegisterPaymentsServiceServer(server, implementation)
			return implementation.HandleOrderEvent
		},
	})
	if err != nil {
		log.Fatal(err)
	}
}
