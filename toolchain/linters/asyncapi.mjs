// Validates an AsyncAPI document with AsyncAPI's own parser and prints each problem on a line.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

// Severity of a diagnostic: 0 error, 1 warning, 2 information, 3 hint.
const WARNING = 1;

const [path] = process.argv.slice(2);
const { diagnostics } = await new Parser().parse(readFileSync(path, "utf8"));
for (const { severity, code, path: place, message } of diagnostics) {
  console.log(`${severity} ${code} ${place.join(".")}: ${message}`);
}
process.exitCode = diagnostics.some(({ severity }) => severity <= WARNING) ? 1 : 0;
