package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"postern/internal/aws/arn"
	"postern/internal/gateway/integration/awsservice"
	"postern/internal/gateway/message"
)

// deliveryStreams is Amazon Data Firehose, as package delivery wants it. Calls are signed with this process's own
// credentials: in AWS, a role that belongs to API Gateway does it.
// Source: developer guide, "Log REST API calls to Amazon Data Firehose in API Gateway".
type deliveryStreams struct{ o *observing }

// The bounds of one PutRecordBatch. Source: Firehose API reference, PutRecordBatch.
const (
	maxRecords     = 500
	maxRecordBytes = 4 << 20
)

type (
	firehoseRecord struct{ Data []byte } // in JSON: Base64
	firehoseBatch  struct {
		DeliveryStreamName string
		Records            []firehoseRecord
	}
)

// Put implements delivery.Streams. A record is a line with its line feed (inferred).
func (d deliveryStreams) Put(ctx context.Context, region, stream string, lines []string) (lost int, err error) {
	for len(lines) > 0 {
		batch := firehoseBatch{DeliveryStreamName: stream}
		bytes := 0
		for len(lines) > 0 && len(batch.Records) < maxRecords && (bytes == 0 || bytes+len(lines[0]) < maxRecordBytes) {
			batch.Records = append(batch.Records, firehoseRecord{[]byte(lines[0] + "\n")})
			bytes += len(lines[0]) + 1
			lines = lines[1:]
		}
		n, e := d.putBatch(ctx, region, &batch)
		lost, err = lost+n, errors.Join(err, e)
	}
	return lost, err
}

func (d deliveryStreams) putBatch(ctx context.Context, region string, batch *firehoseBatch) (lost int, err error) {
	body, err := json.Marshal(batch)
	if err != nil {
		return len(batch.Records), err
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(10 * time.Second)
	}
	call := &awsservice.Call{
		Partition: arn.Partition(region), Region: region, Service: "firehose", Method: "POST", Path: "/", Body: body, Deadline: deadline,
		Header: message.Pairs{
			{Name: "Content-Type", Value: "application/x-amz-json-1.1"},
			{Name: "X-Amz-Target", Value: "Firehose_20150804.PutRecordBatch"},
		},
	}
	var resp message.Response
	if err := d.o.services.Do(ctx, call, &resp); err != nil {
		return len(batch.Records), err
	}
	if resp.Status != 200 {
		return len(batch.Records), fmt.Errorf("PutRecordBatch: %d %s", resp.Status, resp.Body)
	}
	var answer struct{ FailedPutCount int }
	if err := json.Unmarshal(resp.Body, &answer); err != nil {
		return len(batch.Records), fmt.Errorf("PutRecordBatch: %w", err)
	}
	if answer.FailedPutCount > 0 {
		return answer.FailedPutCount, errors.New("PutRecordBatch: some records were not taken")
	}
	return 0, nil
}
