// Package arn takes Amazon Resource Names apart and puts them together.
//
// What comes in: the text of an ARN. What goes out: its parts, or which rule it breaks. It never asks whether what an
// ARN names exists.
package arn

import (
	"errors"
	"strings"
)

// ErrInvalid is given for text that is no ARN at all.
var ErrInvalid = errors.New("not an ARN")

// ARN is arn:{partition}:{service}:{region}:{account}:{resource}. Region and account are empty where a resource has
// none; API Gateway's own management ARNs have no account.
// Source: IAM user guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
type ARN struct {
	Partition, Service, Region, Account, Resource string
}

// Parse takes an ARN apart. Partition, service and resource must be there; the resource may hold colons.
func Parse(text string) (ARN, error) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return ARN{}, ErrInvalid
	}
	return ARN{parts[1], parts[2], parts[3], parts[4], parts[5]}, nil
}

// String puts the ARN together.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// Partition is the partition that a region belongs to: aws, aws-cn, aws-us-gov ...
// Source: AWS general reference, partitions.
func Partition(region string) string {
	for _, p := range []struct{ prefix, partition string }{
		{"cn-", "aws-cn"},
		{"us-gov-", "aws-us-gov"},
		{"us-iso-", "aws-iso"},
		{"us-isob-", "aws-iso-b"},
		{"eu-isoe-", "aws-iso-e"},
		{"us-isof-", "aws-iso-f"},
		{"eusc-", "aws-eusc"},
	} {
		if strings.HasPrefix(region, p.prefix) {
			return p.partition
		}
	}
	return "aws"
}

// APIGateway is the ARN of one of API Gateway's own resources, by its path: "/restapis/a1b2c3d4e5/stages/prod".
// Source: API Gateway developer guide, "API Gateway Amazon Resource Name (ARN) reference": the account is empty.
func APIGateway(region, path string) ARN {
	return ARN{Partition: Partition(region), Service: "apigateway", Region: region, Resource: path}
}

// ExecuteAPI is the ARN under which an API is invoked; resource is "{api}/{stage}/{verb}/{path}" or a part of it.
// Source: as APIGateway.
func ExecuteAPI(region, account, resource string) ARN {
	return ARN{Partition: Partition(region), Service: "execute-api", Region: region, Account: account, Resource: resource}
}
