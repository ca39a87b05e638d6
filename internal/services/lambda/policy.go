package lambda

import (
	"context"
	"encoding/json"
	"strings"

	"postern/internal/aws/arn"
	"postern/internal/aws/wire"
	model "postern/internal/aws/wire/lambda"
)

// policy is a function's resource policy, or that of a version or alias.
type policy struct {
	RevisionID string
	Statements []statement
}

// statement is one permission, its members in AWS's order.
type statement struct {
	Sid       string
	Effect    string
	Principal any
	Action    string
	Resource  string
	Condition *condition `json:",omitempty"`
}

// condition holds the operators that AddPermission makes, in AWS's order.
type condition struct {
	StringEquals map[string]string `json:",omitempty"`
	ArnLike      map[string]string `json:",omitempty"`
	Bool         map[string]string `json:",omitempty"`
}

// maxPolicy is how long a policy may be, in bytes. Source: Lambda developer guide, "Lambda quotas".
const maxPolicy = 20480

// document is the policy as IAM reads it.
func (p *policy) document() []byte {
	text, _ := json.Marshal(struct { // maps and strings are always JSON
		Version   string
		ID        string `json:"Id"`
		Statement []statement
	}{"2012-10-17", "default", p.Statements})
	return text
}

// within is the policy as it decides: an API's ARN without an account means the function's own account. AWS has no such
// ARNs; engines that do not ask whose keys they have (Terraform's skip_requesting_account_id) build them. GetPolicy shows
// the policy as it was made.
func (p *policy) within(account string) *policy {
	next := &policy{Statements: make([]statement, len(p.Statements))}
	for i, s := range p.Statements {
		if s.Condition != nil {
			c := *s.Condition
			c.ArnLike = make(map[string]string, len(s.Condition.ArnLike))
			for key, pattern := range s.Condition.ArnLike {
				if source, err := arn.Parse(pattern); err == nil && source.Service == "execute-api" && source.Account == "" {
					source.Account = account
					pattern = source.String()
				}
				c.ArnLike[key] = pattern
			}
			s.Condition = &c
		}
		next.Statements[i] = s
	}
	return next
}

// policyQualifier is under which qualifier a policy is kept: $LATEST has that of the function.
func policyQualifier(qualifier string) string {
	if qualifier == latest {
		return ""
	}
	return qualifier
}

