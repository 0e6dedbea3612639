package main

import (
	"math/rand/v2"
	"sync"
	"time"
)

const watchedPerSecond = 20

// latency posts at a steady rate and measures from the response to the POST to the first GET, or the event, that shows
// the order's end.
//
// Each order is posted at a random moment of its slot, so that the load can't stay in phase with a poll interval. At most
// 20 orders per second are polled, because the polls of all orders would be most of the load at high rates.
func latency(o options) (any, error) {
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	var (
		group       sync.WaitGroup
		lock        sync.Mutex
		posts, ends []time.Duration
		gets        int
		firstErr    error
	)
	streams := c.streams()
	slot := time.Duration(float64(time.Second) / o.rate)
	orders := max(1, int(o.rate*o.duration.Seconds()))
	period := max(1, int(o.rate/watchedPerSecond))
	start := time.Now()
	for i := range orders {
		time.Sleep(time.Until(start.Add(time.Duration(i)*slot + rand.N(slot))))
		group.Go(func() {
			sent := time.Now()
			created, err := c.createOrder(o.users[i%len(o.users)], 1)
			responded := time.Now()
			polled := 0
			watched := i%period == 0
			switch {
			case err != nil || !watched:
			case o.events:
				err = c.awaitEvent(streams, created.ID)
			default:
				_, polled, err = c.awaitEnd(created.ID, responded.Add(o.timeout))
			}
			ended := time.Now()
			lock.Lock()
			defer lock.Unlock()
			if err != nil {
				firstErr = err
				return
			}
			posts, gets = append(posts, responded.Sub(sent)), gets+polled
			if watched {
				ends = append(ends, ended.Sub(responded))
			}
		})
	}
	group.Wait()
	if firstErr != nil {
		return nil, firstErr
	}
	return map[string]any{
		"rate": o.rate, "orders": orders, "gets": gets,
		"post_p50_ms": milliseconds(posts, .5), "post_p99_ms": milliseconds(posts, .99),
		"p50_ms": milliseconds(ends, .5), "p99_ms": milliseconds(ends, .99),
	}, nil
}
