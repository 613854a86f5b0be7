// Uploads a file with tus-js-client in pieces of 1 MiB, breaks off after the second one, and goes on with a new client
// that knows the address only. Prints what was asked and answered as JSON.
//
//     node upload.mjs ENDPOINT API_KEY FILE

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Upload } from "tus-js-client";

const [endpoint, apiKey, path] = process.argv.slice(2);
const chunkSize = 1024 * 1024;
const file = readFileSync(path);
const requests = [];

const options = {
    chunkSize,
    headers: { "X-Api-Key": apiKey },
    retryDelays: null,
    onAfterResponse: (request, answer) => {
        requests.push({
            method: request.getMethod(),
            from: request.getHeader("Upload-Offset") ?? null,
            status: answer.getStatus(),
            offset: answer.getHeader("Upload-Offset") ?? null,
        });
    },
};

function broken() {
    return new Promise((resolve, reject) => {
        const upload = new Upload(file, {
            ...options,
            endpoint,
            metadata: { filename: basename(path) },
            onError: reject,
            onSuccess: () => reject(new Error("it was not broken off")),
            onChunkComplete: (_size, accepted) => {
                if (accepted >= 2 * chunkSize) {
                    upload.abort().then(() => resolve(upload.url), reject);
                }
            },
        });
        upload.start();
    });
}

function resumed(uploadUrl) {
    return new Promise((resolve, reject) => {
        new Upload(file, { ...options, uploadUrl, onError: reject, onSuccess: resolve }).start();
    });
}

const url = await broken();
await resumed(url);
console.log(JSON.stringify({ url, requests }));
