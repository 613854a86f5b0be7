// Fills the page with the operations of openapi.json. All text goes in as text, never as markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
let api = {};

function make(tag, words, ...children) {
  const made = document.createElement(tag);
  if (words) made.className = words;
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

function found(thing) {
  if (!thing || !thing.$ref) return thing;
  return thing.$ref.slice(2).split("/").reduce((at, word) => at[word], api);
}

// --- schemas -----------------------------------------------------------------------------------------------------

function armsOf(schema) {
  return schema.oneOf || schema.anyOf || null;
}

function kind(schema) {
  if (armsOf(schema)) return schema.nullable ? "one of these, or null" : "one of these";
  let word = schema.format === "binary" ? "bytes" : schema.type || "anything";
  if (word === "array") word = "list of " + kind(found(schema.items) || {}).replace(/, or null$/, "");
  return schema.nullable ? word + ", or null" : word;
}

function limits(schema) {
  const between = (low, high, unit) => {
    if (low === undefined && high === undefined) return "";
    if (low === undefined) return `at most ${high}${unit}`;
    if (high === undefined) return `at least ${low}${unit}`;
    return low === high ? `${low}${unit}` : `${low} to ${high}${unit}`;
  };
  const said = [
    between(schema.minimum, schema.maximum, ""),
    between(schema.minLength, schema.maxLength, " characters"),
    between(schema.minItems, schema.maxItems, " entries"),
    schema.enum ? schema.enum.join(" | ") : "",
    schema.default === undefined ? "" : `default ${schema.default}`,
  ];
  return said.filter(Boolean).join("; ");
}

// The word that tells an arm from the others, or else its type.
function armName(arm) {
  const words = Object.entries(arm.properties || {}).filter(([, field]) => field.enum && field.enum.length === 1);
  return words.length ? words.map(([name, field]) => `${name}: ${field.enum[0]}`).join(", ") : kind(arm);
}

function inside(schema) {
  const arms = armsOf(schema);
  if (arms) {
    return arms.map(found).map((arm) => {
      const parts = inside(arm);
      if (!parts.length) return make("div", "more", `${kind(arm)} ${limits(arm)}`);
      return make("details", "arm", make("summary", "", make("code", "", armName(arm))), ...parts);
    });
  }
  if (schema.type === "array" && schema.items) return inside(found(schema.items));
  const names = Object.keys(schema.properties || {});
  if (!names.length) return [];
  const required = schema.required || [];
  names.sort((a, b) => required.includes(b) - required.includes(a) || a.localeCompare(b));
  const rows = names.map((name) => field(name, found(schema.properties[name]), required.includes(name), ""));
  return [make("ul", "fields", ...rows)];
}

function field(name, schema, isRequired, words) {
  const ofItems = schema.type === "array" && schema.items ? limits(found(schema.items)) : "";
  const more = [limits(schema), ofItems].filter(Boolean).join("; ");
  return make("li", "", make("code", "", name), " ", make("span", "kind", kind(schema)), " ",
    isRequired ? make("span", "must", "required") : "", words ? make("div", "more", words) : "",
    more ? make("div", "more", more) : "", ...inside(schema));
}

// --- examples ----------------------------------------------------------------------------------------------------

function example(schema, name) {
  schema = found(schema);
  const arms = armsOf(schema);
  if (arms) return example(arms[0], name);
  if (schema.enum) return schema.enum[0];
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (schema.type === "object") {
    const required = schema.required || Object.keys(schema.properties || {}).slice(0, 1);
    return Object.fromEntries(required.map((word) => [word, example(schema.properties[word], word)]));
  }
  if (schema.type === "array") return schema.items ? [example(schema.items, name)] : [];
  if (schema.type === "integer" || schema.type === "number") return schema.minimum === undefined ? 1 : schema.minimum;
  if (schema.type === "boolean") return true;
  return /url$/.test(name) ? "https://example.com/file" : /_id$/.test(name) ? name.toUpperCase() : "Hello.";
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function curl(method, path, operation, parameters) {
  const asked = parameters.filter((given) => given.in === "query" && given.required);
  const query = asked.map((given) => `${given.name}=${encodeURIComponent(example(given.schema, given.name))}`).join("&");
  const at = path.replaceAll(/\{(\w+)\}/g, (_, name) => name.toUpperCase());
  const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}${quoted(location.origin + at + (query && "?" + query))}`];
  if (!operation.security) lines.push("-H \"X-Api-Key: $KEY\"");
  const content = operation.requestBody ? operation.requestBody.content : {};
  if (content["multipart/form-data"]) {
    lines.push("-F file=@picture.png");
  } else if (content["application/json"]) {
    lines.push("-H 'Content-Type: application/json'");
    lines.push(`-d ${quoted(JSON.stringify(example(content["application/json"].schema, ""), null, 2))}`);
  }
  return lines.join(" \\\n  ");
}

// --- operations --------------------------------------------------------------------------------------------------

function fill(box, method, path, operation) {
  const parameters = (operation.parameters || []).map(found);
  const add = (title, ...parts) => parts.length && box.append(make("h4", "", title), ...parts);
  for (const [place, title] of [["path", "In the path"], ["query", "Query"], ["header", "Headers"]]) {
    const given = parameters.filter((parameter) => parameter.in === place);
    const rows = given.map((one) => field(one.name, one.schema, one.required, one.description || ""));
    if (rows.length) add(title, make("ul", "fields", ...rows));
  }
  for (const [type, body] of Object.entries(operation.requestBody ? operation.requestBody.content : {})) {
    const parts = inside(found(body.schema));
    add(`Body: ${type}`, ...(parts.length ? parts : [make("div", "more", kind(found(body.schema)))]));
  }
  const statuses = Object.entries(operation.responses).map(([status, answer]) =>
    make("tr", "", make("td", "", make("code", "", status)), make("td", "", found(answer).description)));
  if (operation["x-not-built-fields"]) add("Not built yet", make("code", "", operation["x-not-built-fields"].join(", ")));
  if (!operation["x-not-built"]) add("Example", make("pre", "", curl(method, path, operation, parameters)));
  for (const [status, answer] of Object.entries(operation.responses)) {
    const schema = status < "300" && answer.content && found(answer.content["application/json"].schema);
    if (schema) add("Answer", make("details", "arm answer", make("summary", "", make("code", "", status)), ...inside(schema)));
  }
  add("Statuses", make("table", "", make("tbody", "", ...statuses)));
}

function show(method, path, operation) {
  const isBuilt = !operation["x-not-built"];
  const box = make("div", "inside");
  const shown = make("details", isBuilt ? "operation" : "operation unbuilt",
    make("summary", "", make("span", `method ${method}`, method.toUpperCase()), make("span", "path", path),
      make("span", "says", operation.summary)), box);
  shown.id = operation.operationId;
  shown.dataset.words = `${method} ${path} ${operation.summary}`.toLowerCase();
  shown.dataset.built = isBuilt;
  shown.addEventListener("toggle", () => {
    if (shown.open && !box.hasChildNodes()) fill(box, method, path, operation);
    if (shown.open) history.replaceState(null, "", `#${shown.id}`);
  });
  return shown;
}

