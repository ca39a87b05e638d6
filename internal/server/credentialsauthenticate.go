package server

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postern/internal/aws/action"
	"postern/internal/aws/arn"
	"postern/internal/aws/awserr"
	"postern/internal/aws/iampolicy"
	"postern/internal/aws/sigv4"
	"postern/internal/aws/wire"
	"postern/internal/gateway/message"
)

// Authenticate verifies the call's signature and asks the policies of its key. Every error is an *awserr.Error.
func (c *Credentials) Authenticate(req *message.Request, target wire.Target) (Caller, error) {
	signature, err := c.verifier.Verify(req, sigv4.Scope{Service: target.Service, Region: target.Region})
	if err != nil {
		return Caller{}, err
	}
	caller, policies, err := c.who(signature.AccessKeyID)
	if err != nil || policies == nil {
		return caller, err
	}
	action, resources, err := c.asks(req, target, caller)
	if err != nil {
		return Caller{}, awserr.InternalFailure.Errorf("Internal server error")
	}
	context := circumstances(req, target, caller, c.now())
	for _, resource := range resources {
		decision := policies.Evaluate(&iampolicy.Request{Action: action, Resource: resource, Context: context})
		if decision == iampolicy.Allow {
			continue
		}
		reason := ""
		if decision == iampolicy.ExplicitDeny {
			// Source: IAM user guide, "Troubleshoot access denied error messages".
			reason = " with an explicit deny in an identity-based policy"
		}
		return Caller{}, awserr.AccessDenied.Errorf("User: %s is not authorized to perform: %s on resource: %s%s", caller.ARN, action, resource, reason)
	}
	return caller, nil
}

// asks is what the caller wants to do, and to what: to nothing when everyone may do it.
//
// At API Gateway the action is "apigateway:{verb}" and the resource the management ARN,
// arn:aws:apigateway:us-east-1::/restapis/abc; at other services it is as package action says.
// Source: Service authorization reference, "Actions, resources, and condition keys for Amazon API Gateway Management".
//
// The error is that of a look-up without which the resource has no name: such a call is refused.
func (c *Credentials) asks(req *message.Request, target wire.Target, caller Caller) (name string, resources []string, err error) {
	service := c.services[target.Service]
	if service == nil || target.Service == "apigateway" {
		return target.Service + ":" + req.Method, []string{managementARN(target, req.Path)}, nil
	}
	call := action.Call{
		Service: target.Service, Operation: service.Operation(req), Account: caller.Account, Region: target.Region, Request: req,
		Path: func(kind, name string) string {
			path, failed := c.principals.path(caller.Account, kind, name)
			err = errors.Join(err, failed)
			return path
		},
	}
	if call.Free() {
		return call.Name(), nil, nil
	}
	resources = call.Resources()
	return call.Name(), resources, err
}

// admit authenticates the request that call stands for, and puts the call on the caller's account. It answers what it
// refuses, and is false then. Without credentials, nil, every call is admitted as it is.
func (c *Credentials) admit(call *wire.Call, target wire.Target, req *message.Request, resp *message.Response) bool {
	if c == nil {
		return true
	}
	caller, err := c.Authenticate(req, target)
	if err == nil {
		call.Account, call.AccessKeyID, call.PrincipalARN = caller.Account, caller.AccessKeyID, caller.ARN
		return true
	}
	refusal, ok := errors.AsType[*awserr.Error](err)
	if !ok {
		refusal = awserr.InternalFailure.Errorf("Internal server error")
	}
	if service := c.services[target.Service]; service != nil {
		service.Refuse(call, refusal, resp)
		return false
	}
	resp.Header.Add("x-amzn-RequestId", call.RequestID)
	answer(resp, refusal.Code.Status, refusal.Code.Name, refusal.Message)
	return false
}

// managementARN names what a call acts on. The path is brought into the one form that all spellings share, as the router
// reads them alike: no slashes at the end, each segment decoded and escaped anew. Otherwise %61bc would go past a
// policy that denies abc.
func managementARN(target wire.Target, path string) string {
	segments := strings.Split(strings.TrimRight(path, "/"), "/")
	for i, segment := range segments {
		if decoded, err := url.PathUnescape(segment); err == nil {
			segment = decoded
		}
		// QueryEscape keeps what RFC 3986 reserves for nothing, and escapes the rest, a blank as plus.
		segments[i] = strings.ReplaceAll(url.QueryEscape(segment), "+", "%20")
	}
	resource := arn.APIGateway(target.Region, "/"+strings.TrimPrefix(strings.Join(segments, "/"), "/"))
	resource.Service = target.Service
	return resource.String()
}

// circumstances are the condition keys of a call.
// Source: IAM user guide, "AWS global condition context keys".
func circumstances(req *message.Request, target wire.Target, caller Caller, now time.Time) iampolicy.Values {
	now = now.UTC()
	values := iampolicy.Values{
		"aws:currenttime":           {now.Format(time.RFC3339)},
		"aws:epochtime":             {strconv.FormatInt(now.Unix(), 10)},
		"aws:sourceip":              {req.RemoteAddr.Addr().Unmap().String()},
		"aws:securetransport":       {strconv.FormatBool(req.TLS != nil)},
		"aws:requestedregion":       {target.Region},
		"aws:principalarn":          {caller.ARN},
		"aws:principalaccount":      {caller.Account},
		"aws:principaltype":         {principalType(caller)},
		"aws:viaawsservice":         {"false"},
		"aws:principalisawsservice": {"false"},
	}
	if caller.Name != "" {
		values["aws:username"] = []string{caller.Name}
	}
	if caller.RoleARN != "" { // of a session it is the role's
		values["aws:principalarn"] = []string{caller.RoleARN}
	}
	if caller.UserID != "" {
		values["aws:userid"] = []string{caller.UserID}
	}
	for key, value := range caller.Tags {
		values["aws:principaltag/"+strings.ToLower(key)] = []string{value}
	}
	for header, key := range map[string]string{"User-Agent": "aws:useragent", "Referer": "aws:referer"} {
		if value, ok := req.Header.GetFold(header); ok {
			values[key] = []string{value}
		}
	}
	return values
}

func principalType(caller Caller) string {
	switch {
	case strings.HasSuffix(caller.ARN, ":root"):
		return "Account"
	case strings.Contains(caller.ARN, ":assumed-role/"):
		return "AssumedRole"
	}
	return "User"
}
