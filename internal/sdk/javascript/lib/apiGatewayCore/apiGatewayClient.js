// Sends a request of the API: signed or not, with its API key.
var apiGateway = apiGateway || {};
apiGateway.core = apiGateway.core || {};
if (typeof require === 'function') {
    apiGateway.core.utils = require('./utils.js');
    apiGateway.core.simpleHttpClientFactory = require('./simpleHttpClient.js');
    apiGateway.core.sigV4ClientFactory = require('./sigV4Client.js');
}

apiGateway.core.apiGatewayClientFactory = {
    newClient: function (simpleHttpClientConfig, sigV4ClientConfig) {
        var utils = apiGateway.core.utils;
        var simpleHttpClient = apiGateway.core.simpleHttpClientFactory.newClient(simpleHttpClientConfig);
        var sigV4Client = apiGateway.core.sigV4ClientFactory.newClient(sigV4ClientConfig);

        return {
            // makeRequest takes {verb, path, headers, queryParams, body}, whether to sign it ("AWS_IAM") or not ("NONE"),
            // headers and query parameters that go over the request's own, and the API key.
            makeRequest: function (request, authType, additionalParams, apiKey) {
                var own = apiKey ? { 'x-api-key': apiKey } : {};
                var whole = {
                    verb: request.verb,
                    path: request.path,
                    headers: Object.assign(own, request.headers, additionalParams.headers),
                    queryParams: utils.mergeInto(request.queryParams, additionalParams.queryParams),
                    body: request.body
                };
                return (authType === 'AWS_IAM' ? sigV4Client : simpleHttpClient).makeRequest(whole);
            }
        };
    }
};

if (typeof module === 'object') {
    module.exports = apiGateway.core.apiGatewayClientFactory;
}
