// What the parts of the client share. Every file of this client runs in Node and, by script tags, in browsers.
var apiGateway = apiGateway || {};
apiGateway.core = apiGateway.core || {};

apiGateway.core.utils = {
    // assertParametersDefined throws for the first of the names that params does not set.
    assertParametersDefined: function (params, names) {
        names.forEach(function (name) {
            if (!apiGateway.core.utils.isSet(params, name)) {
                throw new Error('Missing required parameter: ' + name);
            }
        });
    },

    isSet: function (params, name) {
        return params !== undefined && params !== null && params[name] !== undefined && params[name] !== null;
    },

    // parseParametersToObject picks the parameters of these names.
    parseParametersToObject: function (params, names) {
        var picked = {};
        names.forEach(function (name) {
            if (apiGateway.core.utils.isSet(params, name)) {
                picked[name] = params[name];
            }
        });
        return picked;
    },

    mergeInto: function (base, more) {
        return Object.assign({}, base, more);
    },

    // percentEncode escapes all but the unreserved characters of RFC 3986.
    percentEncode: function (text) {
        return encodeURIComponent(text).replace(/[!'()*]/g, function (c) {
            return '%' + c.charCodeAt(0).toString(16).toUpperCase();
        });
    },

    // expandPath puts parameters in the place of {name}, and of {name+}, which may span segments.
    expandPath: function (template, params) {
        return template.replace(/\{([^}+]+)(\+?)\}/g, function (_, name, greedy) {
            var value = String(params[name]);
            if (!greedy) {
                return apiGateway.core.utils.percentEncode(value);
            }
            return value.split('/').map(apiGateway.core.utils.percentEncode).join('/');
        });
    },

    // canonicalQueryString is sorted as Signature Version 4 wants it. A list is sent as one pair for each of its items.
    canonicalQueryString: function (queryParams) {
        var pairs = [];
        Object.keys(queryParams).forEach(function (name) {
            [].concat(queryParams[name]).forEach(function (value) {
                pairs.push([apiGateway.core.utils.percentEncode(name), apiGateway.core.utils.percentEncode(value)]);
            });
        });
        pairs.sort(function (a, b) {
            if (a[0] !== b[0]) {
                return a[0] < b[0] ? -1 : 1;
            }
            return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
        });
        return pairs.map(function (pair) { return pair.join('='); }).join('&');
    }
};

if (typeof module === 'object') {
    module.exports = apiGateway.core.utils;
}
