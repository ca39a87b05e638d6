package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"postern/internal/apidef"
)

// A quota goes on where it was when a server stops and starts again, and GetUsage tells of every request.
func TestQuotasSurviveARestart(t *testing.T) {
	o := options()
	o.Data = t.TempDir()
	s, stop := run(t, o)
	api := call(t, s, "POST", "/restapis", `{"name": "test"}`)
	id, root := field(t, api, "id"), field(t, api, "rootResourceId")
	method := "/restapis/" + id + "/resources/" + root + "/methods/GET"
	call(t, s, "PUT", method, `{"authorizationType": "NONE", "apiKeyRequired": true}`)
	call(t, s, "PUT", method+"/responses/200", `{}`)
	call(t, s, "PUT", method+"/integration", `{"type": "MOCK", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}}`)
	call(t, s, "PUT", method+"/integration/responses/200", `{}`)
	call(t, s, "POST", "/restapis/"+id+"/deployments", `{"stageName": "dev"}`)
	plan := field(t, call(t, s, "POST", "/usageplans",
		`{"name": "plan", "apiStages": [{"apiId": "`+id+`", "stage": "dev"}], "quota": {"limit": 5, "period": "MONTH"}}`), "id")
	key := call(t, s, "POST", "/apikeys", `{"enabled": true}`)
	call(t, s, "POST", "/usageplans/"+plan+"/keys", `{"keyType": "API_KEY", "keyId": "`+field(t, key, "id")+`"}`)
	ask := func(s *Server) int {
		req, err := http.NewRequest("GET", "http://"+s.Addr()+"/_aws/execute-api/"+id+"/dev/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("x-api-key", field(t, key, "value"))
		status, _, _ := do(t, req)
		return status
	}
	for range 3 {
		if status := ask(s); status != 200 {
			t.Fatalf("status %d", status)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	s, _ = run(t, o)
	for i, want := range []int{200, 200, 429} {
		if status := ask(s); status != want {
			t.Errorf("request %d after the restart: status %d, want %d", i+1, status, want)
		}
	}
	today := time.Now().UTC().Format(time.DateOnly)
	usage := call(t, s, "GET", "/usageplans/"+plan+"/usage?startDate="+today+"&endDate="+today, "")
	if !strings.Contains(usage, "[[5,0]]") {
		t.Errorf("usage is %s, want [[5,0]]", usage)
	}
}

// Either limit of the account bounds, with AWS's figure for the other; none bounds nothing, and shows AWS's figures.
func TestAccountLimits(t *testing.T) {
	for _, c := range []struct {
		rate  float64
		burst int
		shown string
	}{
		{-1, -1, `{"burstLimit":5000,"rateLimit":10000.0}`},
		{7, -1, `{"burstLimit":5000,"rateLimit":7.0}`},
		{-1, 7, `{"burstLimit":7,"rateLimit":10000.0}`},
		{0, 0, `{"burstLimit":0,"rateLimit":0.0}`},
	} {
		o := options()
		o.Traffic.Account = &apidef.ThrottleSettings{RateLimit: &c.rate, BurstLimit: &c.burst}
		s, _ := run(t, o)
		if account := call(t, s, "GET", "/account", ""); !strings.Contains(account, `"throttleSettings":`+c.shown) {
			t.Errorf("rate %v, burst %v: GetAccount answers %s, want %s", c.rate, c.burst, account, c.shown)
		}
		if unlimited := s.traffic.account.Unlimited(); unlimited != (c.rate < 0 && c.burst < 0) {
			t.Errorf("rate %v, burst %v: unlimited %v", c.rate, c.burst, unlimited)
		}
	}
}
