// Runs the page's own masking over a JSON list of texts from standard input.
import { readFileSync } from "node:fs";
import "../site_overrides/assets/kb/redact.js";

const rules = JSON.parse(readFileSync(process.argv[2], "utf8"));
const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => globalThis.kbRedact(rules, text))));
