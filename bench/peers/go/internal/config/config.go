// Package config reads the environment.
package config

import (
	"log"
	"os"
)

// Must returns a variable that has to be set.
func Must(name string) string {
	value := os.Getenv(name)
	if value == "" {
		log.Fatalf("%s is not set", name)
	}
	return value
}
