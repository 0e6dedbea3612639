package main

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

const (
	watched    = 200 // The last orders of a run, which are polled to see its end.
	poorPeriod = 50
)

type sale struct {
	id     string
	user   string
	amount int64
}

// saga posts orders as fast as it can, measures the time until all of them have ended, reads each of them once, and
// compares the outcomes with the users' balances.
func saga(o options) (any, error) {
	c, err := newClient(o)
	if err != nil {
		return nil, err
	}
	before, err := balances(c, o.users)
	if err != nil {
		return nil, err
	}
	sales := make([]sale, o.orders)
	start := time.Now()
	err = inParallel(o.connections, o.orders, func(i int) error {
		user := o.users[i%len(o.users)]
		if o.poor != "" && i%poorPeriod == poorPeriod-1 {
			user = o.poor
		}
		amount := rand.Int64N(100) + 1
		created, err := c.createOrder(user, amount)
		sales[i] = sale{created.ID, user, amount}
		return err
	})
	if err != nil {
		return nil, err
	}
	posted := time.Since(start)
	deadline := time.Now().Add(o.timeout)
	for _, sold := range sales[max(0, o.orders-watched):] {
		if _, _, err := c.awaitEnd(sold.id, deadline); err != nil {
			return nil, err
		}
	}
	took := time.Since(start)
	var spent, finished, wrong, late atomic.Int64
	err = inParallel(o.connections, o.orders, func(i int) error {
		ended, gets, err := c.awaitEnd(sales[i].id, deadline)
		if err != nil {
			return err
		}
		if gets > 1 {
			late.Add(1)
		}
		if ended.Status == "FINISHED" {
			finished.Add(1)
			spent.Add(sales[i].amount)
		}
		if (ended.Status == "FINISHED") == (sales[i].user == o.poor) {
			wrong.Add(1)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if late.Load() > 0 {
		took = time.Since(start) // Other orders ended after the watched ones.
	}
	after, err := balances(c, o.users)
	if err != nil {
		return nil, err
	}
	if before-after != spent.Load() || wrong.Load() > 0 {
		return nil, fmt.Errorf("balances fell by %d instead of %d; %d orders have a wrong status", before-after, spent.Load(), wrong.Load())
	}
	return map[string]any{
		"orders": o.orders, "finished": finished.Load(), "posted_s": posted.Seconds(), "seconds": took.Seconds(),
		"per_s": float64(o.orders) / took.Seconds(), "late": late.Load(),
	}, nil
}

func balances(c *client, users []string) (sum int64, err error) {
	for _, user := range users {
		balance, err := c.balance(user)
		if err != nil {
			return 0, err
		}
		sum += balance
	}
	return sum, nil
}

// inParallel calls f(0) to f(n-1) from some workers and returns the first error.
func inParallel(workers, n int, f func(i int) error) error {
	var (
		group sync.WaitGroup
		next  atomic.Int64
		first atomic.Pointer[error]
	)
	for range workers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && first.Load() == nil; i = int(next.Add(1)) - 1 {
				if err := f(i); err != nil {
					first.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	group.Wait()
	if err := first.Load(); err != nil {
		return *err
	}
	return nil
}
