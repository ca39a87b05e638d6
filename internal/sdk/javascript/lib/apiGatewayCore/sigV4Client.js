// Signs requests with Signature Version 4, with Web Crypto: browsers offer it on secure origins, Node always.
// See "Signature Version 4 signing process" in the AWS General Reference.
var apiGateway = apiGateway || {};
apiGateway.core = apiGateway.core || {};
if (typeof require === 'function') {
    apiGateway.core.utils = require('./utils.js');
    apiGateway.core.simpleHttpClientFactory = require('./simpleHttpClient.js');
}

apiGateway.core.sigV4ClientFactory = {
    // newClient takes what a simpleHttpClient takes, and {accessKey, secretKey, sessionToken, serviceName, region}.
    newClient: function (config) {
        var utils = apiGateway.core.utils;
        var client = apiGateway.core.simpleHttpClientFactory.newClient(config);
        var algorithm = 'AWS4-HMAC-SHA256';

        function webCrypto() {
            return typeof crypto === 'object' ? crypto : require('node:crypto').webcrypto;
        }

        function bytes(data) {
            return typeof data === 'string' ? new TextEncoder().encode(data) : data;
        }

        function hex(buffer) {
            return Array.from(new Uint8Array(buffer), function (b) { return b.toString(16).padStart(2, '0'); }).join('');
        }

        async function hash(data) {
            return hex(await webCrypto().subtle.digest('SHA-256', bytes(data)));
        }

        async function hmac(key, data) {
            var subtle = webCrypto().subtle;
            var imported = await subtle.importKey('raw', bytes(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
            return subtle.sign('HMAC', imported, bytes(data));
        }

        async function signingKey(scope) {
            var key = 'AWS4' + config.secretKey;
            for (var part of scope) {
                key = await hmac(key, part);
            }
            return key;
        }

        // canonicalRequest: the path is escaped a second time, as for every service but S3.
        async function canonicalRequest(prepared, headers) {
            var names = Object.keys(headers).sort();
            return [
                prepared.verb,
                prepared.path.split('/').map(utils.percentEncode).join('/'),
                prepared.query,
                names.map(function (name) { return name + ':' + headers[name] + '\n'; }).join(''),
                names.join(';'),
                await hash(prepared.body === undefined ? '' : prepared.body)
            ].join('\n');
        }

        // sign adds the headers that carry the signature. Date and token are signed with the host.
        async function sign(prepared) {
            var time = new Date().toISOString().replace(/[:-]|\.\d{3}/g, '');
            var scope = [time.substring(0, 8), config.region, config.serviceName, 'aws4_request'];
            var signed = { host: new URL(config.endpoint).host, 'x-amz-date': time };
            prepared.headers['x-amz-date'] = time;
            if (config.sessionToken) {
                prepared.headers['x-amz-security-token'] = signed['x-amz-security-token'] = config.sessionToken;
            }
            var stringToSign = [algorithm, time, scope.join('/'), await hash(await canonicalRequest(prepared, signed))].join('\n');
            var signature = hex(await hmac(await signingKey(scope), stringToSign));
            prepared.headers['Authorization'] = algorithm + ' Credential=' + config.accessKey + '/' + scope.join('/') +
                ', SignedHeaders=' + Object.keys(signed).sort().join(';') + ', Signature=' + signature;
            return prepared;
        }

        return {
            makeRequest: function (request) {
                return sign(client.prepare(request)).then(client.send);
            }
        };
    }
};

if (typeof module === 'object') {
    module.exports = apiGateway.core.sigV4ClientFactory;
}
