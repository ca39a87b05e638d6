package iam

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"postern/internal/aws/wire"
	"postern/internal/gateway/message"
)

// Answers to the byte.
// Source: IAM API reference, the examples of each operation; recorded AWS answers (indentation, errors).
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name, form string
		out        *ListRolePoliciesResponse
		status     int
		want       string
	}{
		{
			name: "an answer", form: "Action=ListRolePolicies&Version=2010-05-08&RoleName=r",
			out: &ListRolePoliciesResponse{PolicyNames: []string{"a&b"}, IsTruncated: new(false)}, status: 200,
			want: `<ListRolePoliciesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <ListRolePoliciesResult>
    <PolicyNames>
      <member>a&amp;b</member>
    </PolicyNames>
    <IsTruncated>false</IsTruncated>
  </ListRolePoliciesResult>
  <ResponseMetadata>
    <RequestId>id</RequestId>
  </ResponseMetadata>
</ListRolePoliciesResponse>
`,
		},
		{
			name: "an operation without output", form: "Action=TagRole&Version=2010-05-08&RoleName=r&Tags.member.1.Key=k&Tags.member.1.Value=", status: 200,
			want: `<TagRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <ResponseMetadata>
    <RequestId>id</RequestId>
  </ResponseMetadata>
</TagRoleResponse>
`,
		},
		{
			name: "an output without members", form: "Action=UpdateRole&Version=2010-05-08&RoleName=r", status: 200,
			want: `<UpdateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <UpdateRoleResult/>
  <ResponseMetadata>
    <RequestId>id</RequestId>
  </ResponseMetadata>
</UpdateRoleResponse>
`,
		},
		{
			name: "a required member that is absent", form: "Action=GetRole&Version=2010-05-08", status: 400,
			want: failure("ValidationError", "1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null"),
		},
		{
			name: "two violations, one within a list", status: 400,
			form: "Action=TagRole&Version=2010-05-08&RoleName=r&Tags.member.1.Key=&Tags.member.2.Key=k",
			want: failure("ValidationError", "4 validation errors detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy "+
				`regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+; Value '' at 'tags.1.member.key' failed to satisfy constraint: `+
				"Member must have length greater than or equal to 1; Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null; "+
				"Value null at 'tags.2.member.value' failed to satisfy constraint: Member must not be null"),
		},
		{
			name: "a list's elements", form: "Action=UntagRole&Version=2010-05-08&RoleName=r&TagKeys.member.1=a&TagKeys.member.2=%23", status: 400,
			want: failure("ValidationError", "1 validation error detected: Value '[a, #]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: "+
				`[Member must have length less than or equal to 128, Member must have length greater than or equal to 1, `+
				`Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member must not be null]`),
		},
		{
			name: "an enum", form: "Action=ListPolicies&Version=2010-05-08&Scope=Mine", status: 400,
			want: failure("ValidationError", "1 validation error detected: Value 'Mine' at 'scope' failed to satisfy constraint: Member must satisfy enum value set: [All, AWS, Local]"),
		},
		{
			name: "a number out of bounds", form: "Action=ListRoles&Version=2010-05-08&MaxItems=1001", status: 400,
			want: failure("ValidationError", "1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000"),
		},
		{
			name: "no number", form: "Action=ListRoles&Version=2010-05-08&MaxItems=many", status: 400,
			want: failure("MalformedInput", "The value &quot;many&quot; is not a valid Integer"),
		},
		{
			name: "another version", form: "Action=ListRoles&Version=2000-01-01", status: 400,
			want: failure("InvalidAction", "Could not find operation ListRoles for version 2000-01-01"),
		},
		{
			name: "no version", form: "Action=ListRoles", status: 400,
			want: failure("InvalidAction", "Could not find operation ListRoles for version NO_VERSION_SPECIFIED"),
		},
		{name: "no action", form: "Version=2010-05-08", status: 400, want: failure("MissingAction", "The request must contain the parameter Action")},
	} {
		t.Run(c.name, func(t *testing.T) {
			handler := new(recorder)
			if c.out != nil {
				handler.fill = func(out any) { *out.(*ListRolePoliciesResponse) = *c.out }
			}
			resp := new(message.Response)
			req := &message.Request{Method: "POST", Path: "/", Body: []byte(c.form)}
			NewService(handler, slog.New(slog.DiscardHandler)).Serve(t.Context(), &wire.Call{RequestID: "id"}, req, resp)
			if diff := cmp.Diff(c.want, string(resp.Body)); diff != "" || resp.Status != c.status {
				t.Errorf("%d (-want +got):\n%s", resp.Status, diff)
			}
			if contentType, _ := resp.Header.GetFold("Content-Type"); contentType != "text/xml" {
				t.Error(contentType)
			}
		})
	}
}

func failure(code, text string) string {
	return `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <Error>
    <Type>Sender</Type>
    <Code>` + code + `</Code>
    <Message>` + text + `</Message>
  </Error>
  <RequestId>id</RequestId>
</ErrorResponse>
`
}
