// Carries out a node of HeyGen's package for n8n, as n8n does: reads what to do as JSON from the standard input, prints what came of
// it as JSON.
//
//     NODE_OPTIONS="--require …/instead-of-heygen.cjs" ROSTRUM_URL=… node execute.cjs < workflow.json
//
//     {"apiKey": …, "do": "execute", "parameters": {…}, "files": {"data": {"path": …, "mimeType": …, "fileName": …}}}
//     {"apiKey": …, "do": "testCredential"}
//     {"apiKey": …, "do": "loadOptions", "method": "getTemplatesList"}
//     {"do": "receive", "parameters": {…}, "body": {…}}
//     {"do": "operations"}
//
// Prints {"items": …} or {"failed": {"message", "status", "body"}}. The package is unchanged; what n8n itself does for it stands below:
// it fills in the values of fields that a person left alone, adds what a credential says to a request, and sends it with axios.

"use strict";

const { readFileSync } = require("node:fs");
const Module = require("node:module");
const axios = require("axios");

class NodeOperationError extends Error {
    constructor(_node, message) {
        super(message);
    }
}

class NodeApiError extends Error {
    constructor(_node, error, options) {
        super(options?.message ?? error.message);
        this.status = error.response?.status;
        this.body = error.response?.data;
    }
}

const load = Module._load;
Module._load = (name, ...rest) =>
    name === "n8n-workflow" ? { NodeOperationError, NodeApiError } : load(name, ...rest);

const PACKAGE = "@heygenofficial/n8n-nodes-heygen-official";
const { HeygenNode } = require(`${PACKAGE}/dist/nodes/Heygen/HeygenNode.node.js`);
const { HeygenTrigger } = require(`${PACKAGE}/dist/nodes/Heygen/HeygenTrigger.node.js`);
const { HeyGenApi } = require(`${PACKAGE}/dist/credentials/HeyGenApi.credentials.js`);

const workflow = JSON.parse(readFileSync(0, "utf8"));
const credential = { apiKey: workflow.apiKey, access_token: workflow.apiKey };

// --- fields ------------------------------------------------------------------------------------------------------

// Whether a form shows a field, by the values of others. A name that begins with a slash is one of the whole form's.
function isShown({ displayOptions = {} }, values, form) {
    const value = (name) => (name.startsWith("/") ? form[name.slice(1)] : values[name]);
    const fits = ([name, wanted]) => wanted.includes(value(name));
    const { show = {}, hide = {} } = displayOptions;
    return Object.entries(show).every(fits) && !Object.entries(hide).some(fits);
}

// The values of all fields that are shown: those given, and for the others those that a form begins with. What is shown
// depends on values, so this goes on until nothing changes.
function filled(fields, given, form) {
    let values = {};
    for (let before = -1; Object.keys(values).length !== before; ) {
        before = Object.keys(values).length;
        for (const field of fields) {
            const known = { ...given, ...values };
            if (field.name in values || !isShown(field, known, form ?? known)) continue;
            values = { ...values, [field.name]: filledField(field, given[field.name], form ?? known) };
        }
    }
    const unknown = Object.keys(given).filter((name) => !(name in values));
    if (unknown.length > 0) throw new Error(`the form shows no ${unknown.join(", ")}`);
    return values;
}

function filledField(field, given, form) {
    if (given === undefined) return structuredClone(field.default);
    if (field.type !== "fixedCollection") return given;
    const part = ([name, values]) => {
        const { values: fields } = field.options.find((option) => option.name === name);
        return [name, Array.isArray(values) ? values.map((one) => filled(fields, one, form)) : filled(fields, values, form)];
    };
    return Object.fromEntries(Object.entries(given).map(part));
}

// The value at a path of a form, e.g. `videoInput.videoInputValues`.
function valueAt(values, path, fallback) {
    const value = path.split(".").reduce((inner, name) => inner?.[name], values);
    if (value !== undefined) return value;
    if (fallback !== undefined) return fallback;
    throw new Error(`could not get parameter "${path}"`);
}

