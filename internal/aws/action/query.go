package action

import "strings"

// iam names the role, the user or the policy that a call is about. Of several, as when a policy is attached, it is the
// first: what is attached is a condition key and no resource.
func (c *Call) iam() []string {
	form := c.form()
	path := func(kind, name string) string {
		if given := form.Child("Path").Text(); given != "" && strings.HasPrefix(c.Operation, "Create") {
			return given
		}
		if c.Path != nil {
			return c.Path(kind, name)
		}
		return "/"
	}
	if name := form.Child("RoleName").Text(); name != "" {
		return []string{c.global("role" + path("role", name) + name)}
	}
	if name := form.Child("UserName").Text(); name != "" {
		return []string{c.global("user" + path("user", name) + name)}
	}
	if name := form.Child("PolicyName").Text(); name != "" && c.Operation == "CreatePolicy" {
		return []string{c.global("policy" + path("policy", name) + name)}
	}
	if policy := form.Child("PolicyArn").Text(); policy != "" {
		return []string{policy}
	}
	if service := form.Child("AWSServiceName").Text(); service != "" {
		return []string{c.global("role/aws-service-role/" + service + "/*")}
	}
	return nil
}

// sts names the role that is assumed.
func (c *Call) sts() []string {
	if role := c.form().Child("RoleArn").Text(); role != "" && c.Operation == "AssumeRole" {
		return []string{role}
	}
	return nil
}

// ec2 names what is made or deleted. What only describes is about no resource.
func (c *Call) ec2() []string {
	form := c.form()
	switch c.Operation {
	case "CreateVpc":
		return []string{c.name("ec2", "vpc/*")}
	case "DeleteVpc":
		return []string{c.name("ec2", "vpc/"+form.Child("VpcId").Text())}
	case "CreateSubnet":
		return []string{c.name("ec2", "subnet/*"), c.name("ec2", "vpc/"+form.Child("VpcId").Text())}
	case "DeleteSubnet":
		return []string{c.name("ec2", "subnet/"+form.Child("SubnetId").Text())}
	}
	return nil
}

// balancers names load balancers, listeners and target groups. What only describes is about no resource, as AWS has it.
func (c *Call) balancers() []string {
	form := c.form()
	if strings.HasPrefix(c.Operation, "Describe") {
		return nil
	}
	switch c.Operation {
	case "CreateLoadBalancer":
		kind := "app"
		switch form.Child("Type").Text() {
		case "network":
			kind = "net"
		case "gateway":
			kind = "gwy"
		}
		return []string{c.name("elasticloadbalancing", "loadbalancer/"+kind+"/"+form.Child("Name").Text()+"/*")}
	case "CreateTargetGroup":
		return []string{c.name("elasticloadbalancing", "targetgroup/"+form.Child("Name").Text()+"/*")}
	}
	var resources []string
	for _, member := range []string{"LoadBalancerArn", "ListenerArn", "TargetGroupArn"} {
		if name := form.Child(member).Text(); name != "" {
			resources = append(resources, name)
		}
	}
	return append(resources, form.Child("ResourceArns").Child("member").Elements()...)
}
