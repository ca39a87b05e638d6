package ec2

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What callers change of a VPC and its subnets stays, of the default ones too. Source: EC2 API reference, the operations.
func TestChanges(t *testing.T) {
	a := newAccount(t, "us-east-1")
	ask := func(form, element string) string { t.Helper(); return strings.Join(a.texts(form, element), " ") }
	defaultVPC := ask("Action=DescribeVpcs", "vpcId")
	defaultSubnet := a.texts("Action=DescribeSubnets", "subnetId")[0]
	made := ask("Action=CreateVpc&CidrBlock=10.0.0.0/16", "vpcId")
	subnet := ask("Action=CreateSubnet&CidrBlock=10.0.1.0/24&VpcId="+made, "subnetId")

	for _, row := range []struct {
		name, change   string
		form, element  string
		before, wanted string
	}{
		{
			"a tag", "Action=CreateTags&ResourceId.1=" + made + "&ResourceId.2=" + subnet + "&Tag.1.Key=Name&Tag.1.Value=one",
			"Action=DescribeSubnets&Filter.1.Name=tag:Name&Filter.1.Value.1=one", "subnetId", "", subnet,
		},
		{
			"another value", "Action=CreateTags&ResourceId.1=" + made + "&Tag.1.Key=Name&Tag.1.Value=two",
			"Action=DescribeVpcs&Filter.1.Name=tag:Name&Filter.1.Value.1=two", "vpcId", "", made,
		},
		{
			"a tag with another value stays", "Action=DeleteTags&ResourceId.1=" + made + "&Tag.1.Key=Name&Tag.1.Value=one",
			"Action=DescribeVpcs&Filter.1.Name=tag-key&Filter.1.Value.1=Name", "vpcId", made, made,
		},
		{
			"a tag goes", "Action=DeleteTags&ResourceId.1=" + made + "&Tag.1.Key=Name",
			"Action=DescribeVpcs&Filter.1.Name=tag-key&Filter.1.Value.1=Name", "vpcId", made, "",
		},
		{
			"the default VPC's tag", "Action=CreateTags&ResourceId.1=" + defaultVPC + "&Tag.1.Key=Name&Tag.1.Value=mine",
			"Action=DescribeVpcs&Filter.1.Name=tag:Name&Filter.1.Value.1=mine", "isDefault", "", "true",
		},
		{
			"names of hosts", "Action=ModifyVpcAttribute&EnableDnsHostnames.Value=true&VpcId=" + made,
			"Action=DescribeVpcAttribute&Attribute=enableDnsHostnames&VpcId=" + made, "value", "false", "true",
		},
		{
			"names that are resolved", "Action=ModifyVpcAttribute&EnableDnsSupport.Value=false&VpcId=" + made,
			"Action=DescribeVpcAttribute&Attribute=enableDnsSupport&VpcId=" + made, "value", "true", "false",
		},
		{
			"the default VPC's names", "Action=ModifyVpcAttribute&EnableDnsHostnames.Value=false&VpcId=" + defaultVPC,
			"Action=DescribeVpcAttribute&Attribute=enableDnsHostnames&VpcId=" + defaultVPC, "value", "true", "false",
		},
		{
			"metrics", "Action=ModifyVpcAttribute&EnableNetworkAddressUsageMetrics.Value=true&VpcId=" + made,
			"Action=DescribeVpcAttribute&Attribute=enableNetworkAddressUsageMetrics&VpcId=" + made, "value", "false", "true",
		},
		{
			"public addresses", "Action=ModifySubnetAttribute&MapPublicIpOnLaunch.Value=true&SubnetId=" + subnet,
			"Action=DescribeSubnets&SubnetId.1=" + subnet, "mapPublicIpOnLaunch", "false", "true",
		},
		{
			"a default subnet's public addresses", "Action=ModifySubnetAttribute&MapPublicIpOnLaunch.Value=false&SubnetId=" + defaultSubnet,
			"Action=DescribeSubnets&Filter.1.Name=map-public-ip-on-launch&Filter.1.Value.1=false", "subnetId", "", defaultSubnet,
		},
		{
			"a default subnet that goes", "Action=DeleteSubnet&SubnetId=" + defaultSubnet,
			"Action=DescribeSubnets&Filter.1.Name=subnet-id&Filter.1.Value.1=" + defaultSubnet, "subnetId", defaultSubnet, "",
		},
	} {
		if got := ask(row.form, row.element); got != row.before {
			t.Errorf("%s, before: %q, want %q", row.name, got, row.before)
		}
		if status, body := a.call(row.change); status != 200 {
			t.Errorf("%s: %d %s", row.name, status, body)
		}
		if got := ask(row.form, row.element); got != row.wanted {
			t.Errorf("%s: %q, want %q", row.name, got, row.wanted)
		}
	}
}