// AddPermission lets a service, an account or everybody do something with a function.
func (l *Lambda) AddPermission(ctx context.Context, call *wire.Call, in *model.AddPermissionRequest) (*model.AddPermissionResponse, error) {
	at, err := target(call, in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	if at.qualifier == latest {
		return nil, model.InvalidParameterValueException.Errorf("We currently do not support adding policies for $LATEST.")
	}
	s, err := statementOf(at, in)
	if err != nil {
		return nil, err
	}
	return update(ctx, l, at, func(r records) (*model.AddPermissionResponse, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		if _, _, err := r.version(f, at); err != nil {
			return nil, err
		}
		p := f.Policies[at.qualifier]
		if p == nil {
			p = &policy{}
		}
		if err := p.add(s, in.RevisionID); err != nil {
			return nil, err
		}
		if f.Policies == nil {
			f.Policies = map[string]*policy{}
		}
		f.Policies[at.qualifier] = p
		text, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		return &model.AddPermissionResponse{Statement: new(string(text))}, r.putFunction(f)
	})
}

// add appends a statement. Known AWS answers: a statement id twice; a stale revision id.
func (p *policy) add(s *statement, revision *string) error {
	if revision != nil && *revision != p.RevisionID {
		return errStalePolicy()
	}
	for i := range p.Statements {
		if p.Statements[i].Sid == s.Sid {
			return model.ResourceConflictException.Errorf("The statement id (%s) provided already exists. Please provide a new statement id, or remove the existing statement.", s.Sid)
		}
	}
	p.Statements = append(p.Statements, *s)
	p.RevisionID = *newRevision()
	if size := len(p.document()); size > maxPolicy {
		return model.PolicyLengthExceededException.Errorf("The final policy size (%d) is bigger than the limit (%d).", size, maxPolicy)
	}
	return nil
}

func errStalePolicy() error {
	return model.PreconditionFailedException.Errorf("The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId")
}

// statementOf makes the statement of a permission. Known AWS answers: GetPolicy after AddPermission.
func statementOf(at ref, in *model.AddPermissionRequest) (*statement, error) {
	principal, err := principalOf(at, *in.Principal)
	if err != nil {
		return nil, err
	}
	if action := *in.Action; action != "*" && !strings.HasPrefix(action, "lambda:") {
		return nil, model.InvalidParameterValueException.Errorf("Unable to parse policy action: %s", action)
	}
	s := &statement{Sid: *in.StatementID, Effect: "Allow", Principal: principal, Action: *in.Action, Resource: at.arn()}
	c := condition{}
	equals := func(key string, value *string) {
		if value != nil && *value != "" {
			if c.StringEquals == nil {
				c.StringEquals = map[string]string{}
			}
			c.StringEquals[key] = *value
		}
	}
	equals("AWS:SourceAccount", in.SourceAccount)
	equals("aws:PrincipalOrgID", in.PrincipalOrgID)
	equals("lambda:EventSourceToken", in.EventSourceToken)
	equals("lambda:FunctionUrlAuthType", in.FunctionURLAuthType)
	if in.SourceARN != nil && *in.SourceARN != "" {
		c.ArnLike = map[string]string{"AWS:SourceArn": *in.SourceARN}
	}
	if in.InvokedViaFunctionURL != nil && *in.InvokedViaFunctionURL {
		c.Bool = map[string]string{"lambda:InvokedViaFunctionUrl": "true"}
	}
	if c.StringEquals != nil || c.ArnLike != nil || c.Bool != nil {
		s.Condition = &c
	}
	return s, nil
}

// principalOf reads who is permitted: everybody, a service, an account, or an identity.
func principalOf(at ref, text string) (any, error) {
	switch {
	case text == "*":
		return "*", nil
	case len(text) == 12 && isDigits(text):
		return map[string]string{"AWS": "arn:" + arn.Partition(at.scope.Region) + ":iam::" + text + ":root"}, nil
	case strings.HasPrefix(text, "arn:"):
		if parsed, err := arn.Parse(text); err == nil && (parsed.Service == "iam" || parsed.Service == "sts") && !strings.ContainsAny(text, "*?") {
			return map[string]string{"AWS": text}, nil
		}
	case strings.HasSuffix(text, ".amazonaws.com") || strings.HasSuffix(text, ".amazonaws.com.cn") || strings.HasSuffix(text, ".amazon.com"):
		return map[string]string{"Service": text}, nil
	}
	return nil, model.InvalidParameterValueException.Errorf("The provided principal was invalid. Please check the principal and try again.")
}

// RemovePermission removes a statement; with the last one the policy is gone.
func (l *Lambda) RemovePermission(ctx context.Context, call *wire.Call, in *model.RemovePermissionRequest) error {
	at, err := target(call, in.FunctionName, in.Qualifier)
	if err != nil {
		return err
	}
	_, err = update(ctx, l, at, func(r records) (struct{}, error) {
		f, err := r.function(at)
		if err != nil {
			return struct{}{}, err
		}
		p := f.Policies[policyQualifier(at.qualifier)]
		if p == nil {
			return struct{}{}, errNoPolicy()
		}
		if err := p.remove(in.StatementID, in.RevisionID); err != nil {
			return struct{}{}, err
		}
		if len(p.Statements) == 0 {
			delete(f.Policies, policyQualifier(at.qualifier))
		}
		return struct{}{}, r.putFunction(f)
	})
	return err
}

func (p *policy) remove(sid string, revision *string) error {
	if revision != nil && *revision != p.RevisionID {
		return errStalePolicy()
	}
	for i := range p.Statements {
		if p.Statements[i].Sid == sid {
			p.Statements = append(p.Statements[:i], p.Statements[i+1:]...)
			p.RevisionID = *newRevision()
			return nil
		}
	}
	return model.ResourceNotFoundException.Errorf("Statement %s is not found in resource policy.", sid)
}

// errNoPolicy is the answer for a function without permissions. Known AWS answer: GetPolicy.
func errNoPolicy() error {
	return model.ResourceNotFoundException.Errorf("The resource you requested does not exist.")
}

// GetPolicy answers the resource policy of a function, version or alias.
func (l *Lambda) GetPolicy(ctx context.Context, call *wire.Call, in *model.GetPolicyRequest) (*model.GetPolicyResponse, error) {
	at, err := target(call, in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return view(ctx, l, at.scope, func(r records) (*model.GetPolicyResponse, error) {
		f, err := r.function(at)
		if err != nil {
			return nil, err
		}
		p := f.Policies[policyQualifier(at.qualifier)]
		if p == nil {
			return nil, errNoPolicy()
		}
		return &model.GetPolicyResponse{Policy: new(string(p.document())), RevisionID: &p.RevisionID}, nil
	})
}