// Newest generation first, then by path.
function order([a], [b]) {
  const rank = (path) => (/^\/v\d/.test(path) ? -Number(path[2]) : 0);
  return rank(a) - rank(b) || a.localeCompare(b);
}

function narrow() {
  const words = document.getElementById("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = document.getElementById("unbuilt").checked;
  let count = 0;
  for (const section of document.querySelectorAll("#operations section")) {
    let here = 0;
    for (const shown of section.querySelectorAll("details.operation")) {
      const fits = words.every((word) => shown.dataset.words.includes(word));
      shown.hidden = !fits || (shown.dataset.built === "false" && !all);
      here += !shown.hidden;
    }
    section.hidden = !here;
    document.querySelector(`nav a[href="#${section.id}"]`).hidden = !here;
    count += here;
  }
  document.getElementById("none").hidden = count > 0;
}

function open() {
  const asked = document.getElementById(location.hash.slice(1));
  if (!asked) return;
  if (asked.dataset.built === "false") document.getElementById("unbuilt").checked = true;
  narrow();
  if (asked.tagName === "DETAILS") asked.open = true;
  asked.scrollIntoView();
}

async function start() {
  const answer = await fetch("openapi.json");
  if (!answer.ok) throw new Error(`openapi.json answered ${answer.status}`);
  api = await answer.json();
  const nouns = new Map(api.tags.map((tag) => [tag.name, make("section", "", make("h2", "", tag.name))]));
  for (const [path, methods] of Object.entries(api.paths).sort(order)) {
    for (const method of METHODS.filter((method) => methods[method])) {
      const operation = methods[method];
      nouns.get(operation.tags[0]).append(show(method, path, operation));
    }
  }
  for (const [name, section] of nouns) {
    section.id = `noun-${name}`;
    document.getElementById("operations").append(section);
    const link = make("a", "", name);
    link.href = `#${section.id}`;
    document.getElementById("nouns").append(link);
  }
  document.getElementById("filter").addEventListener("input", narrow);
  document.getElementById("unbuilt").addEventListener("change", narrow);
  addEventListener("hashchange", open);
  narrow();
  open();
}

start().catch((error) => document.getElementById("operations").append(make("p", "", `The document cannot be read: ${error.message}`)));
