package control

import "testing"

// With AccountLogRole a stage logs only once the account has a role.
// Source: AWS message in public logs; developer guide, "Set up CloudWatch logging for REST APIs in API Gateway".
func TestAccountLogRole(t *testing.T) {
	d := newDialogue(inMemory(t), Options{LogRole: AccountLogRole})
	for _, step := range []string{
		`
POST /restapis
{"name": "logged"}
-> 201
{"id": "$api", "rootResourceId": "$root", "...": ""}`, `
PUT /restapis/$api/resources/$root/methods/GET
{"authorizationType": "NONE"}
-> 201
{"...": ""}`, `
PUT /restapis/$api/resources/$root/methods/GET/integration
{"type": "MOCK"}
-> 201
{"...": ""}`, `
POST /restapis/$api/deployments
{"stageName": "prod"}
-> 201
{"...": ""}`, `
PATCH /restapis/$api/stages/prod
replace /*/*/logging/loglevel INFO
-> 400 BadRequestException: CloudWatch Logs role ARN must be set in account settings to enable logging`, `
PATCH /account
replace /cloudwatchRoleArn arn:aws:iam::123456789012:role/logs
-> 200
{"...": ""}`, `
PATCH /restapis/$api/stages/prod
replace /*/*/logging/loglevel INFO
-> 200
{"...": ""}`,
	} {
		d.play(t, step)
	}
}
