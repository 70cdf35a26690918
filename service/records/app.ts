import { type Context, Hono } from "hono";
import type { OpenAPIV3 } from "openapi-types";
import { type OperationId, type Route, routes } from "../contract";
import type { ModelName } from "../contract-schemas";
import { describeError } from "../describe-error";
import type { Log } from "../log";
import { UnavailableError } from "../unavailable-error";
import { isUuid } from "../uuid";
import type { AccessContext } from "./access";
import type { ReadToken } from "./access-tokens";
import { type AuditLine, type AuditLog, newLine } from "./audit-log";
import { problemOf } from "./failures";
import type { HealthChecks } from "./health";
import type { Metrics } from "./metrics";
import type { Answer, Operation } from "./operations/operation";
import { requireLive } from "./operations/sessions";
import { lacksScope, Problem, problemDocument } from "./problems";
import type { Lookup, ReadCache } from "./read-cache";
import type { Sessions } from "./sessions";
import { type Parameters, readBody, readParameters } from "./validation";

/** What whoever receives the request knows of it, in the form of API Gateway's proxy event. */
export interface Bindings {
  requestContext: {
    /** Nobody else chooses it: the audit trail names the request by it. */
    requestId: string;
    identity: { sourceIp: string };
    authorizer?: { claims?: Record<string, unknown> } | null;
  };
}

export interface AppArgs {
  health: HealthChecks;
  operations: Record<Exclude<OperationId, "getHealth">, Operation>;
  readToken: ReadToken;
  sessions: Sessions;
  cache: ReadCache;
  auditLog: AuditLog;
  log: Log;
  metrics: Metrics;
}

interface AppEnvironment {
  Bindings: Bindings;
  Variables: { operation?: OperationId };
}

type AppContext = Context<AppEnvironment>;

/** Answers hold data of patients, or the state of the moment: nobody may keep them. */
const commonHeaders = {
  "Cache-Control": "no-store",
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "X-Content-Type-Options": "nosniff",
};

/** The records API, wherever its requests come from: every operation of the contract, audited (45 CFR 164.312(b)). */
export function createApp(args: AppArgs) {
  const { health, log } = args;
  const app = new Hono<AppEnvironment>();

  app.use(async (c, next) => {
    const startedAt = performance.now();
    await next();
    // The operation, never the path: a path holds identifiers of patients.
    const operation = c.get("operation") ?? "none";
    const durationMs = Math.round(performance.now() - startedAt);
    log.info("answered", { operation, status: c.res.status, durationMs, requestId: requestIdOf(c) });
  });

  app.get("/health", async (c) => {
    c.set("operation", "getHealth");
    const current = await health.current();
    return c.json(current, current.status === "ok" ? 200 : 503, commonHeaders);
  });

  for (const route of routes)
    if (route.operationId !== "getHealth") {
      const handler = new OperationHandler(args, route, args.operations[route.operationId]);
      app.on(route.method.toUpperCase(), honoPath(route.path), (c) => handler.handle(c));
    }

  app.notFound((c) => {
    const methods = routes.filter(({ path }) => matches(path, c.req.path)).map(({ method }) => method.toUpperCase());
    if (methods.length === 0) return problem(c, new Problem(404, "There is nothing at this path."));
    const Allow = methods.join(", ");
    return problem(c, new Problem(405, `Allowed here: ${Allow}.`, { headers: { Allow } }));
  });

  app.onError((error, c) => {
    log.error("failed", { requestId: requestIdOf(c), error: describeError(error) });
    return problem(c, problemOf(error, false));
  });
  return app;
}

/** One operation, from token to audit. */
class OperationHandler {
  private readonly parameters: OpenAPIV3.ParameterObject[];
  private readonly bodyModel: ModelName | undefined;

  constructor(
    private readonly args: AppArgs,
    private readonly route: Route,
    private readonly operation: Operation,
  ) {
    const { parameters = [], requestBody } = route.declared;
    this.parameters = parameters as OpenAPIV3.ParameterObject[];
    const schema = (requestBody as OpenAPIV3.RequestBodyObject | undefined)?.content["application/json"]?.schema;
    this.bodyModel = (schema as OpenAPIV3.ReferenceObject | undefined)?.$ref.split("/").at(-1) as ModelName | undefined;
  }

