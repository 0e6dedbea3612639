package main

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// requests sends the same request over and over, each connection as soon as it has the last response.
func requests(o options) (any, error) {
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	var (
		group          sync.WaitGroup
		lock           sync.Mutex
		latencies      []time.Duration
		number, failed atomic.Int64
		firstErr       error
	)
	start := time.Now()
	end := start.Add(o.duration)
	for range o.connections {
		group.Go(func() {
			var own []time.Duration
			for time.Now().Before(end) {
				user := o.users[number.Add(1)%int64(len(o.users))]
				path, body := strings.ReplaceAll(o.path, "{user}", user), strings.ReplaceAll(o.body, "{user}", user)
				sent := time.Now()
				if err := c.send(o.method, path, body, nil); err != nil {
					if failed.Add(1) == 1 {
						lock.Lock()
						firstErr = err
						lock.Unlock()
					}
					continue
				}
				own = append(own, time.Since(sent))
			}
			lock.Lock()
			defer lock.Unlock()
			latencies = append(latencies, own...)
		})
	}
	group.Wait()
	seconds := time.Since(start).Seconds()
	if failed.Load() > 0 {
		return nil, fmt.Errorf("%d of %d requests failed, the first with: %w", failed.Load(), number.Load(), firstErr)
	}
	return map[string]any{
		"requests": len(latencies), "seconds": seconds, "per_s": float64(len(latencies)) / seconds,
		"p50_ms": milliseconds(latencies, .5), "p99_ms": milliseconds(latencies, .99),
	}, nil
}
