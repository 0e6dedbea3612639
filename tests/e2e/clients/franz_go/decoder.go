package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/bufbuild/protocompile"
	"github.com/twmb/franz-go/pkg/sr"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// Event is an event as JSON: event_id, event_type, occurred_at and data.
type Event map[string]json.RawMessage

// Decoder reads events by the schemas that the registry has for them.
type Decoder struct {
	registry *sr.Client
	files    map[int]protoreflect.FileDescriptor
}

// NewDecoder returns a decoder that asks the registry once per schema.
func NewDecoder(registry *sr.Client) *Decoder {
	return &Decoder{registry, map[int]protoreflect.FileDescriptor{}}
}

// Decode reads a record's value: a schema's id, the event's index in the schema, the event.
func (d *Decoder) Decode(ctx context.Context, value []byte) (Event, error) {
	var header sr.ConfluentHeader
	id, rest, err := header.DecodeID(value)
	if err != nil {
		return nil, err
	}
	index, encoded, err := header.DecodeIndex(rest, 1)
	if err != nil {
		return nil, err
	}
	file, err := d.file(ctx, id)
	if err != nil {
		return nil, err
	}
	message := dynamicpb.NewMessage(file.Messages().Get(index[0]))
	if err := proto.Unmarshal(encoded, message); err != nil {
		return nil, err
	}
	return toEvent(message)
}

func (d *Decoder) file(ctx context.Context, id int) (protoreflect.FileDescriptor, error) {
	if file, known := d.files[id]; known {
		return file, nil
	}
	schema, err := d.registry.SchemaByID(ctx, id)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%d.proto", id)
	text := protocompile.SourceAccessorFromMap(map[string]string{name: schema.Schema})
	resolver := protocompile.WithStandardImports(&protocompile.SourceResolver{Accessor: text})
	compiler := protocompile.Compiler{Resolver: resolver}
	files, err := compiler.Compile(ctx, name)
	if err != nil {
		return nil, err
	}
	d.files[id] = files[0]
	return files[0], nil
}

// toEvent puts whatever happened under the name of the oneof, which all events share.
func toEvent(message *dynamicpb.Message) (Event, error) {
	happened := message.WhichOneof(message.Descriptor().Oneofs().ByName("data"))
	if happened == nil {
		return nil, errors.New("an event without data")
	}
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	event := Event{}
	if err := json.Unmarshal(text, &event); err != nil {
		return nil, err
	}
	event["data"] = event[happened.TextName()]
	delete(event, happened.TextName())
	return event, nil
}
