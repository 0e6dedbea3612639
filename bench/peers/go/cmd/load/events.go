package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/valyala/fasthttp"
)

// streams are connections for server-sent events; fasthttp returns a response as soon as its headers are there.
func (c *client) streams() *fasthttp.HostClient {
	return &fasthttp.HostClient{
		Addr: c.http.Addr, MaxConns: c.http.MaxConns, MaxConnWaitTimeout: time.Minute,
		MaxIdleConnDuration: time.Minute, ReadTimeout: time.Minute, StreamResponseBody: true,
	}
}

// awaitEvent reads an order's events until one of them shows its end.
func (c *client) awaitEvent(streams *fasthttp.HostClient, id string) error {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.SetRequestURI(c.base + "/orders/" + id + "/events")
	request.Header.Set("Accept", "text/event-stream")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	if err := streams.Do(request, response); err != nil {
		return fmt.Errorf("the events of order %s: %w", id, err)
	}
	if response.StatusCode() != 200 {
		return fmt.Errorf("the events of order %s: %d", id, response.StatusCode())
	}
	defer response.CloseBodyStream()
	lines := bufio.NewScanner(response.BodyStream())
	for lines.Scan() {
		data, found := bytes.CutPrefix(lines.Bytes(), []byte("data:"))
		var told order
		if found && json.Unmarshal(data, &told) == nil && told.ended() {
			return nil
		}
	}
	return fmt.Errorf("the events of order %s ended before the order: %w", id, lines.Err())
}
