// Uploads a file in every way, with nothing but Node's own fetch, as programs written for HeyGen's API do. Prints the ids
// of the assets by way as JSON.
//
//     node uploads.mjs BASE_URL API_KEY FILE CONTENT_TYPE

import { createReadStream, openAsBlob, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";

const [base, apiKey, path, contentType] = process.argv.slice(2);
const size = statSync(path).size;

async function call(method, url, headers, body) {
    const answer = await fetch(url, { method, headers, body, duplex: "half" });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
}

const withKey = (headers) => ({ "X-Api-Key": apiKey, ...headers });
const post = (url, value) =>
    call("POST", base + url, withKey({ "Content-Type": "application/json" }), JSON.stringify(value));
// A stream has no length of its own; fetch sends it in chunks.
const streamed = () => createReadStream(path);

const ids = {};

const raw = await call("POST", `${base}/v1/asset`, withKey({ "Content-Type": contentType }), readFileSync(path));
if (raw.code !== 100) throw new Error(raw.message);
ids.raw = raw.data.id;

const rawStream = await call("POST", `${base}/v1/asset`, withKey({ "Content-Type": contentType }), streamed());
ids.raw_stream = rawStream.data.id;

const asked = await post("/v1/asset", { content_type: contentType });
if (asked.error) throw new Error(asked.error);
await call("PUT", asked.data.url, { "Content-Type": contentType }, readFileSync(path));
ids.asked_for = asked.data.asset_id;

const askedStream = await post("/v1/asset", { content_type: contentType });
const told = { "Content-Type": contentType, "Content-Length": String(size) };
await call("PUT", askedStream.data.url, told, streamed());
ids.asked_for_stream = askedStream.data.asset_id;

const form = new FormData();
form.append("file", openAsBlob ? await openAsBlob(path) : new Blob([readFileSync(path)]), basename(path));
const multipart = await call("POST", `${base}/v3/assets`, withKey({}), form);
ids.multipart = multipart.data.asset_id;

for (const [way, body] of [["direct", readFileSync(path)], ["direct_stream", streamed()]]) {
    const announced = await post("/v3/assets/direct-uploads", {
        filename: basename(path),
        content_type: contentType,
        size_bytes: size,
    });
    await call("PUT", announced.data.upload_url, announced.data.upload_headers, body);
    const done = await post(`/v3/assets/${announced.data.asset_id}/complete`, {});
    ids[way] = done.data.asset_id;
}

console.log(JSON.stringify(ids));
