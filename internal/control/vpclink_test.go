package control

import "testing"

// A link is ready when it is read after a moment; no clock runs beside it.
// Source: recorded AWS answers of CreateVpcLink and GetVpcLink; how long it takes is Postern's own.
func TestVPCLinkBecomesAvailable(t *testing.T) {
	d := newDialogue(inMemory(t), Options{})
	d.play(t, `
# [recorded AWS answer: CreateVpcLink]
POST /vpclinks
{"name": "link", "targetArns": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/n/0123456789abcdef"]}
-> 202
{"id": "$link", "name": "link", "status": "PENDING",
 "targetArns": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/n/0123456789abcdef"]}`)
	d.play(t, `
# A target of another kind is found out later [inferred]
POST /vpclinks
{"name": "bad", "targetArns": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/0123456789abcdef"]}
-> 202
{"id": "$bad", "status": "PENDING", "...": ""}`)
	d.seconds += 2
	d.play(t, `
# [recorded AWS answer: GetVpcLink]
GET /vpclinks/$link
-> 200
{"id": "$link", "name": "link", "status": "AVAILABLE", "statusMessage": "Your vpc link is ready for use", "tags": {},
 "targetArns": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/n/0123456789abcdef"]}`)
	d.play(t, `
# [inferred]
GET /vpclinks/$bad
-> 200
{"status": "FAILED", "statusMessage": "NLB ARN is malformed", "...": ""}`)
}