// --- requests ----------------------------------------------------------------------------------------------------

async function httpRequest({ method, url, headers = {}, qs, body, json, encoding, returnFullResponse, baseURL }) {
    const isEmpty = typeof body === "object" && !(body instanceof FormData) && Object.keys(body ?? {}).length === 0;
    const answer = await axios({
        method: method ?? "GET",
        baseURL,
        url,
        params: qs,
        // An empty object is not sent at all.
        data: isEmpty ? undefined : body,
        headers: { "User-Agent": "n8n", ...(json ? { Accept: "application/json" } : {}), ...headers },
        responseType: encoding,
        maxRedirects: 21,
        timeout: 300_000,
    });
    return returnFullResponse ? { body: answer.data, headers: answer.headers, statusCode: answer.status } : answer.data;
}

// Adds what the credential says, where it says something: that of an API key does.
function withCredential(type, request) {
    if (type !== "heyGenApi") {
        return { ...request, headers: { ...request.headers, Authorization: `Bearer ${credential.access_token}` } };
    }
    const told = new HeyGenApi().authenticate.properties.headers;
    const value = (text) => text.replace(/^=\{\{\$credentials\.(\w+)\}\}$/, (_, name) => credential[name]);
    const added = Object.entries(told).map(([name, text]) => [name, value(text)]);
    return { ...request, headers: { ...request.headers, ...Object.fromEntries(added) } };
}

const helpers = {
    httpRequest,
    httpRequestWithAuthentication: (type, request) => httpRequest(withCredential(type, request)),
};

// --- what there is to do -----------------------------------------------------------------------------------------

const surroundings = {
    helpers,
    continueOnFail: () => false,
    getCredentials: async () => credential,
    getNode: () => ({ name: "HeyGen" }),
};

async function execute() {
    const node = new HeygenNode();
    const signIn = workflow.parameters.resource === "oauth" ? {} : { authentication: "apiKey" };
    const values = filled(node.description.properties, { ...signIn, ...workflow.parameters });
    const files = Object.entries(workflow.files ?? {}).map(([name, { path, ...rest }]) => [
        name,
        { data: readFileSync(path).toString("base64"), ...rest },
    ]);
    const context = {
        ...surroundings,
        getInputData: () => [{ json: {}, binary: Object.fromEntries(files) }],
        getNodeParameter: (name, _item, fallback) => valueAt(values, name, fallback),
    };
    const [items] = await node.execute.call(context);
    return items.map((item) => item.json);
}

async function testCredential() {
    return [await helpers.httpRequestWithAuthentication("heyGenApi", new HeyGenApi().test.request)];
}

async function loadOptions() {
    const context = { ...surroundings, getCurrentNodeParameter: () => "apiKey" };
    return await new HeygenNode().methods.loadOptions[workflow.method].call(context);
}

async function receive() {
    const trigger = new HeygenTrigger();
    const values = filled(trigger.description.properties, workflow.parameters ?? {});
    const context = {
        ...surroundings,
        getBodyData: () => workflow.body,
        getNodeParameter: (name, fallback) => valueAt(values, name, fallback),
    };
    const { workflowData } = await trigger.webhook.call(context);
    return workflowData[0].map((item) => item.json);
}

// All that the node can do, by the names that its form shows.
async function operations() {
    const { properties } = new HeygenNode().description;
    const resources = properties.find(({ name }) => name === "resource").options;
    const operations = ({ name, value }) => {
        const shown = properties.find((one) => one.name === "operation" && one.displayOptions.show.resource.includes(value));
        return shown.options.map((option) => ({ resource: name, name: option.name, operation: option.value }));
    };
    return resources.flatMap(operations);
}

const told = { execute, testCredential, loadOptions, receive, operations };

told[workflow.do]()
    .then((items) => ({ items }))
    .catch((error) => ({
        failed: {
            message: error.message,
            status: error.status ?? error.response?.status ?? null,
            body: error.body ?? error.response?.data ?? null,
        },
    }))
    .then((outcome) => console.log(JSON.stringify(outcome)));
