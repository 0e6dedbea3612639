// Command load drives a REST API on this machine and prints one JSON object per measurement.
//
//	load requests -url http://127.0.0.1:8080 -c 32 -d 5s -method POST -path /orders -body '{"user_id":"{user}",…}' -users U,U
//	load saga     -url http://127.0.0.1:8080 -c 32 -n 5000 -users U,U -poor U
//	load latency  -url http://127.0.0.1:8080 -rate 20 -d 20s -users U,U [-events]
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

type options struct {
	url, method, path, body string
	statuses                intList
	users                   stringList
	token                   string
	poor                    string
	connections, orders     int
	rate                    float64
	duration, timeout       time.Duration
	events                  bool
}

var measurements = map[string]func(options) (any, error){"requests": requests, "saga": saga, "latency": latency}

func main() {
	log.SetFlags(0)
	log.SetPrefix("load: ")
	if len(os.Args) < 2 || measurements[os.Args[1]] == nil {
		log.Fatal("usage: load requests|saga|latency [flags]")
	}
	o := options{statuses: intList{200, 201}, users: stringList{""}}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&o.url, "url", "", "base URL on loopback, or several of the same system with commas: connections are spread over them")
	flags.StringVar(&o.method, "method", "GET", "method (requests)")
	flags.StringVar(&o.path, "path", "/", "path and query; {user} is replaced (requests)")
	flags.StringVar(&o.body, "body", "", "JSON body; {user} is replaced (requests)")
	flags.Var(&o.statuses, "statuses", "the HTTP statuses of success, with commas (requests)")
	flags.Var(&o.users, "users", "ids of users with accounts, with commas")
	flags.StringVar(&o.token, "token", "", "a bearer token that every request has")
	flags.StringVar(&o.poor, "poor", "", "the id of a user without money, who sends every 50th order (saga)")
	flags.IntVar(&o.connections, "c", 32, "connections")
	flags.IntVar(&o.orders, "n", 5000, "orders (saga)")
	flags.Float64Var(&o.rate, "rate", 20, "orders per second (latency)")
	flags.DurationVar(&o.duration, "d", 5*time.Second, "measured time (requests, latency)")
	flags.DurationVar(&o.timeout, "timeout", 3*time.Minute, "longest wait for the end of an order")
	flags.BoolVar(&o.events, "events", false, "wait for the end by the order's server-sent events instead of GETs (latency)")
	_ = flags.Parse(os.Args[2:])
	if o.connections < 1 || o.orders < 1 || o.rate <= 0 || o.duration <= 0 {
		log.Fatal("-c, -n, -rate and -d must be positive")
	}
	result, err := measurements[os.Args[1]](o)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		log.Fatal(err)
	}
}

// milliseconds returns a quantile of durations; it sorts them.
func milliseconds(durations []time.Duration, quantile float64) float64 {
	if len(durations) == 0 {
		return 0
	}
	slices.Sort(durations)
	at := min(int(quantile*float64(len(durations))), len(durations)-1)
	return float64(durations[at].Microseconds()) / 1000
}

type stringList []string

func (l *stringList) String() string         { return strings.Join(*l, ",") }
func (l *stringList) Set(value string) error { *l = strings.Split(value, ","); return nil }

type intList []int

func (l *intList) String() string { return fmt.Sprint([]int(*l)) }
func (l *intList) Set(value string) error {
	*l = nil
	for word := range strings.SplitSeq(value, ",") {
		number, err := strconv.Atoi(word)
		if err != nil {
			return err
		}
		*l = append(*l, number)
	}
	return nil
}
