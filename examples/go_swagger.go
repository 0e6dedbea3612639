// Pays an order with the client that go-swagger generates from Swagger 2.0: go run . URL USER_ID TOKEN.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net/url"
	"os"
	"reflect"
	"slices"
	"time"

	httptransport "github.com/go-openapi/runtime/client"
	"github.com/go-openapi/strfmt"
	"github.com/google/uuid"

	"example.com/shop-client/client"
	orders "example.com/shop-client/client/orders_service"
	payments "example.com/shop-client/client/payments_service"
	"example.com/shop-client/models"
)

const timeMax = 15 * time.Second

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: go run . URL USER_ID TOKEN")
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeMax)
	defer cancel()
	server, err := url.Parse(os.Args[1])
	check(err)
	user, key := strfmt.UUID(os.Args[2]), uuid.NewString()
	auth := httptransport.BearerToken(os.Args[3])
	shop := client.NewHTTPClientWithConfig(nil, &client.TransportConfig{
		Host: server.Host, BasePath: cmp.Or(server.Path, "/"), Schemes: []string{server.Scheme},
	})

	body := &models.CreateAccountRequest{UserID: &user}
	account, err := shop.PaymentsService.CreateAccountContext(ctx,
		payments.NewCreateAccountParams().WithBody(body), auth)
	check(err)
	fmt.Println("account:", *account.Payload.ID)

	amount := int64(5000)
	topUp, err := shop.PaymentsService.TopUpAccountContext(ctx,
		payments.NewTopUpAccountParams().WithUserID(user).WithBody(&models.TopUpAccountBody{Amount: &amount}), auth)
	check(err)
	fmt.Println("top-up:", *topUp.Payload.Amount)

	price := int64(1500)
	request := orders.NewCreateOrderParams().WithIdempotencyKey(&key).
		WithBody(&models.CreateOrderRequest{UserID: &user, Amount: &price})
	order, err := shop.OrdersService.CreateOrderContext(ctx, request, auth)
	check(err)
	fmt.Println("order:", *order.Payload.ID)

	paid := order.Payload
	for *paid.Status == models.OrderStatusNEW {
		found, err := shop.OrdersService.GetOrderContext(ctx, orders.NewGetOrderParams().WithOrderID(*order.Payload.ID), auth)
		check(err)
		paid = found.Payload
		time.Sleep(100 * time.Millisecond)
	}
	expect(*paid.Status == models.OrderStatusFINISHED, paid)
	fmt.Println("FINISHED:", *paid.UpdatedAt)

	_, err = shop.PaymentsService.CreateAccountContext(ctx, payments.NewCreateAccountParams().WithBody(body), auth)
	conflict := &payments.CreateAccountConflict{}
	expect(errors.As(err, &conflict), err)
	reason := conflict.Payload.Details[0].Reason
	expect(reason == string(models.ErrorInfoReasonACCOUNTALREADYEXISTS), reason)
	fmt.Println("typed error:", reason)

	var amounts []int64
	pageSize, pageToken := int32(1), ""
	for len(amounts) == 0 || pageToken != "" {
		page, err := shop.PaymentsService.ListTransactionsContext(ctx, payments.NewListTransactionsParams().
			WithUserID(user).WithPageSize(&pageSize).WithPageToken(&pageToken), auth)
		check(err)
		for _, transaction := range page.Payload.Transactions {
			amounts = append(amounts, *transaction.Amount)
		}
		pageToken = *page.Payload.NextPageToken
	}
	expect(slices.Equal(amounts, []int64{1500, 5000}), amounts)
	fmt.Println("paging:", amounts)

	repeated, err := shop.OrdersService.CreateOrderContext(ctx, request, auth)
	check(err)
	expect(reflect.DeepEqual(repeated.Payload, order.Payload), repeated)
	fmt.Println("idempotent retry:", *order.Payload.ID)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func expect(holds bool, found any) {
	if !holds {
		log.Fatalf("unexpected: %v", found)
	}
}
