// Pays an order with the client that oapi-codegen generates from OpenAPI 3.0: go run . URL USER_ID TOKEN.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/google/uuid"

	"example.com/shop-client/shop"
)

const timeMax = 15 * time.Second

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: go run . URL USER_ID TOKEN")
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeMax)
	defer cancel()
	url, user, token := os.Args[1], uuid.MustParse(os.Args[2]), os.Args[3]
	authorize := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	client, err := shop.NewClientWithResponses(url, shop.WithRequestEditorFn(authorize))
	check(err)
	key := uuid.NewString()

	account, err := client.CreateAccountWithResponse(ctx, nil, shop.CreateAccountRequest{UserId: user})
	check(err)
	expect(account.JSON201 != nil, account.Body)
	fmt.Println("account:", account.JSON201.Id)

	topUp, err := client.TopUpAccountWithResponse(ctx, user, nil, shop.TopUpAccountBody{Amount: 5000})
	check(err)
	expect(topUp.JSON201 != nil, topUp.Body)
	fmt.Println("top-up:", topUp.JSON201.Amount)

	request := shop.CreateOrderRequest{UserId: user, Amount: 1500}
	params := &shop.CreateOrderParams{IdempotencyKey: &key}
	created, err := client.CreateOrderWithResponse(ctx, params, request)
	check(err)
	expect(created.JSON201 != nil, created.Body)
	order := *created.JSON201
	fmt.Println("order:", order.Id)

	paid := order
	for paid.Status == shop.NEW {
		found, err := client.GetOrderWithResponse(ctx, order.Id)
		check(err)
		expect(found.JSON200 != nil, found.Body)
		paid = *found.JSON200
		time.Sleep(100 * time.Millisecond)
	}
	expect(paid.Status == shop.FINISHED, paid)
	fmt.Println("FINISHED:", paid.UpdatedAt)

	again, err := client.CreateAccountWithResponse(ctx, nil, shop.CreateAccountRequest{UserId: user})
	check(err)
	expect(again.JSON409 != nil, again.Body)
	info, err := again.JSON409.Details[0].AsErrorInfo()
	check(err)
	expect(info.Reason == string(shop.ErrorInfoReasonACCOUNTALREADYEXISTS), info)
	fmt.Println("typed error:", info.Reason)

	var amounts []int64
	pageSize, pageToken := int32(1), ""
	for len(amounts) == 0 || pageToken != "" {
		page, err := client.ListTransactionsWithResponse(ctx, user,
			&shop.ListTransactionsParams{PageSize: &pageSize, PageToken: &pageToken})
		check(err)
		expect(page.JSON200 != nil, page.Body)
		for _, transaction := range page.JSON200.Transactions {
			amounts = append(amounts, transaction.Amount)
		}
		pageToken = page.JSON200.NextPageToken
	}
	expect(slices.Equal(amounts, []int64{1500, 5000}), amounts)
	fmt.Println("paging:", amounts)

	repeated, err := client.CreateOrderWithResponse(ctx, params, request)
	check(err)
	expect(repeated.JSON201 != nil && *repeated.JSON201 == order, repeated.Body)
	fmt.Println("idempotent retry:", order.Id)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func expect(holds bool, found any) {
	if !holds {
		log.Fatalf("unexpected: %s", found)
	}
}
