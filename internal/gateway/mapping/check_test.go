package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`{"id": "$input.params('petId')", "s": $input.json('$.a[0].b'), "t": "$context.stage", "v": "$stageVariables.any"}`, ``},
		{`#set($a = 1)$a #foreach($b in [1..2])$b$foreach.index$velocityCount#end #define($c)x#end $c`, ``},
		{`#macro(text $name $value)"$name": "$!value"$!bodyContent#end#text("a" 1)`, ``},
		{`#if($input.path('$.x') == $null)-#end`, ``},
		{`$input.params().header.get('X') $input.params().path.id $input.params()['querystring']`, ``},
		{`$context.authorizer.claims.sub $context.authorizer.anything $context.identity.clientCert.validity.notAfter`, ``},
		{`#set($context.requestOverride.header.X = 1)#set($context["responseOverride"].status = 2) $context.keySet()`, ``},
		{`$util.escapeJavaScript($util.urlDecode('x')) ${util.parseJson('{}').a}`, ``},
		{"line\n  $input.parms('x')", `2:3: $input has no parms(); it has body, json, params, path`},
		{`$input.bdy`, `1:1: $input has no bdy; it has body, json, params, path`},
		{`$input.body.name`, `1:1: $input.body is text and has no members; use $input.path`},
		{`$input.path()`, `1:1: $input.path takes one argument`},
		{`$method.request.path.id $method.request.header.get('X') $!method.request`, ``},
		{`$method.request.body $method.response`, "1:1: $method.request has no body; it has path, querystring, header\n1:22: $method has no response; it has request"},
		{`$input.params().headers.X`, `1:1: $input.params() has no headers; it has path, querystring, header`},
		{`$util.toJson($x)`, "1:1: $util has no toJson; it has base64Decode, base64Encode, escapeJavaScript, parseJson, urlDecode, urlEncode\n1:14: $x is never set"},
		{`$util`, `1:1: $util is no value; call one of its methods: base64Decode, base64Encode, escapeJavaScript, parseJson, urlDecode, urlEncode`},
		{`$util.urlEncode('a', 'b')`, `1:1: $util.urlEncode takes one argument`},
		{`$context.identity.sourceIP`, `1:1: $context.identity has no sourceIP; it has accessKey, accountId, apiKey, apiKeyId, caller, clientCert, cognitoAuthenticationProvider, cognitoAuthenticationType, cognitoIdentityId, cognitoIdentityPoolId, principalOrgId, sourceIp, user, userAgent, userArn, vpcId, vpceId`},
		{`$context.entries()`, `1:1: $context has no entries(); it has containsKey, entrySet, get, isEmpty, keySet, size, values`},
		{`a $b $!{c}`, "1:3: $b is never set\n1:6: $c is never set"},
	} {
		var got []string
		for _, f := range Check("t", c.source) {
			got = append(got, fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Message))
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.source, diff)
		}
	}
}

func TestCheckFindsWhatDoesNotCompile(t *testing.T) {
	for source, place := range map[string]string{"a\n #if($x": "2:", "$input.path('$[')": "1:1", "#macro()#end": "1:"} {
		found := Check("t", source)
		if len(found) == 0 || !strings.HasPrefix(fmt.Sprintf("%d:%d", found[0].Line, found[0].Column), place) {
			t.Errorf("%q: %v, want one at %s", source, found, place)
		}
	}
}