// Source: EC2 API reference; texts inferred but for EC2-Classic's.
func TestRefusedChanges(t *testing.T) {
	a := newAccount(t, "us-east-1")
	vpc, subnet := a.texts("Action=DescribeVpcs", "vpcId")[0], a.texts("Action=DescribeSubnets", "subnetId")[0]
	for form, want := range map[string]string{
		"Action=ModifyVpcAttribute&VpcId=" + vpc: "InvalidParameterCombination",
		"Action=ModifyVpcAttribute&VpcId=" + vpc + "&EnableDnsSupport.Value=true&EnableDnsHostnames.Value=true": "InvalidParameterCombination",
		"Action=ModifyVpcAttribute&VpcId=vpc-1&EnableDnsSupport.Value=true":                                     "InvalidVpcID.NotFound",
		"Action=ModifySubnetAttribute&SubnetId=" + subnet + "&AssignIpv6AddressOnCreation.Value=true":           "InvalidParameterValue",
		"Action=ModifySubnetAttribute&SubnetId=" + subnet + "&PrivateDnsHostnameTypeOnLaunch=resource-name":     "UnsupportedOperation",
		"Action=ModifySubnetAttribute&SubnetId=subnet-1&MapPublicIpOnLaunch.Value=true":                         "InvalidSubnetID.NotFound",
		"Action=CreateTags&ResourceId.1=sg-1&Tag.1.Key=a&Tag.1.Value=b":                                         "InvalidGroup.NotFound",
		"Action=CreateTags&ResourceId.1=igw-1&Tag.1.Key=a&Tag.1.Value=b":                                        "UnsupportedOperation",
		"Action=CreateTags&ResourceId.1=" + vpc + "&ResourceId.2=subnet-1&Tag.1.Key=a&Tag.1.Value=b":            "InvalidSubnetID.NotFound",
		"Action=CreateTags&ResourceId.1=" + vpc + "&Tag.1.Key=":                                                 "InvalidParameterValue",
		"Action=DescribeVpcClassicLink&VpcId.1=" + vpc:                                                          "UnsupportedOperation",
		"Action=DescribeVpcClassicLinkDnsSupport&VpcIds.1=" + vpc:                                               "UnsupportedOperation",
		"Action=DescribeNetworkAcls&NetworkAclId.1=acl-1":                                                       "InvalidNetworkAclID.NotFound",
		"Action=CreateTags&ResourceId.1=" + vpc + manyTags():                                                    "TagLimitExceeded",
	} {
		if status, body := a.call(form); status != 400 || !strings.Contains(body, "<Code>"+want+"</Code>") {
			t.Errorf("%s: %d %s, want %s", form, status, body, want)
		}
	}
	if tagged := a.texts("Action=DescribeVpcs&Filter.1.Name=tag-key&Filter.1.Value.1=*", "vpcId"); tagged != nil {
		t.Errorf("a refused call left tags: %v", tagged)
	}
}

// manyTags are one more than a thing may have.
func manyTags() (form string) {
	for i := range maxTags + 1 {
		form += "&Tag." + itoa(i+1) + ".Key=k" + itoa(i) + "&Tag." + itoa(i+1) + ".Value=v"
	}
	return form
}

// Every VPC has one network ACL, which is that of its subnets. Source: VPC user guide, "Default network ACL for a VPC".
func TestNetworkAcls(t *testing.T) {
	a := newAccount(t, "us-east-1")
	vpc := a.texts("Action=CreateVpc&CidrBlock=10.0.0.0/16", "vpcId")[0]
	subnet := a.texts("Action=CreateSubnet&CidrBlock=10.0.1.0/24&VpcId="+vpc, "subnetId")[0]
	of := "Action=DescribeNetworkAcls&Filter.1.Name=vpc-id&Filter.1.Value.1=" + vpc
	for element, want := range map[string][]string{
		"default": {"true"}, "subnetId": {subnet}, "ruleNumber": {"100", "32767", "100", "32767"},
		"ruleAction": {"allow", "deny", "allow", "deny"}, "egress": {"true", "true", "false", "false"},
	} {
		if diff := cmp.Diff(want, a.texts(of, element)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", element, diff)
		}
	}
	if all := a.texts("Action=DescribeNetworkAcls&Filter.1.Name=default&Filter.1.Value.1=true", "vpcId"); len(all) != 2 {
		t.Errorf("%v", all)
	}
}
