package ec2

import (
	"encoding/xml"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/wire"
	wireec2 "postern/internal/aws/wire/ec2"
	"postern/internal/gateway/message"
	"postern/internal/store"
	"postern/internal/store/memory"
)

// account is a fresh account; the identifiers of what it makes are counted.
type account struct {
	t       *testing.T
	store   store.Store
	service *wire.Service
	region  string
}

func newAccount(t *testing.T, region string) *account {
	t.Helper()
	documents := memory.New()
	made := 0
	service := New(documents, Options{NewID: func(n int) string { made++; return strings.Repeat(string(rune('0'+made)), n) }})
	return &account{t, documents, wireec2.NewService(service, slog.New(slog.DiscardHandler)), region}
}

// call sends a form, "Action=..." without its version, as the AWS CLI does.
func (a *account) call(form string) (status int, body string) {
	a.t.Helper()
	resp := new(message.Response)
	req := &message.Request{Method: "POST", Path: "/", Body: []byte(form + "&Version=2016-11-15")}
	a.service.Serve(a.t.Context(), &wire.Call{Account: "123456789012", Region: a.region, RequestID: "id"}, req, resp)
	return resp.Status, string(resp.Body)
}

// texts calls and gives the texts of every element of that name, in order.
func (a *account) texts(form, element string) []string {
	a.t.Helper()
	status, body := a.call(form)
	if status != 200 {
		a.t.Fatalf("%s: %d %s", form, status, body)
	}
	var all []string
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		token, err := d.Token()
		if err != nil {
			return all
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == element {
			var text string
			if err := d.DecodeElement(&text, &start); err != nil {
				a.t.Fatal(err)
			}
			all = append(all, text)
		}
	}
}

// A fresh account has a default VPC with a subnet in each zone, and the same identifiers always.
// Source: VPC user guide, "Default VPC components".
func TestDefaultVPC(t *testing.T) {
	a := newAccount(t, "us-east-1")
	_, body := a.call("Action=DescribeVpcs")
	const want = `<?xml version="1.0" encoding="UTF-8"?>
<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>id</requestId>
    <vpcSet>
        <item>
            <ownerId>123456789012</ownerId>
            <instanceTenancy>default</instanceTenancy>
            <cidrBlockAssociationSet>
                <item>
                    <associationId>vpc-cidr-assoc-0ef7ad4c4e9d5e7b0</associationId>
                    <cidrBlock>172.31.0.0/16</cidrBlock>
                    <cidrBlockState>
                        <state>associated</state>
                    </cidrBlockState>
                </item>
            </cidrBlockAssociationSet>
            <isDefault>true</isDefault>
            <blockPublicAccessStates>
                <internetGatewayBlockMode>off</internetGatewayBlockMode>
            </blockPublicAccessStates>
            <vpcId>vpc-0</vpcId>
            <state>available</state>
            <cidrBlock>172.31.0.0/16</cidrBlock>
            <dhcpOptionsId>dopt-0</dhcpOptionsId>
        </item>
    </vpcSet>
</DescribeVpcsResponse>`
	if diff := cmp.Diff(shortIDs(want), shortIDs(body)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		form, element string
		want          []string
	}{
		{"Action=DescribeSubnets", "cidrBlock", []string{
			"172.31.0.0/20", "172.31.16.0/20", "172.31.32.0/20", "172.31.48.0/20", "172.31.64.0/20", "172.31.80.0/20",
		}},
		{"Action=DescribeSubnets", "availableIpAddressCount", []string{"4091", "4091", "4091", "4091", "4091", "4091"}},
		{"Action=DescribeSubnets&Filter.1.Name=availability-zone&Filter.1.Value.1=us-east-1b&Filter.1.Value.2=*c", "availabilityZoneId", []string{"use1-az2", "use1-az3"}},
		{"Action=DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-none", "subnetId", nil},
		{"Action=DescribeRouteTables&Filter.1.Name=association.main&Filter.1.Value.1=true", "destinationCidrBlock", []string{"172.31.0.0/16", "0.0.0.0/0"}},
		{"Action=DescribeSecurityGroups&Filter.1.Name=group-name&Filter.1.Value.1=default", "groupDescription", []string{"default VPC security group"}},
		{"Action=DescribeInternetGateways", "state", []string{"available"}},
		{"Action=DescribeNetworkInterfaces&Filter.1.Name=description&Filter.1.Value.1=ELB+net%2Fx", "networkInterfaceId", nil},
		{"Action=DescribeAvailabilityZones&ZoneName.1=us-east-1f", "zoneId", []string{"use1-az6"}},
		{"Action=DescribeAccountAttributes&AttributeName.1=supported-platforms", "attributeValue", []string{"VPC"}},
		{"Action=DescribeVpcAttribute&Attribute=enableDnsSupport&VpcId=" + a.texts("Action=DescribeVpcs", "vpcId")[0], "value", []string{"true"}},
	} {
		if diff := cmp.Diff(c.want, a.texts(c.form, c.element)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.form, diff)
		}
	}
	other := newAccount(t, "us-east-1")
	if diff := cmp.Diff(a.texts("Action=DescribeSubnets", "subnetId"), other.texts("Action=DescribeSubnets", "subnetId")); diff != "" {
		t.Errorf("the identifiers changed: %s", diff)
	}
	if far := newAccount(t, "eu-west-1"); far.texts("Action=DescribeVpcs", "vpcId")[0] == a.texts("Action=DescribeVpcs", "vpcId")[0] {
		t.Error("two regions have one VPC")
	}
}

