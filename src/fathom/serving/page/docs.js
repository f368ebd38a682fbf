// The OpenAPI document as a page, made here so that nothing is loaded from elsewhere.
import { ask } from "./ask.js";
import { make } from "./dom.js";
import { startTheme } from "./theme.js";
import { startLanguage } from "./words.js";

startLanguage(document.getElementById("language"));
startTheme(document.getElementById("theme"));

function show(api) {
  document.getElementById("name").textContent = api.info.title;
  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const group = operation.tags?.[0] ?? "";
      groups.set(group, [...(groups.get(group) ?? []), operationOf(api, path, method, operation)]);
    }
  }
  document.getElementById("operations").replaceChildren(
    ...[...groups].flatMap(([name, made]) => [make("h2", { class: "group" }, name), ...made]),
  );
}

function operationOf(api, path, method, operation) {
  return make(
    "details", { class: "card operation" },
    make(
      "summary", {},
      make("span", { class: "method" }, method.toUpperCase()), make("code", {}, path), make("span", { class: "quiet" }, operation.summary),
    ),
    make(
      "div", { class: "body" },
      operation.description ? make("p", {}, operation.description) : null,
      ...block("curl", curl(api, path, method, operation)),
      ...Object.entries(operation.requestBody?.content ?? {}).flatMap(([media, { schema }]) => block(media, schemaOf(api, schema))),
      make(
        "ul", { class: "answers" },
        ...Object.entries(operation.responses ?? {}).map(([status, { description }]) => make("li", {}, make("b", {}, status), description)),
      ),
    ),
  );
}

const block = (title, text) => [make("h3", {}, title), make("pre", { tabindex: "0" }, make("code", {}, text))];

function curl(api, path, method, operation) {
  const url = new URL(path.slice(1), document.baseURI).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  const json = operation.requestBody?.content?.["application/json"];
  if (method === "get" || !json) return `curl '${url}'`;
  const example = resolved(api, json.schema).example;
  return `curl --json '${JSON.stringify(example ?? {}).replaceAll("'", "'\\''")}' '${url}'`;
}

const resolved = (api, schema) => (schema.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : schema);

// References are followed once each, so that a schema can be read on the spot.
function schemaOf(api, schema, seen = []) {
  const follow = (value, seen) => {
    if (Array.isArray(value)) return value.map((each) => follow(each, seen));
    if (value === null || typeof value !== "object") return value;
    if (value.$ref) return seen.includes(value.$ref) ? value : follow(resolved(api, value), [...seen, value.$ref]);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, follow(each, seen)]));
  };
  return JSON.stringify(follow(schema, seen), null, 2);
}

show(await ask("openapi.json"));
