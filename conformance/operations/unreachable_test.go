package operations

import "path"

// unreachable is an error that is in the model of some operations, and that they cannot answer here.
type unreachable struct {
	code       string
	operations []string // patterns of path.Match
	reason     string
}

var unreachables = []unreachable{
	{"UnauthorizedException", []string{"*"}, "Callers that may not call are refused with the errors that all of AWS's services share, AccessDeniedException and the like."},
	{"TooManyRequestsException", []string{"*"}, "The rate of calls to the control plane is not bounded: that bound protects AWS's machines."},
	{"ServiceUnavailableException", []string{"*Deployment*"}, "A deployment is ready at once."},

	{"BadRequestException", []string{
		"GetApiKey", "GetAuthorizer", "GetBasePathMapping", "GetClientCertificate", "GetDeployment", "GetDocumentationPart", "GetDomainName",
		"GetGatewayResponse", "GetIntegration", "GetIntegrationResponse", "GetModel", "GetModelTemplate", "GetRequestValidator", "GetRestApi",
		"GetSdkType", "GetStage", "GetUsagePlan", "GetUsagePlanKey", "GetVpcLink",
	}, "It is asked for one thing by its id, and an id that names nothing is not found."},
	{"BadRequestException", []string{"GetAccount", "GetStages"}, "Nothing can be wrong with the request: it never pages."},
	{"BadRequestException", []string{"Flush*", "TestInvoke*"}, "It takes what is there as it is; what is not there is not found."},
	{"BadRequestException", []string{
		"DeleteApiKey", "DeleteAuthorizer", "DeleteBasePathMapping", "DeleteDocumentationPart", "DeleteDocumentationVersion", "DeleteDomainName",
		"DeleteDomainNameAccessAssociation", "DeleteGatewayResponse", "DeleteIntegration", "DeleteIntegrationResponse", "DeleteMethodResponse",
		"DeleteModel", "DeleteRequestValidator", "DeleteUsagePlanKey",
	}, "Nothing keeps it from being deleted, or what does is a conflict."},

	{"NotFoundException", []string{
		"GetAccount", "GetApiKeys", "GetClientCertificates", "GetDomainNameAccessAssociations", "GetDomainNames", "GetRestApis", "GetSdkTypes",
		"GetUsagePlans", "GetVpcLinks", "UpdateAccount",
	}, "The account is always there, and so are its collections, empty or not."},
	{"NotFoundException", []string{"GetUsagePlanKeys"}, "A plan that is not there has no keys (recorded AWS answer)."},
	{"NotFoundException", []string{"CreateApiKey", "ImportApiKeys"}, "What a key names need not be there: stageKeys are deprecated, and a usage plan that is missing is a warning."},
	{"NotFoundException", []string{"CreateAuthorizer", "CreateRequestValidator"}, "An API that is not there is another error here (recorded AWS answer)."},
	{"NotFoundException", []string{"ImportRestApi"}, "It names nothing that could be missing."},

	{"ConflictException", []string{"CreateDeployment", "PutIntegration", "PutIntegrationResponse", "PutGatewayResponse"}, "It waits for changes under way instead of refusing, and overwrites."},
	{"ConflictException", []string{"CreateDomainName"}, "A name that is taken is a BadRequestException."},
	{"ConflictException", []string{"CreateRestApi", "CreateUsagePlan", "CreateVpcLink", "GenerateClientCertificate"}, "Names need not be unique."},
	{"ConflictException", []string{"ImportApiKeys", "ImportDocumentationParts", "ImportRestApi", "PutRestApi", "TagResource", "UntagResource"}, "What is there already is overwritten or kept; it is no conflict."},
	{"ConflictException", []string{
		"UpdateAccount", "UpdateApiKey", "UpdateClientCertificate", "UpdateDeployment", "UpdateDocumentationPart", "UpdateDocumentationVersion",
		"UpdateDomainName", "UpdateGatewayResponse", "UpdateIntegration", "UpdateIntegrationResponse", "UpdateMethod", "UpdateMethodResponse",
		"UpdateModel", "UpdateRestApi", "UpdateStage", "UpdateUsage", "UpdateVpcLink",
	}, "What is patched has no name that must be unique, and concurrent changes are made one after the other."},
	{"ConflictException", []string{
		"DeleteApiKey", "DeleteBasePathMapping", "DeleteClientCertificate", "DeleteDeployment", "DeleteDocumentationPart",
		"DeleteDocumentationVersion", "DeleteDomainName", "DeleteDomainNameAccessAssociation", "DeleteGatewayResponse", "DeleteIntegration",
		"DeleteIntegrationResponse", "DeleteMethod", "DeleteMethodResponse", "DeleteResource", "DeleteRestApi", "DeleteStage", "DeleteUsagePlan",
		"DeleteUsagePlanKey", "DeleteVpcLink", "RejectDomainNameAccessAssociation", "Flush*",
	}, "What is in use is a BadRequestException, and concurrent changes are made one after the other."},
	{"ConflictException", []string{"GetExport", "GetSdk", "GetStage", "GetStages"}, "It changes nothing."},

	{"LimitExceededException", []string{"GetExport", "GetSdk", "GetStage", "GetStages"}, "It adds nothing."},
	{"LimitExceededException", []string{"DeleteDeployment", "DeleteStage", "Flush*", "UntagResource"}, "It takes away, and adds nothing."},
	{"LimitExceededException", []string{"CreateBasePathMapping", "CreateDocumentationVersion", "PutGatewayResponse", "PutIntegration", "PutIntegrationResponse", "PutMethod", "PutMethodResponse"}, "AWS has no quota on their number."},
	{"LimitExceededException", []string{"CreateModel"}, "The quota is on the size of all models, and a size is a BadRequestException."},
	{"LimitExceededException", []string{"ImportApiKeys"}, "A key too many is a warning."},
	{"LimitExceededException", []string{
		"UpdateAccount", "UpdateApiKey", "UpdateAuthorizer", "UpdateBasePathMapping", "UpdateClientCertificate", "UpdateDeployment",
		"UpdateDocumentationPart", "UpdateDocumentationVersion", "UpdateDomainName", "UpdateGatewayResponse", "UpdateIntegration",
		"UpdateIntegrationResponse", "UpdateMethodResponse", "UpdateModel", "UpdateRequestValidator", "UpdateUsage", "UpdateVpcLink",
	}, "It changes what is there, and adds nothing that has a quota."},
}

// reason is the index of why an operation cannot answer an error; -1 when it can.
func reason(operation, code string) int {
	for i, u := range unreachables {
		for _, pattern := range u.operations {
			if matches, _ := path.Match(pattern, operation); matches && u.code == code {
				return i
			}
		}
	}
	return -1
}
