// Package config reads the environment.
package config

import (
	"log"
	"os"
)

// Prefix separates the topics and consumer groups of peers that share a Kafka.
func Prefix() string { return Must("PEER_NAME") + "." }

// Topic names the topic with the events of a service.
func Topic(service string) string { return Prefix() + service + ".events.v1" }

// Must returns a variable that has to be set.
func Must(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatalf("%s is not set", name)
	}
	return value
}
