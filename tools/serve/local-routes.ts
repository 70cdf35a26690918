import { Hono } from "hono";
import { contract, type Scope, scopes } from "../../service/contract";
import { apiPage } from "../api-page";
import type { TokenIssuer } from "../token-issuer";

interface LocalEnvironment {
  Bindings: { sourceIp: string };
}

/**
 * What the local server offers beside the API: its page, its OpenAPI document, and a sign-in that believes everyone. That stands in
 * `tools/`, which no function's bundle takes anything from.
 */
export function withLocalRoutes(issuer: TokenIssuer, api: (request: Request, sourceIp: string) => Promise<Response>) {
  const app = new Hono<LocalEnvironment>();
  const page = apiPage(contract);

  // A page of elsewhere that has its own name resolve to this machine gets nothing (DNS rebinding).
  app.use(async (c, next) => {
    const { hostname } = new URL(c.req.url);
    if (hostname !== "localhost" && hostname !== "127.0.0.1") return c.text("Only for localhost.\n", 421);
    await next();
  });
  app.get("/", (c) => c.html(page));
  app.get("/openapi.json", (c) => c.json(contract));
  app.post("/local/sign-in", async (c) => {
    const wanted: unknown = await c.req.json().catch(() => undefined);
    if (!isSignIn(wanted))
      return c.text(
        `Send as JSON {"user": any text, "scopes": some of ${JSON.stringify(Object.keys(scopes))}}.\n`,
        400,
      );
    return c.json({ accessToken: issuer.issue(wanted.user, wanted.scopes) }, 200, { "Cache-Control": "no-store" });
  });
  app.all("*", (c) => api(c.req.raw, c.env.sourceIp));
  return app;
}

function isSignIn(value: unknown): value is { user: string; scopes: Scope[] } {
  if (typeof value !== "object" || value === null || !("user" in value) || !("scopes" in value)) return false;
  const { user, scopes: wanted } = value;
  return (
    typeof user === "string" &&
    /\S/.test(user) &&
    Array.isArray(wanted) &&
    wanted.every((scope) => typeof scope === "string" && Object.hasOwn(scopes, scope))
  );
}
