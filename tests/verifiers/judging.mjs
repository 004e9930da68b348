// Judges the export that each line of standard input names, `[FOLDER, KEPT CHECKPOINT...]`, with the program of the docs.
import { createInterface } from "node:readline";
import { judge } from "../../docs/verifiers/verify.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const [folder, ...kept] = JSON.parse(line);
  console.log(JSON.stringify(judge(folder, kept)));
}
