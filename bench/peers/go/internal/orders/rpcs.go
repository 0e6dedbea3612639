// Package orders is the orders service.
package orders

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventsv1 "shop/bench/gen/shop/orders/events/v1"
	ordersv1 "shop/bench/gen/shop/orders/v1"
	"shop/bench/internal/config"
	"shop/bench/internal/outbox"
)

// Topic carries the events of orders.
var Topic = config.Topic("orders")

const (
	columns = `id, user_id, amount, description, status, cancel_reason, created_at, updated_at`
	insert  = `INSERT INTO orders (id, user_id, amount, description, status) VALUES ($1, $2, $3, $4, 'NEW') RETURNING ` + columns
	find    = `SELECT ` + columns + ` FROM orders WHERE id = $1`
)

// Service implements OrdersService, without ListOrders.
type Service struct {
	ordersv1.UnimplementedOrdersServiceServer
	Pool *pgxpool.Pool
}

// CreateOrder stores the order and its event in one transaction.
func (s *Service) CreateOrder(ctx context.Context, request *ordersv1.CreateOrderRequest) (*ordersv1.CreateOrderResponse, error) {
	id, eventID := uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewV7()).String()
	var order *ordersv1.Order
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		row := tx.QueryRow(ctx, insert, id, request.GetUserId(), request.GetAmount(), request.GetDescription())
		if order, err = scan(row); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, Topic, id, "OrderCreated", &eventsv1.OrderEvent{
			EventId: eventID, EventType: "OrderCreated", OccurredAt: order.GetCreatedAt(),
			Data: &eventsv1.OrderEvent_OrderCreated{OrderCreated: &eventsv1.OrderCreated{
				OrderId: id, UserId: request.GetUserId(), Amount: request.GetAmount(), Description: request.GetDescription(),
			}},
		})
	})
	return &ordersv1.CreateOrderResponse{Order: order}, err
}

// GetOrder returns one order.
func (s *Service) GetOrder(ctx context.Context, request *ordersv1.GetOrderRequest) (*ordersv1.GetOrderResponse, error) {
	order, err := scan(s.Pool.QueryRow(ctx, find, request.GetOrderId()))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, status.Error(codes.NotFound, "order not found")
	}
	return &ordersv1.GetOrderResponse{Order: order}, err
}

func scan(row pgx.Row) (*ordersv1.Order, error) {
	var (
		order              ordersv1.Order
		id, user           uuid.UUID
		state              string
		createdAt, endedAt time.Time
	)
	err := row.Scan(&id, &user, &order.Amount, &order.Description, &state, &order.CancelReason, &createdAt, &endedAt)
	order.Id, order.UserId = id.String(), user.String()
	order.Status = ordersv1.Order_Status(ordersv1.Order_Status_value[state])
	order.CreatedAt, order.UpdatedAt = timestamppb.New(createdAt), timestamppb.New(endedAt)
	return &order, err
}
