// Sends requests with fetch, and reads answers.
var apiGateway = apiGateway || {};
apiGateway.core = apiGateway.core || {};
if (typeof require === 'function') {
    apiGateway.core.utils = require('./utils.js');
}

apiGateway.core.simpleHttpClientFactory = {
    // newClient takes {endpoint, defaultContentType, defaultAcceptType}.
    newClient: function (config) {
        var utils = apiGateway.core.utils;

        // payload is the body as it is sent: bytes and text as they are, anything else as JSON, undefined for none.
        function payload(request) {
            var body = request.body;
            if (request.verb === 'GET' || request.verb === 'HEAD' || body === undefined || body === null || body === '') {
                return undefined;
            }
            if (typeof body === 'string' || body instanceof Uint8Array || body instanceof ArrayBuffer) {
                return body;
            }
            return Object.keys(body).length === 0 && !Array.isArray(body) ? undefined : JSON.stringify(body);
        }

        function hasHeader(headers, name) {
            return Object.keys(headers).some(function (key) { return key.toLowerCase() === name; });
        }

        // prepare turns {verb, path, headers, queryParams, body} into what fetch is called with.
        function prepare(request) {
            var headers = utils.mergeInto({}, request.headers);
            var body = payload(request);
            if (!hasHeader(headers, 'accept')) {
                headers['Accept'] = config.defaultAcceptType;
            }
            if (body !== undefined && !hasHeader(headers, 'content-type')) {
                headers['Content-Type'] = config.defaultContentType;
            }
            return {
                verb: request.verb,
                path: request.path,
                query: utils.canonicalQueryString(request.queryParams || {}),
                headers: headers,
                body: body
            };
        }

        function parse(text, contentType) {
            if (!/json/i.test(contentType || '')) {
                return text;
            }
            try {
                return JSON.parse(text);
            } catch (e) {
                return text;
            }
        }

        // send resolves to {status, statusText, headers, data, config}. An answer that is no success rejects with an
        // Error that has the same members, and the answer as "response".
        function send(prepared) {
            var url = config.endpoint + prepared.path + (prepared.query ? '?' + prepared.query : '');
            var init = { method: prepared.verb, headers: prepared.headers, body: prepared.body };
            return fetch(url, init).then(function (answer) {
                return answer.text().then(function (text) {
                    var headers = {};
                    answer.headers.forEach(function (value, name) { headers[name] = value; });
                    var result = {
                        status: answer.status,
                        statusText: answer.statusText,
                        headers: headers,
                        data: parse(text, headers['content-type']),
                        config: { method: prepared.verb, url: url, headers: prepared.headers, data: prepared.body }
                    };
                    if (answer.ok) {
                        return result;
                    }
                    throw Object.assign(new Error('Request failed with status code ' + answer.status), result, { response: result });
                });
            });
        }

        return {
            prepare: prepare,
            send: send,
            makeRequest: function (request) {
                return send(prepare(request));
            }
        };
    }
};

if (typeof module === 'object') {
    module.exports = apiGateway.core.simpleHttpClientFactory;
}
