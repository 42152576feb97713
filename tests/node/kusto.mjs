// Reads {"tables": {name: "(column: type, …)"}, "queries": {name: text}} from standard input and writes what Microsoft's
// parser makes of it: {"columns": {table: [name, …]}, "findings": {query: [message, …]}, "results": {query: [name, …]}}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { runInThisContext } from "node:vm";

const main = createRequire(import.meta.url).resolve("@kusto/language-service-next");
for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
  runInThisContext(readFileSync(new URL(file, `file://${main}`), "utf8"), { filename: file });
}
const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;

function listed(list) {
  return Array.from({ length: list.Count ?? list.length }, (_, at) => (list.getItem ? list.getItem(at) : list[at]));
}

const { tables, queries } = JSON.parse(readFileSync(0, "utf8"));
const symbols = Object.entries(tables).map(([name, schema]) => new Symbols.TableSymbol.$ctor7(name, schema, ""));
const database = new Symbols.DatabaseSymbol.ctor("workspace", symbols);
const globals = GlobalState.Default.WithDatabase(database);

const answer = { columns: {}, findings: {}, results: {} };
for (const table of listed(globals.Database.Tables)) {
  answer.columns[table.Name] = listed(table.Columns).map((column) => column.Name);
}
for (const [name, text] of Object.entries(queries)) {
  const code = KustoCode.ParseAndAnalyze(text, globals);
  answer.findings[name] = listed(code.GetDiagnostics()).map((found) => `${found.Severity} at ${found.Start}: ${found.Message}`);
  answer.results[name] = code.ResultType?.Columns ? listed(code.ResultType.Columns).map((column) => column.Name) : [];
}
console.log(JSON.stringify(answer));
