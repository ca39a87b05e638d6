package ec2

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Texts: known AWS answers, but for those that the operations mark as inferred or Postern's own.
func TestGroupAndEndpointRefusals(t *testing.T) {
	a := newAccount(t, "eu-west-1")
	vpc := a.texts("Action=CreateVpc&CidrBlock=10.1.0.0/16", "vpcId")[0]
	subnet := a.texts("Action=CreateSubnet&CidrBlock=10.1.1.0/24&VpcId="+vpc, "subnetId")[0]
	beside := a.texts("Action=CreateSubnet&CidrBlock=10.1.2.0/24&VpcId="+vpc, "subnetId")[0]
	group := a.texts("Action=CreateSecurityGroup&GroupName=web&GroupDescription=web&VpcId="+vpc, "groupId")[0]
	first := a.texts("Action=DescribeSecurityGroups&GroupName.1=default", "groupId")[0]
	in, out := "Action=AuthorizeSecurityGroupIngress&GroupId="+group, "Action=AuthorizeSecurityGroupEgress&GroupId="+group
	endpoint := "Action=CreateVpcEndpoint&VpcEndpointType=Interface&ServiceName=com.amazonaws.eu-west-1.execute-api&VpcId=" + vpc
	for _, c := range []struct{ form, code, text string }{
		{"Action=CreateSecurityGroup&GroupName=web&GroupDescription=web&VpcId=" + vpc, "InvalidGroup.Duplicate", "The security group 'web' already exists for VPC '" + vpc + "'"},
		{"Action=CreateSecurityGroup&GroupName=default&GroupDescription=web", "InvalidParameterValue", "Cannot use reserved security group name: default"},
		{"Action=CreateSecurityGroup&GroupName=a", "MissingParameter", "The request must contain the parameter description"},
		{"Action=CreateSecurityGroup&GroupName=a&GroupDescription=%3C", "InvalidParameterValue", "Invalid security group description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"},
		{"Action=CreateSecurityGroup&GroupName=a&GroupDescription=a&VpcId=vpc-1", "InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"},
		{"Action=DeleteSecurityGroup&GroupId=sg-1", "InvalidGroup.NotFound", "The security group 'sg-1' does not exist"},
		{"Action=DeleteSecurityGroup&GroupId=" + first, "CannotDelete", `the specified group: "` + first + `" name: "default" cannot be deleted by a user`},
		{"Action=DeleteSecurityGroup", "MissingParameter", "The request must contain the parameter groupName or groupId"},
		{out + "&IpPermissions.1.IpProtocol=-1&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0", "InvalidPermission.Duplicate", `the specified rule "peer: 0.0.0.0/0, ALL, ALLOW" already exists`},
		{in + "&IpProtocol=tcp&CidrIp=10.0.0.0/8", "InvalidParameterValue", "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."},
		{in + "&IpProtocol=tcp&FromPort=80&ToPort=70&CidrIp=10.0.0.0/8", "InvalidParameterValue", "Invalid TCP/UDP port range (80:70)"},
		{in + "&IpProtocol=tcp&FromPort=80&ToPort=80&CidrIp=10.0.0.0", "InvalidParameterValue", "CIDR block 10.0.0.0 is malformed"},
		{in + "&IpProtocol=nope&CidrIp=10.0.0.0/8", "InvalidParameterValue", "Invalid value 'nope' for IP protocol. Unknown protocol."},
		{in + "&IpPermissions.1.IpProtocol=-1&IpPermissions.1.Groups.1.GroupId=" + first, "InvalidGroup.NotFound", "You have specified two resources that belong to different networks."},
		{"Action=RevokeSecurityGroupIngress&IpProtocol=-1&CidrIp=10.0.0.0/8&GroupId=" + group, "InvalidPermission.NotFound", "The specified rule does not exist in this security group."},
		{"Action=RevokeSecurityGroupIngress&SecurityGroupRuleId.1=sgr-1&GroupId=" + group, "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID 'sgr-1' does not exist"},
		{"Action=DescribeSecurityGroupRules&SecurityGroupRuleId.1=sgr-1", "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID 'sgr-1' does not exist"},
		{"Action=DescribeVpcEndpoints&VpcEndpointId.1=vpce-1", "InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id 'vpce-1' does not exist"},
		{"Action=DescribeVpcEndpointServices&ServiceName.1=nope", "InvalidServiceName", "The Vpc Endpoint Service 'nope' does not exist"},
		{"Action=CreateVpcEndpoint&ServiceName=nope&VpcId=" + vpc, "InvalidServiceName", "The Vpc Endpoint Service 'nope' does not exist"},
		{endpoint, "InvalidParameter", "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for " + vpc},
		{
			endpoint + "&SubnetId.1=" + subnet + "&SubnetId.2=" + beside, "DuplicateSubnetsInSameZone", "Found another VPC endpoint subnet in the availability zone of " + beside +
				". VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.",
		},
		{endpoint + "&SecurityGroupId.1=sg-1", "InvalidGroup.NotFound", "The security group 'sg-1' does not exist"},
		{
			endpoint + "&PrivateDnsEnabled=false&PolicyDocument=%7B%22Statement%22%3A%5B%5D%7D", "InvalidPolicyDocument",
			"This policy cannot be read: Statement: is empty",
		},
		{"Action=CreateVpc&CidrBlock=127.0.0.0/16", "InvalidVpc.Range", "The CIDR '127.0.0.0/16' is invalid."},
	} {
		status, body := a.call(c.form)
		var got struct {
			Code    string `xml:"Errors>Error>Code"`
			Message string `xml:"Errors>Error>Message"`
		}
		if err := xml.Unmarshal([]byte(body), &got); err != nil || status != 400 || got.Code != c.code || got.Message != c.text {
			t.Errorf("%s: %d %s %s %v\nwant %s %s", c.form, status, got.Code, got.Message, err, c.code, c.text)
		}
	}
}

