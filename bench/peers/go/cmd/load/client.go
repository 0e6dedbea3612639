package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// The pause between two GETs of an order whose end is awaited.
const pollInterval = 2 * time.Millisecond

// client speaks to a REST API over at most a given number of kept-alive connections.
type client struct {
	http     *fasthttp.HostClient
	base     string
	token    string
	statuses []int
}

func newClient(o options) (*client, error) {
	bases := strings.Split(o.url, ",")
	addresses := make([]string, len(bases))
	for index, base := range bases {
		parsed, err := url.Parse(base)
		if err != nil {
			return nil, err
		}
		if parsed.Hostname() != "127.0.0.1" {
			return nil, fmt.Errorf("-url %q is not on 127.0.0.1", base)
		}
		addresses[index] = parsed.Host
	}
	return &client{
		http: &fasthttp.HostClient{
			// fasthttp opens connections to several addresses in turn.
			Addr: strings.Join(addresses, ","), MaxConns: o.connections, MaxConnWaitTimeout: time.Minute,
			MaxIdleConnDuration: time.Minute, ReadTimeout: time.Minute, MaxIdemponentCallAttempts: 1,
		},
		base: bases[0], token: o.token, statuses: o.statuses,
	}, nil
}

// send returns an error for any other status than those of success.
func (c *client) send(method, path, body string, decode func(body []byte) error) error {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.Header.SetMethod(method)
	request.SetRequestURI(c.base + path)
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != "" {
		request.Header.SetContentType("application/json")
		request.SetBodyString(body)
	}
	if err := c.http.Do(request, response); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if !slices.Contains(c.statuses, response.StatusCode()) {
		return fmt.Errorf("%s %s: %d %s", method, path, response.StatusCode(), bytes.TrimSpace(response.Body()))
	}
	if decode == nil {
		return nil
	}
	if err := decode(response.Body()); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

type order struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

func (o order) ended() bool { return o.Status == "FINISHED" || o.Status == "CANCELED" }

func (c *client) createOrder(user string, amount int64) (created order, err error) {
	body := fmt.Sprintf(`{"user_id":"%s","amount":%d,"description":"two books and a lamp"}`, user, amount)
	err = c.send("POST", "/orders", body, func(body []byte) error { return json.Unmarshal(body, &created) })
	return created, err
}

func (c *client) getOrder(id string) (found order, err error) {
	err = c.send("GET", "/orders/"+id, "", func(body []byte) error { return json.Unmarshal(body, &found) })
	return found, err
}

// awaitEnd polls an order until it is finished or canceled, and returns the number of GETs.
func (c *client) awaitEnd(id string, deadline time.Time) (ended order, gets int, err error) {
	for {
		ended, err = c.getOrder(id)
		gets++
		if err != nil || ended.ended() {
			return ended, gets, err
		}
		if time.Now().After(deadline) {
			return ended, gets, fmt.Errorf("order %s is still %s", id, ended.Status)
		}
		time.Sleep(pollInterval)
	}
}

// balance accepts an int64 as a JSON number (ours) and as a string (ProtoJSON).
func (c *client) balance(user string) (int64, error) {
	var account struct {
		Balance json.RawMessage `json:"balance"`
	}
	err := c.send("GET", "/accounts/"+user, "", func(body []byte) error { return json.Unmarshal(body, &account) })
	if err != nil {
		return 0, err
	}
	return json.Number(bytes.Trim(account.Balance, `"`)).Int64()
}
