// Package payments is the payments service.
package payments

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	paymentsv1 "shop/bench/gen/shop/payments/v1"
	"shop/bench/internal/config"
)

// Topic carries the events of payments.
var Topic = config.Topic("payments")

const (
	uniqueViolation = "23505"

	columns = `id, user_id, balance, updated_at`
	create  = `INSERT INTO accounts (id, user_id) VALUES ($1, $2) RETURNING ` + columns
	topUp   = `UPDATE accounts SET balance = balance + $2, updated_at = now() WHERE user_id = $1 RETURNING ` + columns
	find    = `SELECT ` + columns + ` FROM accounts WHERE user_id = $1`
	credit  = `INSERT INTO transactions (id, account_id, amount, type) VALUES ($1, $2, $3, 'CREDIT')`
)

// Service implements PaymentsService, without ListTransactions.
type Service struct {
	paymentsv1.UnimplementedPaymentsServiceServer
	Pool *pgxpool.Pool
}

// CreateAccount creates a user's only account.
func (s *Service) CreateAccount(ctx context.Context, request *paymentsv1.CreateAccountRequest) (*paymentsv1.CreateAccountResponse, error) {
	account, err := scan(s.Pool.QueryRow(ctx, create, uuid.Must(uuid.NewV7()).String(), request.GetUserId()))
	var failure *pgconn.PgError
	if errors.As(err, &failure) && failure.Code == uniqueViolation {
		return nil, status.Error(codes.AlreadyExists, "the user has an account")
	}
	return &paymentsv1.CreateAccountResponse{Account: account}, err
}

// TopUpAccount adds to the balance and records a CREDIT, in one transaction.
func (s *Service) TopUpAccount(ctx context.Context, request *paymentsv1.TopUpAccountRequest) (*paymentsv1.TopUpAccountResponse, error) {
	id := uuid.Must(uuid.NewV7()).String()
	var account *paymentsv1.Account
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		if account, err = scan(tx.QueryRow(ctx, topUp, request.GetUserId(), request.GetAmount())); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, credit, id, account.GetId(), request.GetAmount())
		return err
	})
	return &paymentsv1.TopUpAccountResponse{Transaction: &paymentsv1.Transaction{
		Id: id, AccountId: account.GetId(), Amount: request.GetAmount(), Type: paymentsv1.Transaction_CREDIT,
		BalanceAfter: account.GetBalance(), CreatedAt: account.GetUpdatedAt(),
	}}, err
}

// GetAccount returns a user's account.
func (s *Service) GetAccount(ctx context.Context, request *paymentsv1.GetAccountRequest) (*paymentsv1.GetAccountResponse, error) {
	account, err := scan(s.Pool.QueryRow(ctx, find, request.GetUserId()))
	return &paymentsv1.GetAccountResponse{Account: account}, err
}

func scan(row pgx.Row) (*paymentsv1.Account, error) {
	var (
		account   paymentsv1.Account
		id, user  uuid.UUID
		updatedAt time.Time
	)
	err := row.Scan(&id, &user, &account.Balance, &updatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, status.Error(codes.NotFound, "account not found")
	}
	account.Id, account.UserId, account.UpdatedAt = id.String(), user.String(), timestamppb.New(updatedAt)
	return &account, err
}