// Rules of one protocol and its ports are one permission; each has its own identifier, which a change leaves.
// Source: EC2 API reference, DescribeSecurityGroups, DescribeSecurityGroupRules and ModifySecurityGroupRules.
func TestRules(t *testing.T) {
	a := newAccount(t, "us-east-1")
	group := a.texts("Action=CreateSecurityGroup&GroupName=web&GroupDescription=web", "groupId")[0]
	made := a.texts("Action=AuthorizeSecurityGroupIngress&IpPermissions.1.IpProtocol=6&IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=81"+
		"&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8&IpPermissions.1.Ipv6Ranges.1.CidrIpv6=2001:db8::/32&GroupId="+group, "securityGroupRuleId")
	if len(made) != 2 {
		t.Fatal(made)
	}
	of := "&GroupId=" + group
	for _, row := range []struct{ name, change, form, element, want string }{
		{"gathered", "", "Action=DescribeSecurityGroups&GroupId.1=" + group, "ipProtocol", "-1 tcp"},
		{"found by a port", "", "Action=DescribeSecurityGroups&Filter.1.Name=ip-permission.to-port&Filter.1.Value.1=81", "groupId", group},
		{
			"changed", "Action=ModifySecurityGroupRules&SecurityGroupRule.1.SecurityGroupRuleId=" + made[0] + "&SecurityGroupRule.1.SecurityGroupRule.IpProtocol=udp" +
				"&SecurityGroupRule.1.SecurityGroupRule.FromPort=53&SecurityGroupRule.1.SecurityGroupRule.ToPort=53&SecurityGroupRule.1.SecurityGroupRule.CidrIpv4=10.1.0.0/16" + of,
			"Action=DescribeSecurityGroupRules&SecurityGroupRuleId.1=" + made[0], "cidrIpv4", "10.1.0.0/16",
		},
		{
			"described", "Action=UpdateSecurityGroupRuleDescriptionsIngress&SecurityGroupRuleDescription.1.SecurityGroupRuleId=" + made[1] + "&SecurityGroupRuleDescription.1.Description=six" + of,
			"Action=DescribeSecurityGroupRules&SecurityGroupRuleId.1=" + made[1], "description", "six",
		},
		{
			"tagged", "Action=CreateTags&ResourceId.1=" + made[1] + "&Tag.1.Key=a&Tag.1.Value=b",
			"Action=DescribeSecurityGroupRules&Filter.1.Name=tag:a&Filter.1.Value.1=b", "securityGroupRuleId", made[1],
		},
		{
			"revoked", "Action=RevokeSecurityGroupIngress&SecurityGroupRuleId.1=" + made[0] + of,
			"Action=DescribeSecurityGroups&GroupId.1=" + group, "ipProtocol", "-1 tcp",
		},
	} {
		if row.change != "" {
			a.texts(row.change, "return")
		}
		if diff := cmp.Diff(row.want, strings.Join(a.texts(row.form, row.element), " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}
