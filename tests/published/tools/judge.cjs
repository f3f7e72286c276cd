// Prints what the AsyncAPI parser and Spectral's own rulesets find in an AsyncAPI and an OpenAPI document.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");
const { Document, Spectral } = require("@stoplight/spectral-core");
const { Json } = require("@stoplight/spectral-parsers");
const rulesets = require("@stoplight/spectral-rulesets");

const shown = (found) =>
  found.map(({ code, message, path, severity }) => ({ code, message, path: path.join("/"), severity }));

async function spectral(ruleset, file) {
  const judge = new Spectral();
  judge.setRuleset({ extends: [[ruleset, "recommended"]] });
  return shown(await judge.run(new Document(readFileSync(file, "utf8"), Json, file)));
}

async function main([asyncapi, openapi]) {
  const found = {
    parser: shown(await new Parser().validate(readFileSync(asyncapi, "utf8"))),
    "spectral:asyncapi": await spectral(rulesets.asyncapi, asyncapi),
    "spectral:oas": await spectral(rulesets.oas, openapi),
  };
  process.stdout.write(JSON.stringify(found));
}

main(process.argv.slice(2));