// shortIDs takes the digits from identifiers: they are made from a hash.
func shortIDs(body string) string {
	for _, prefix := range []string{"vpc-cidr-assoc-0", "vpc-0", "dopt-0"} {
		if before, after, ok := strings.Cut(body, ">"+prefix); ok {
			body = before + ">" + prefix + after[strings.IndexByte(after, '<'):]
		}
	}
	return body
}

// Texts: known AWS answers, but for those that package and spec mark as inferred.
func TestRefusals(t *testing.T) {
	a := newAccount(t, "eu-west-1")
	vpc := a.texts("Action=DescribeVpcs", "vpcId")[0]
	for _, c := range []struct{ form, code, text string }{
		{"Action=DescribeVpcs&VpcId.1=vpc-1", "InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"},
		{"Action=DescribeSubnets&SubnetId.1=subnet-1", "InvalidSubnetID.NotFound", "The subnet ID 'subnet-1' does not exist"},
		{"Action=DescribeRouteTables&RouteTableId.1=rtb-1", "InvalidRouteTableID.NotFound", "The routeTable ID 'rtb-1' does not exist"},
		{"Action=DescribeSecurityGroups&GroupId.1=sg-1", "InvalidGroup.NotFound", "The security group 'sg-1' does not exist"},
		{"Action=DescribeNetworkInterfaces&NetworkInterfaceId.1=eni-1", "InvalidNetworkInterfaceID.NotFound", "The networkInterface ID 'eni-1' does not exist"},
		{"Action=DescribeVpcs&Filter.1.Name=nope&Filter.1.Value.1=x", "InvalidParameterValue", "The filter 'nope' is invalid"},
		{"Action=DescribeVpcs&MaxResults=5&VpcId.1=" + vpc, "InvalidParameterCombination", "The parameter vpcIds cannot be used with the parameter maxResults"},
		{"Action=DescribeVpcs&DryRun=true", "DryRunOperation", "Request would have succeeded, but DryRun flag is set."},
		{"Action=DescribeVpcAttribute&VpcId=" + vpc, "MissingParameter", "The request must contain the parameter attribute"},
		{"Action=CreateSubnet&CidrBlock=10.0.0.0/24", "MissingParameter", "The request must contain the parameter vpcId"},
		{"Action=CreateSubnet&CidrBlock=10.0.0.0/24&VpcId=" + vpc, "InvalidSubnet.Range", "The CIDR '10.0.0.0/24' is invalid."},
		{"Action=CreateSubnet&CidrBlock=172.31.0.0/24&VpcId=" + vpc, "InvalidSubnet.Conflict", "The CIDR '172.31.0.0/24' conflicts with another subnet"},
		{
			"Action=CreateSubnet&AvailabilityZone=eu-west-1z&CidrBlock=172.31.128.0/24&VpcId=" + vpc, "InvalidParameterValue",
			"Value (eu-west-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: eu-west-1a, eu-west-1b, eu-west-1c.",
		},
		{"Action=CreateVpc&CidrBlock=10.0.0.0/8", "InvalidVpc.Range", "The CIDR '10.0.0.0/8' is invalid."},
		{"Action=CreateVpc&CidrBlock=ten", "InvalidParameterValue", "Value (ten) for parameter cidrBlock is invalid. This is not a valid CIDR block."},
		{
			"Action=CreateVpc&CidrBlock=10.0.0.0/16&TagSpecification.1.ResourceType=subnet", "InvalidParameterValue",
			"'subnet' is not a valid taggable resource type for this operation.",
		},
		{"Action=DeleteVpc&VpcId=" + vpc, "DependencyViolation", "The vpc '" + vpc + "' has dependencies and cannot be deleted."},
		{"Action=RunInstances", "InvalidAction", "The action RunInstances is not valid for this web service. Postern does not implement RunInstances yet."},
	} {
		status, body := a.call(c.form)
		want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Response><Errors><Error><Code>" + c.code + "</Code><Message>" + c.text +
			"</Message></Error></Errors><RequestID>id</RequestID></Response>"
		if status != 400 && c.code != "DryRunOperation" || body != want {
			t.Errorf("%s: %d\n%s\nwant\n%s", c.form, status, body, want)
		}
	}
}

