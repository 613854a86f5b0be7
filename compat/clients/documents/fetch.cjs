// An example that hands npm's form-data to `fetch` was written for the npm package of that name: Node's own fetch sends
// such a form as the text "[object FormData]".
globalThis.fetch = require("node-fetch");
