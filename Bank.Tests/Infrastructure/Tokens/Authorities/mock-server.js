// An authority that puts whatever it is asked for into a token. It prints its address. Each line of the input
// is an algorithm, for which it makes another key.
import { createInterface } from "node:readline";
import { OAuth2Server } from "oauth2-mock-server";

const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");
server.service.on("beforeTokenSigning", (token, request) =>
  Object.assign(token.payload, JSON.parse(request.body.claims ?? "{}")));
await server.start(0, "127.0.0.1");
console.log(server.issuer.url);

for await (const algorithm of createInterface({ input: process.stdin })) {
  await server.issuer.keys.generate(algorithm);
  console.log(algorithm);
}
