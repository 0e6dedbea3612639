package payments

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	ordersv1 "shop/bench/gen/shop/orders/events/v1"
	eventsv1 "shop/bench/gen/shop/payments/events/v1"
	"shop/bench/internal/inbox"
	"shop/bench/internal/outbox"
)

const (
	debit  = `UPDATE accounts SET balance = balance - $2, updated_at = now() WHERE user_id = $1 AND balance >= $2 RETURNING id`
	exists = `SELECT EXISTS (SELECT FROM accounts WHERE user_id = $1)`
	record = `INSERT INTO transactions (id, account_id, amount, type, reference_order_id) VALUES ($1, $2, $3, 'DEBIT', $4)`
)

// HandleOrderEvent debits the account, once, and publishes the outcome.
func (s *Service) HandleOrderEvent(ctx context.Context, value []byte) error {
	var event ordersv1.OrderEvent
	if err := proto.Unmarshal(value, &event); err != nil {
		return fmt.Errorf("%w: %w", inbox.ErrInvalid, err)
	}
	order := event.GetOrderCreated()
	if order == nil {
		return fmt.Errorf("%w: %s", inbox.ErrInvalid, event.GetEventType())
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		isNew, err := inbox.Add(ctx, tx, event.GetEventId(), event.GetEventType(), value)
		if err != nil || !isNew {
			return err
		}
		failure, err := pay(ctx, tx, order)
		if err != nil {
			return err
		}
		outcome := outcomeOf(order, failure)
		return outbox.Add(ctx, tx, Topic, order.GetOrderId(), outcome.GetEventType(), outcome)
	})
}

// pay returns the reason of a failure, or "".
func pay(ctx context.Context, tx pgx.Tx, order *ordersv1.OrderCreated) (failure string, err error) {
	var account uuid.UUID
	err = tx.QueryRow(ctx, debit, order.GetUserId(), order.GetAmount()).Scan(&account)
	if errors.Is(err, pgx.ErrNoRows) {
		var known bool
		if err := tx.QueryRow(ctx, exists, order.GetUserId()).Scan(&known); err != nil || !known {
			return "ACCOUNT_NOT_FOUND", err
		}
		return "INSUFFICIENT_FUNDS", nil
	}
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, record, uuid.Must(uuid.NewV7()), account, order.GetAmount(), order.GetOrderId())
	return "", err
}

func outcomeOf(order *ordersv1.OrderCreated, failure string) *eventsv1.PaymentEvent {
	event := &eventsv1.PaymentEvent{EventId: uuid.Must(uuid.NewV7()).String(), OccurredAt: timestamppb.Now()}
	if failure == "" {
		event.EventType = "PaymentSucceeded"
		event.Data = &eventsv1.PaymentEvent_PaymentSucceeded{PaymentSucceeded: &eventsv1.PaymentSucceeded{
			OrderId: order.GetOrderId(), UserId: order.GetUserId(),
		}}
		return event
	}
	event.EventType = "PaymentFailed"
	event.Data = &eventsv1.PaymentEvent_PaymentFailed{PaymentFailed: &eventsv1.PaymentFailed{
		OrderId: order.GetOrderId(), UserId: order.GetUserId(), Reason: failure,
	}}
	return event
}
