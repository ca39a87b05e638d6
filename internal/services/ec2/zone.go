package ec2

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
)

// zone is an Availability Zone.
type zone struct{ name, id string }

// zones are the Availability Zones of a region; a region that AWS does not have gets three. AWS shuffles the identifiers
// behind the names for each account, here they follow the names.
// Source: AWS general reference, "Regions and Availability Zones".
func zones(region string) []zone {
	letters := "abc"
	switch region {
	case "us-east-1":
		letters = "abcdef"
	case "us-west-2", "ap-northeast-2":
		letters = "abcd"
	case "us-west-1":
		letters = "ac"
	case "ap-northeast-1":
		letters = "acd"
	case "ca-central-1":
		letters = "abd"
	}
	all := make([]zone, len(letters))
	for i, letter := range letters {
		all[i] = zone{name: region + string(letter), id: shortRegion(region) + "-az" + strconv.Itoa(i+1)}
	}
	return all
}

// shortRegion is how zone identifiers spell a region: use1 for us-east-1, apse2 for ap-southeast-2.
// Source: AWS RAM user guide, "Availability Zone IDs for your AWS resources".
func shortRegion(region string) string {
	parts := strings.Split(region, "-")
	var b strings.Builder
	for i, part := range parts {
		switch {
		case i == 0 || i == len(parts)-1:
			b.WriteString(part)
		case part == "gov":
			b.WriteString("g")
		default:
			b.WriteString(initials(part))
		}
	}
	return b.String()
}

// initials are the directions in a word: se for southeast, c for central.
func initials(direction string) string {
	for _, word := range []string{"north", "south"} {
		if rest, ok := strings.CutPrefix(direction, word); ok && rest != "" {
			return word[:1] + rest[:1]
		}
	}
	return direction[:min(1, len(direction))]
}

// DescribeAvailabilityZones lists the region's zones, all of which are available.
func (s *Service) DescribeAvailabilityZones(_ context.Context, call *wire.Call, in *wireec2.DescribeAvailabilityZonesRequest) (*wireec2.DescribeAvailabilityZonesResult, error) {
	if err := errDryRun(in.DryRun); err != nil {
		return nil, err
	}
	all := zones(call.Region)
	for _, name := range in.ZoneNames {
		if !slices.ContainsFunc(all, func(z zone) bool { return z.name == name }) {
			return nil, refuse("InvalidParameterValue", "Invalid availability zone: [%s]", name)
		}
	}
	for _, id := range in.ZoneIDs {
		if !slices.ContainsFunc(all, func(z zone) bool { return z.id == id }) {
			return nil, refuse("InvalidParameterValue", "Invalid availability zone-id: [%s]", id)
		}
	}
	kept, err := filter(all, in.Filters, map[string]func(zone) []string{
		"group-name":     func(zone) []string { return []string{call.Region + "-zg-1"} },
		"message":        func(zone) []string { return nil },
		"opt-in-status":  constant[zone](wireec2.AvailabilityZoneOptInStatusOptInNotRequired),
		"parent-zone-id": func(zone) []string { return nil }, "parent-zone-name": func(zone) []string { return nil },
		"region-name": constant[zone](call.Region),
		"state":       constant[zone](wireec2.AvailabilityZoneStateAvailable),
		"zone-id":     func(z zone) []string { return []string{z.id} },
		"zone-name":   func(z zone) []string { return []string{z.name} },
		"zone-type":   constant[zone]("availability-zone"),
	})
	out := &wireec2.DescribeAvailabilityZonesResult{AvailabilityZones: []wireec2.AvailabilityZone{}}
	for _, z := range kept {
		if len(in.ZoneNames) > 0 && !slices.Contains(in.ZoneNames, z.name) || len(in.ZoneIDs) > 0 && !slices.Contains(in.ZoneIDs, z.id) {
			continue
		}
		out.AvailabilityZones = append(out.AvailabilityZones, wireec2.AvailabilityZone{
			OptInStatus: new(wireec2.AvailabilityZoneOptInStatusOptInNotRequired), Messages: []wireec2.AvailabilityZoneMessage{},
			RegionName: &call.Region, ZoneName: &z.name, ZoneID: &z.id, GroupName: new(call.Region + "-zg-1"),
			NetworkBorderGroup: &call.Region, ZoneType: new("availability-zone"), State: new(wireec2.AvailabilityZoneStateAvailable),
		})
	}
	return out, err
}

// DescribeAccountAttributes tells of the account what still holds of one: VPCs only, and the default VPC.
func (s *Service) DescribeAccountAttributes(_ context.Context, call *wire.Call, in *wireec2.DescribeAccountAttributesRequest) (*wireec2.DescribeAccountAttributesResult, error) {
	if err := errDryRun(in.DryRun); err != nil {
		return nil, err
	}
	defaultVPC := identifier("vpc", call.Account, call.Region, "default")
	out := &wireec2.DescribeAccountAttributesResult{AccountAttributes: []wireec2.AccountAttribute{}}
	for _, attribute := range []struct{ name, value string }{
		{wireec2.AccountAttributeNameSupportedPlatforms, "VPC"},
		{wireec2.AccountAttributeNameDefaultVPC, defaultVPC},
		{"max-instances", "20"},
		{"vpc-max-security-groups-per-interface", "5"},
		{"max-elastic-ips", "5"},
		{"vpc-max-elastic-ips", "5"},
	} {
		if len(in.AttributeNames) == 0 || slices.Contains(in.AttributeNames, attribute.name) {
			out.AccountAttributes = append(out.AccountAttributes, wireec2.AccountAttribute{
				AttributeName: new(attribute.name), AttributeValues: []wireec2.AccountAttributeValue{{AttributeValue: new(attribute.value)}},
			})
		}
	}
	return out, nil
}
