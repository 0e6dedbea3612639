// Command backend serves the shop's gRPC services with fixed replies, so that a gateway is all that is measured.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	ordersv1 "shop/bench/gen/shop/orders/v1"
)

const (
	missing  = "00000000-0000-4000-8000-000000000404"
	pageSize = 50
)

type orders struct {
	ordersv1.UnimplementedOrdersServiceServer
	one  *ordersv1.Order
	page *ordersv1.ListOrdersResponse
}

func (s *orders) CreateOrder(context.Context, *ordersv1.CreateOrderRequest) (*ordersv1.CreateOrderResponse, error) {
	return &ordersv1.CreateOrderResponse{Order: s.one}, nil
}

func (s *orders) GetOrder(_ context.Context, request *ordersv1.GetOrderRequest) (*ordersv1.GetOrderResponse, error) {
	if request.OrderId == missing {
		failed, err := status.New(codes.NotFound, "no order has this id").WithDetails(
			&errdetails.ErrorInfo{Reason: "ORDER_NOT_FOUND", Domain: "orders.shop"})
		if err != nil {
			return nil, err
		}
		return nil, failed.Err()
	}
	return &ordersv1.GetOrderResponse{Order: s.one}, nil
}

func (s *orders) ListOrders(context.Context, *ordersv1.ListOrdersRequest) (*ordersv1.ListOrdersResponse, error) {
	return s.page, nil
}

func order(number int) *ordersv1.Order {
	created := &timestamppb.Timestamp{Seconds: 1763800000 + int64(number)*37, Nanos: 123456000}
	return &ordersv1.Order{
		Id:          fmt.Sprintf("01932c07-5c60-7cc1-a2a1-%012d", number),
		UserId:      "7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11",
		Amount:      int64(1000 + number),
		Description: fmt.Sprintf("Order number %d: two books and a lamp", number),
		Status:      ordersv1.Order_Status(1 + number%2),
		CreatedAt:   created,
		UpdatedAt:   &timestamppb.Timestamp{Seconds: created.Seconds + 1, Nanos: 654321000},
	}
}

func main() {
	address := flag.String("address", "127.0.0.1:0", "host:port to listen on")
	flag.Parse()
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		log.Fatal(err)
	}
	service := &orders{one: order(1), page: &ordersv1.ListOrdersResponse{NextPageToken: "bmV4dA"}}
	for number := range pageSize {
		service.page.Orders = append(service.page.Orders, order(number))
	}
	// The gateway under test probes its servers every second, as the shop's own servers allow.
	probes := keepalive.EnforcementPolicy{MinTime: 500 * time.Millisecond, PermitWithoutStream: true}
	server := grpc.NewServer(grpc.KeepaliveEnforcementPolicy(probes))
	ordersv1.RegisterOrdersServiceServer(server, service)
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	log.Fatal(server.Serve(listener))
}