// A VPC's life, with what comes and goes with it.
func TestVPC(t *testing.T) {
	a := newAccount(t, "eu-west-1")
	tags := "&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=" + url.QueryEscape("a b")
	vpc := a.texts("Action=CreateVpc&CidrBlock=10.1.2.3/16"+tags, "vpcId")[0]
	if diff := cmp.Diff([]string{"10.1.0.0/16"}, a.texts("Action=DescribeVpcs&Filter.1.Name=tag:Name&Filter.1.Value.1=a%3Fb", "cidrBlock")[1:]); diff != "" {
		t.Error(diff)
	}
	subnet := a.texts("Action=CreateSubnet&CidrBlock=10.1.1.0/28&AvailabilityZoneId=euw1-az3&VpcId="+vpc, "subnetId")[0]
	if diff := cmp.Diff([]string{"eu-west-1c"}, a.texts("Action=DescribeSubnets&SubnetId.1="+subnet, "availabilityZone")); diff != "" {
		t.Error(diff)
	}
	vpcID, zone := "", ""
	err := a.store.View(t.Context(), func(tx store.Tx) (err error) {
		vpcID, zone, err = PlaceOf(tx, store.Scope{Account: "123456789012", Region: "eu-west-1"}, subnet)
		return err
	})
	if err != nil || vpcID != vpc || zone != "eu-west-1c" {
		t.Errorf("%s %s %v", vpcID, zone, err)
	}
	if got := a.texts("Action=DescribeRouteTables&Filter.1.Name=vpc-id&Filter.1.Value.1="+vpc, "destinationCidrBlock"); !cmp.Equal(got, []string{"10.1.0.0/16"}) {
		t.Error(got)
	}
	if status, body := a.call("Action=DeleteVpc&VpcId=" + vpc); status != 400 || !strings.Contains(body, "DependencyViolation") {
		t.Error(body)
	}
	for _, form := range []string{"Action=DeleteSubnet&SubnetId=" + subnet, "Action=DeleteVpc&VpcId=" + vpc} {
		if got := a.texts(form, "return"); !cmp.Equal(got, []string{"true"}) {
			t.Errorf("%s: %v", form, got)
		}
	}
	if got := a.texts("Action=DescribeVpcs", "isDefault"); !cmp.Equal(got, []string{"true"}) {
		t.Error(got)
	}
	first := a.texts("Action=DescribeSubnets", "subnetId")[0]
	a.texts("Action=DeleteSubnet&SubnetId="+first, "return")
	if got := a.texts("Action=DescribeSubnets", "subnetId"); len(got) != 2 || got[0] == first {
		t.Errorf("a default subnet that was deleted is back: %v", got)
	}
}

// Pages go on where the one before ended.
func TestPages(t *testing.T) {
	a := newAccount(t, "us-east-1")
	all := a.texts("Action=DescribeSubnets", "subnetId")
	first := a.texts("Action=DescribeSubnets&MaxResults=5", "subnetId")
	token := a.texts("Action=DescribeSubnets&MaxResults=5", "nextToken")[0]
	rest := a.texts("Action=DescribeSubnets&MaxResults=5&NextToken="+token, "subnetId")
	if diff := cmp.Diff(all, append(first, rest...)); diff != "" {
		t.Error(diff)
	}
	if _, body := a.call("Action=DescribeSubnets&NextToken=x"); !strings.Contains(body, "InvalidNextToken") {
		t.Error(body)
	}
}

// Source: AWS RAM user guide, "Availability Zone IDs for your AWS resources".
func TestZoneIDs(t *testing.T) {
	for region, want := range map[string]string{
		"us-east-1": "use1-az1", "eu-central-1": "euc1-az1", "ap-southeast-2": "apse2-az1", "ap-northeast-1": "apne1-az1",
		"us-gov-west-1": "usgw1-az1", "cn-northwest-1": "cnnw1-az1", "local": "local-az1",
	} {
		if got := zones(region)[0].id; got != want {
			t.Errorf("%s: %s, want %s", region, got, want)
		}
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, value string
		want           bool
	}{
		{"abc", "abc", true},
		{"abc", "ABC", false},
		{"a*", "abc", true},
		{"*c", "abc", true},
		{"a*c*e", "abcde", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"*", "", true},
		{"", "", true},
		{"", "a", false},
		{`a\*c`, "a*c", true},
		{`a\*c`, "abc", false},
		{"**a", "ba", true},
		{"a*b", "a", false},
	} {
		if got := matches(c.pattern, c.value); got != c.want {
			t.Errorf("%q matches %q: %t", c.pattern, c.value, got)
		}
	}
}
