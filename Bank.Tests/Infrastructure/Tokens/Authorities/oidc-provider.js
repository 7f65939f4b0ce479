// An authority for the resource in its argument, with two clients: "machine" signs in with a secret, "app" is
// public and acts for the user "ada", whom it does not ask for anything. It prints its address.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const scopes = "bank bank.read";
const server = createServer();
await new Promise(listening => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const provider = new Provider(issuer, {
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "first", use: "sig", alg: "RS256" }] },
  cookies: { keys: ["a key of the cookies"] },
  clients: [
    {
      client_id: "machine",
      client_secret: "a secret of the machine",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    },
    {
      client_id: "app",
      token_endpoint_auth_method: "none",
      redirect_uris: ["https://app.example.com/callback"],
    },
  ],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => process.argv[2],
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => ({
        scope: scopes,
        audience: resource,
        accessTokenFormat: "jwt",
        accessTokenTTL: 300,
      }),
    },
  },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({
      clientId: oidc.client.clientId,
      accountId: oidc.session.accountId,
    });
    grant.addOIDCScope("openid");
    grant.addResourceScope(process.argv[2], scopes);
    await grant.save();

    return grant;
  },
});

const serve = provider.callback();
server.on("request", (request, response) => request.url.startsWith("/interaction/")
  ? provider.interactionFinished(request, response, { login: { accountId: "ada" } })
  : serve(request, response));
console.log(issuer);
