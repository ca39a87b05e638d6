package control

import (
	"strings"
	"testing"
)

// A cache cluster is there, empty or gone when the stage is read after a moment; no clock runs beside it.
// Source: developer guide, "Cache settings for REST APIs in API Gateway"; how long it takes is Postern's own.
func TestCacheClusterChangesItsStatus(t *testing.T) {
	d := newDialogue(inMemory(t), Options{})
	for _, moment := range []string{`
POST /restapis
{"name": "cached"}
-> 201
{"id": "$api", "rootResourceId": "$root", "...": ""}

PUT /restapis/$api/resources/$root/methods/GET
{"authorizationType": "NONE"}
-> 201
{"...": ""}

PUT /restapis/$api/resources/$root/methods/GET/integration
{"type": "MOCK"}
-> 201
{"...": ""}

# A new stage's cluster is being created, also where a deployment makes the stage
POST /restapis/$api/deployments
{"stageName": "dev", "cacheClusterEnabled": true}
-> 201
{"id": "$deployment", "...": ""}

GET /restapis/$api/stages/dev
-> 200
{"cacheClusterEnabled": true, "cacheClusterSize": "0.5", "cacheClusterStatus": "CREATE_IN_PROGRESS", "...": ""}

POST /restapis/$api/stages
{"stageName": "test", "deploymentId": "$deployment", "cacheClusterEnabled": true, "cacheClusterSize": "1.6"}
-> 201
{"cacheClusterSize": "1.6", "cacheClusterStatus": "CREATE_IN_PROGRESS", "...": ""}`, `
GET /restapis/$api/stages
-> 200
{"item": [{"stageName": "dev", "cacheClusterStatus": "AVAILABLE", "...": ""}, {"stageName": "test", "cacheClusterStatus": "AVAILABLE", "...": ""}]}

# A deployment that says nothing of the cluster leaves it
POST /restapis/$api/deployments
{"stageName": "dev"}
-> 201
{"...": ""}

GET /restapis/$api/stages/dev
-> 200
{"cacheClusterStatus": "AVAILABLE", "...": ""}

# [API reference: FlushStageCache]
DELETE /restapis/$api/stages/dev/cache/data
-> 202

GET /restapis/$api/stages/dev
-> 200
{"cacheClusterStatus": "FLUSH_IN_PROGRESS", "...": ""}

PATCH /restapis/$api/stages/test
replace /cacheClusterEnabled false
-> 200
{"cacheClusterEnabled": false, "cacheClusterSize": "1.6", "cacheClusterStatus": "DELETE_IN_PROGRESS", "...": ""}

# Another size is another cluster [inferred]
POST /restapis/$api/deployments
{"stageName": "dev", "cacheClusterSize": "6.1"}
-> 201
{"...": ""}

GET /restapis/$api/stages/dev
-> 200
{"cacheClusterSize": "6.1", "cacheClusterStatus": "CREATE_IN_PROGRESS", "...": ""}`, `
GET /restapis/$api/stages
-> 200
{"item": [{"stageName": "dev", "cacheClusterStatus": "AVAILABLE", "...": ""}, {"stageName": "test", "cacheClusterStatus": "NOT_AVAILABLE", "...": ""}]}`} {
		for step := range strings.SplitSeq(moment, "\n\n") {
			d.play(t, step)
		}
		d.seconds += 2
	}
}
