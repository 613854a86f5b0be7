// Uploads a file with axios and node-fetch, and prints the asset ids by way.
// Arguments: URL of the server, API key, file, its content type.
import fs from "node:fs";
import axios from "axios";
import FormData from "form-data";
import fetch from "node-fetch";

const [base, key, path, contentType] = process.argv.slice(2);

function form() {
  const form = new FormData();
  form.append("file", fs.createReadStream(path), { contentType });
  return form;
}

async function byNodeFetch() {
  const body = form();
  const headers = { "X-Api-Key": key, ...body.getHeaders() };
  const answer = await fetch(`${base}/v3/assets`, { method: "POST", headers, body });
  return (await answer.json()).data.asset_id;
}

async function byAxios() {
  const body = form();
  const headers = { "X-Api-Key": key, ...body.getHeaders() };
  const answer = await axios.post(`${base}/v3/assets`, body, { headers, maxBodyLength: Infinity });
  return answer.data.data.asset_id;
}

async function rawByAxios() {
  const headers = { "X-Api-Key": key, "Content-Type": contentType };
  const answer = await axios.post(`${base}/v1/asset`, fs.createReadStream(path), { headers, maxBodyLength: Infinity });
  return answer.data.data.id;
}

async function directByAxios() {
  const headers = { "X-Api-Key": key };
  const announced = { filename: "sound.wav", content_type: contentType, size_bytes: fs.statSync(path).size };
  const ticket = (await axios.post(`${base}/v3/assets/direct-uploads`, announced, { headers })).data.data;
  await axios.put(ticket.upload_url, fs.readFileSync(path), { headers: ticket.upload_headers, maxBodyLength: Infinity });
  const answer = await axios.post(`${base}/v3/assets/${ticket.asset_id}/complete`, {}, { headers });
  return answer.data.data.asset_id;
}

try {
  const ids = {
    axios: await byAxios(),
    axios_direct: await directByAxios(),
    axios_raw: await rawByAxios(),
    node_fetch: await byNodeFetch(),
  };
  console.log(JSON.stringify(ids));
} catch (error) {
  console.error(error.response?.data ?? error);
  process.exitCode = 1;
}
