// Calls a method of the SDK: reads what to call as JSON from the standard input, prints what it gave as JSON.
//
//     NODE_OPTIONS="--require …/instead-of-heygen.cjs" ROSTRUM_URL=… node call.mjs
//
//     {"apiKey": …, "method": "videos.generation.create", "arguments": [{…}]}
//
// An argument {"file": PATH} becomes the file's bytes. Prints {"gave": …} or {"failed": {"message", "status"}}.

import { readFileSync } from "node:fs";
import { HeygenSDK } from "@teamduality/heygen-typescript-sdk";

const call = JSON.parse(readFileSync(0, "utf8"));
const names = call.method.split(".");
const name = names.pop();
const service = names.reduce((inner, part) => inner[part], new HeygenSDK(call.apiKey));
const values = call.arguments.map((value) => (value?.file ? readFileSync(value.file) : value));
try {
    console.log(JSON.stringify({ gave: (await service[name](...values)) ?? null }));
} catch (error) {
    if (error.statusCode === undefined) throw error;
    console.log(JSON.stringify({ failed: { message: error.message, status: error.statusCode } }));
}
