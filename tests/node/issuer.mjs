// An OpenID Connect issuer that obeys one JSON command a line on standard input and answers each with one on standard
// output: {"do": "token", "payload": {…}}, {"do": "grant", "payload": {…}} for the access tokens of all who sign in,
// {"do": "rotate", "kid": "…"}, {"do": "stop"}.
import { createInterface } from "node:readline";
import { OAuth2Server } from "oauth2-mock-server";

let server;
let port = 0;

async function start(kid) {
  server = new OAuth2Server();
  await server.issuer.keys.generate("RS256", { kid });
  await server.start(port, "127.0.0.1");
  port = server.address().port;
}

async function obey({ do: what, payload, kid }) {
  switch (what) {
    case "token":
      return { token: await server.issuer.buildToken({ scopesOrTransform: (_, claims) => Object.assign(claims, payload) }) };
    case "grant":
      server.service.on("beforeTokenSigning", (token) => {
        if (token.payload.aud === undefined) Object.assign(token.payload, payload);
      });
      return {};
    case "rotate":
      if (server.listening) await server.stop();
      await start(kid);
      return {};
    case "stop":
      if (server.listening) await server.stop();
      return {};
    default:
      throw new Error(`unknown command ${what}`);
  }
}

await start("key-1");
console.log(JSON.stringify({ url: server.issuer.url }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await obey(JSON.parse(line))));
}
process.exit(0);
