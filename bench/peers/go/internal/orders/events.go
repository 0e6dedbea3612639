package orders

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	paymentsv1 "shop/bench/gen/shop/payments/events/v1"
	"shop/bench/internal/inbox"
)

const end = `UPDATE orders SET status = $2, cancel_reason = $3, updated_at = now() WHERE id = $1 AND status = 'NEW'`

// HandlePaymentEvent ends an order, once.
func (s *Service) HandlePaymentEvent(ctx context.Context, value []byte) error {
	var event paymentsv1.PaymentEvent
	if err := proto.Unmarshal(value, &event); err != nil {
		return fmt.Errorf("%w: %w", inbox.ErrInvalid, err)
	}
	var id, state, reason string
	switch data := event.GetData().(type) {
	case *paymentsv1.PaymentEvent_PaymentSucceeded:
		id, state = data.PaymentSucceeded.GetOrderId(), "FINISHED"
	case *paymentsv1.PaymentEvent_PaymentFailed:
		id, state, reason = data.PaymentFailed.GetOrderId(), "CANCELED", data.PaymentFailed.GetReason()
	default:
		return fmt.Errorf("%w: %s", inbox.ErrInvalid, event.GetEventType())
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		isNew, err := inbox.Add(ctx, tx, event.GetEventId(), event.GetEventType(), value)
		if err != nil || !isNew {
			return err
		}
		_, err = tx.Exec(ctx, end, id, state, reason)
		return err
	})
}