  /** What was answered, only if it is in the audit log. */
  async handle(c: AppContext): Promise<Response> {
    c.set("operation", this.route.operationId);
    const access: AccessContext = {
      userId: null,
      action: this.route.operationId,
      requestId: requestIdOf(c),
      sourceAddress: c.env.requestContext.identity.sourceIp,
    };
    const authorization = c.req.header("Authorization");
    try {
      const answer = await this.run(c, access, authorization);
      await this.audit(access, answer);
      return respond(answer);
    } catch (error) {
      const refusal = problemOf(error, authorization !== undefined);
      if (refusal.status >= 500) throw error;
      await this.args.auditLog.write([newLine(access, { ...subject(c), outcome: "refused" })]);
      return problem(c, refusal);
    }
  }

  private async run(c: AppContext, access: AccessContext, authorization: string | undefined): Promise<Answer> {
    const { readToken, sessions, cache } = this.args;
    const token = await readToken(authorization, c.env.requestContext.authorizer?.claims);
    access.userId = token.signIn.userId;
    const { scope } = this.route;
    if (scope !== null && !token.scopes.includes(scope)) throw lacksScope(scope);
    const parameters = readParameters(this.parameters, {
      path: c.req.param(),
      query: c.req.queries(),
      header: (name) => c.req.header(name),
    });
    const body = this.bodyModel === undefined ? {} : await readBody(c.req.raw, this.bodyModel);
    const call = { access: { ...access, userId: token.signIn.userId }, token, parameters, body };
    if (this.operation.withoutSession) return this.operation.run({ ...call, lookup: { state: "bypassed" } }, undefined);

    // Both leave at once, so that they take one round trip.
    const [admission, lookup] = await Promise.all([sessions.use(token.signIn), this.lookUp(parameters)]);
    if (admission.state !== "live") await cache.release(lookup);
    return this.operation.run({ ...call, lookup }, requireLive(admission));
  }

  private lookUp(parameters: Parameters): Promise<Lookup<unknown>> {
    const key = this.operation.cacheKey?.(parameters);
    return key === undefined ? Promise.resolve({ state: "bypassed" }) : this.args.cache.lookUp(key);
  }

  private async audit(access: AccessContext, { accessed = [], receipts }: Answer): Promise<void> {
    const { auditLog, metrics, log } = this.args;
    if (!receipts) return auditLog.write(accessed.map((entry) => newLine(access, entry)));
    try {
      await auditLog.write(receipts.map((receipt) => ({ ...access, ...receipt })));
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      // The write has taken effect, and its entry with it.
      metrics.count("AuditLogFailures");
      log.error("audit log failed after a write", { requestId: access.requestId, error: describeError(error) });
    }
  }
}

/** Whose data a refused request was after, as far as its path says so. */
function subject(c: AppContext): Pick<AuditLine, "patientId" | "recordId"> {
  const named = Object.entries(c.req.param() as Record<string, string>).filter(([, value]) => isUuid(value));
  return Object.fromEntries(named);
}

/** Made of plain headers, as `Headers` are slow and nobody reads them again. */
function respond({ status, body, headers }: Answer): Response {
  const all = { ...commonHeaders, ...headers };
  if (body === undefined) return new Response(null, { status, headers: all });
  return new Response(JSON.stringify(body), { status, headers: { ...all, "Content-Type": "application/json" } });
}

function problem(c: AppContext, reason: Problem): Response {
  const body = JSON.stringify(problemDocument(reason, requestIdOf(c)));
  const headers = { ...commonHeaders, ...reason.extras.headers, "Content-Type": "application/problem+json" };
  return new Response(body, { status: reason.status, headers });
}

const requestIdOf = (c: AppContext) => c.env.requestContext.requestId;

const honoPath = (template: string) => template.replace(/\{(\w+)\}/g, ":$1");

const matches = (template: string, path: string) => new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`).test(path);
