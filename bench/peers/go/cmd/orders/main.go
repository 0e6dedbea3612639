// Command orders runs the orders service.
package main

import (
	"log"

	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/grpc"

	ordersv1 "shop/bench/gen/shop/orders/v1"
	"shop/bench/internal/inbox"
	"shop/bench/internal/orders"
	"shop/bench/internal/payments"
	"shop/bench/internal/service"
)

func main() {
	err := service.Run(service.Options{
		Name: "orders", Produces: orders.Topic, Consumes: payments.Topic,
		Register: func(pool *pgxpool.Pool, server *grpc.Server) inbox.Handler {
			implementation := &orders.Service{Pool: pool}
			ordersv1.RegisterOrdersServiceServer(server, implementation)
			return implementation.HandlePaymentEvent
		},
	})
	if err != nil {
		log.Fatal(err)
	}
}
