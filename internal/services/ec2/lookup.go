package ec2

import (
	"context"

	"postern/internal/store"
)

// Subnet is what other services need to know of a subnet.
type Subnet struct {
	ID, VPCID, CIDR string
	// Zone is the Availability Zone's name, "us-east-1a".
	Zone, ZoneID string
}

// Subnets finds subnets by their identifiers, in that order. An unknown one is EC2's own refusal,
// InvalidSubnetID.NotFound.
func (s *Service) Subnets(ctx context.Context, scope store.Scope, ids ...string) (found []Subnet, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scope)
		if err != nil {
			return err
		}
		found = nil
		for _, id := range ids {
			one, err := n.subnet(id)
			if err != nil {
				return err
			}
			found = append(found, Subnet{ID: one.ID, VPCID: one.VPC, CIDR: one.CIDR, Zone: one.Zone, ZoneID: one.ZoneID})
		}
		return nil
	})
	return found, err
}

// HasVPC refuses a VPC that is not there, as EC2 does: InvalidVpcID.NotFound.
func (s *Service) HasVPC(ctx context.Context, scope store.Scope, id string) error {
	return s.store.View(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scope)
		if err != nil {
			return err
		}
		_, err = n.vpc(id)
		return err
	})
}

// HasSecurityGroup refuses a security group that is not there, as EC2 does: InvalidGroup.NotFound.
func (s *Service) HasSecurityGroup(ctx context.Context, scope store.Scope, id string) error {
	return s.store.View(ctx, func(tx store.Tx) error {
		n, err := readNetwork(tx, scope)
		if err != nil {
			return err
		}
		_, err = n.group(&id, nil)
		return err
	})
}

// PlaceOf tells in which VPC and Availability Zone a subnet is; both are empty for one that is not there.
func PlaceOf(tx store.Tx, scope store.Scope, id string) (vpcID, zone string, err error) {
	n, err := readNetwork(tx, scope)
	if err != nil {
		return "", "", err
	}
	for _, one := range n.subnets {
		if one.ID == id {
			return one.VPC, one.Zone, nil
		}
	}
	return "", "", nil
}
