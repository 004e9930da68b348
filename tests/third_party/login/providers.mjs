// Serves one oidc-provider for each login that standard input's first line describes, each on a free port of this
// machine: `[{"client": ID, "people": {SUB: {claim: value}}}]`. What they answer is their own doing; only the page on which
// somebody would type his password is ours, and takes the `login_hint` for it. Prints `[{"issuer", "jwks"}]` on one line,
// and stops when standard input is closed.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const REDIRECT = "https://portal.example/back";
const STRONG = "substantial";

async function provided({ client, people }) {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const named = { kid: "login-1", alg: "ES256", use: "sig" };
  const known = Object.keys(Object.assign({}, ...Object.values(people)));
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), ...named }] },
    clients: [
      {
        client_id: client,
        redirect_uris: [REDIRECT],
        token_endpoint_auth_method: "none",
        id_token_signed_response_alg: "ES256",
        require_auth_time: true,
      },
    ],
    acrValues: [STRONG],
    claims: { openid: ["sub", ...known], acr: null, auth_time: null, iss: null },
    conformIdTokenClaims: false,
    cookies: { keys: ["a key for tests"] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, sub) => sub in people && { accountId: sub, claims: () => ({ sub, ...people[sub] }) },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  });
  provider.on("server_error", (_, error) => console.error(error));
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url.startsWith("/interaction/")) {
      return answer(request, response);
    }
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (prompt.name === "login") {
      const login = { accountId: params.login_hint, acr: STRONG, amr: ["pwd", "otp"], remember: false };
      return provider.interactionFinished(request, response, { login });
    }
    const grant = new provider.Grant({ accountId: session.accountId, clientId: client });
    grant.addOIDCScope("openid");
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  });
  return { issuer, jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), ...named }] } };
}

const input = createInterface({ input: process.stdin });
input.once("line", async (line) => console.log(JSON.stringify(await Promise.all(JSON.parse(line).map(provided)))));
input.on("close", () => process.exit(0));
