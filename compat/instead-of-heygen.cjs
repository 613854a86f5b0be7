// Leads a program of Node's that has HeyGen's address built in to another server, and leaves the program as it is:
//
//     NODE_OPTIONS="--require /path/to/instead-of-heygen.cjs" ROSTRUM_URL=http://127.0.0.1:8080 n8n start
//
// Requests by `fetch` and by `node:https`, on which axios and others stand, go to ROSTRUM_URL when they are for one of the
// hosts below. All others go where they were to go. docs/API-COMPAT.md tells more.

"use strict";

const http = require("node:http");
const https = require("node:https");
const { syncBuiltinESMExports } = require("node:module");
const { urlToHttpOptions } = require("node:url");

const HOSTS = new Set(["api.heygen.com", "api2.heygen.com", "upload.heygen.com"]);

// Read when it is needed first, so that a program's helpers, which may not be told of it, run all the same.
function server() {
    const told = process.env.ROSTRUM_URL;
    if (!URL.canParse(told ?? "") || !/^https?:$/.test(new URL(told).protocol)) {
        throw new Error(`ROSTRUM_URL must be the address of the server, like http://127.0.0.1:8080; it is ${told || "not set"}`);
    }
    const { protocol, port, pathname, href } = new URL(told);
    // Without the brackets of an address of IPv6.
    const { hostname } = urlToHttpOptions(new URL(told));
    return { protocol, hostname, port, prefix: pathname.replace(/\/$/, ""), href };
}

// What a URL says, and no more: Node 18 takes an object with all of `urlToHttpOptions` for the URL it was made of.
function parts(url) {
    const { hostname, port, path, auth } = urlToHttpOptions(url);
    return { hostname, port, path, ...(auth && { auth }) };
}

// As `https.request` takes them: `(options, callback)`, `(url, callback)` or `(url, options, callback)`.
function request(...given) {
    const [first, second] = given;
    const url = typeof first === "string" || first instanceof URL ? new URL(first) : null;
    const more = url && typeof second === "object" ? second : {};
    const options = url ? { ...parts(url), ...more } : { ...first };
    if (!HOSTS.has(options.hostname ?? options.host?.split(":")[0])) return directly(...given);
    const headers = Array.isArray(options.headers)
        ? options.headers
        : Object.fromEntries(Object.entries(options.headers ?? {}).filter(([name]) => name.toLowerCase() !== "host"));
    const { protocol, hostname, port, prefix } = server();
    const path = prefix + (options.path ?? "/");
    const moved = { ...options, headers, protocol, host: hostname, hostname, port: port || undefined, path };
    // These are for the host of before.
    for (const name of ["agent", "agents", "defaultPort", "servername", "lookup"]) delete moved[name];
    const callback = given.find((value) => typeof value === "function");
    return protocol === "https:" ? directly(moved, callback) : http.request(moved, callback);
}

const directly = https.request;
https.request = request;
https.get = (...given) => {
    const asked = request(...given);
    asked.end();
    return asked;
};
syncBuiltinESMExports();

const fetchDirectly = globalThis.fetch;
globalThis.fetch = async (input, init) => {
    const asks = input instanceof Request;
    const url = new URL(asks ? input.url : input);
    if (!HOSTS.has(url.hostname)) return fetchDirectly(input, init);
    const { prefix, href } = server();
    const moved = new URL(prefix + url.pathname + url.search, href);
    return fetchDirectly(asks ? new Request(moved, input) : moved, init);
};
