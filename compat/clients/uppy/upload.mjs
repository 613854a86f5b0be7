// Uploads a file with Uppy to a URL that Rostrum signed, as a page of another origin: jsdom asks the server first and
// hides what it does not allow, as browsers do. Prints what Uppy told as JSON.
//
//     node upload.mjs UPLOAD_URL UPLOAD_HEADERS FILE CONTENT_TYPE

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { JSDOM } from "jsdom";

const [url, headers, path, type] = process.argv.slice(2);

const { window } = new JSDOM("", { url: "http://app.test/" });
for (const name of ["window", "document", "XMLHttpRequest", "Blob", "File", "FormData", "DOMException", "ProgressEvent"]) {
    globalThis[name] = name === "window" ? window : window[name];
}
const { default: Uppy } = await import("@uppy/core");
const { default: AwsS3 } = await import("@uppy/aws-s3");

const uppy = new Uppy();
uppy.use(AwsS3, {
    shouldUseMultipart: false,
    signRequest: async () => ({ url, headers: JSON.parse(headers) }),
});
uppy.addFile({ name: basename(path), type, data: new File([readFileSync(path)], basename(path), { type }) });
const { successful, failed } = await uppy.upload();
if (failed.length > 0) throw failed[0].error;
console.log(JSON.stringify({ successful: successful.length, body: successful[0].response.body ?? null }));
process.exit(0);
