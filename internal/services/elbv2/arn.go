package elbv2

import (
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
	"postern/internal/store"
)

// arnOf makes the ARN of a resource of the service.
func arnOf(scope store.Scope, resource string) string {
	return arn.ARN{
		Partition: arn.Partition(scope.Region), Service: "elasticloadbalancing", Region: scope.Region, Account: scope.Account,
		Resource: resource,
	}.String()
}

// checkARN refuses what is no ARN of a kind of resource: "loadbalancer", "listener" or "targetgroup".
func checkARN(text, kind, words string) error {
	a, err := arn.Parse(text)
	if err != nil || a.Service != "elasticloadbalancing" || !strings.HasPrefix(a.Resource, kind+"/") {
		return awserr.ValidationError.Errorf("'%s' is not a valid %s ARN", text, words)
	}
	return nil
}
