import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { AwsError } from "./aws-error";
import { LogsStandIn } from "./logs-stand-in";

/** What GetRandomPassword may use (Secrets Manager API reference). */
export const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

export interface Version {
  value?: string;
  stages: string[];
}

/** A failure of one call: before it has an effect, or after it, when only the answer is lost. */
export interface Failure {
  operation: string;
  /** Which of the calls of this operation from now on, from 1. */
  occurrence: number;
  when: "before" | "after";
}

/**
 * The calls of Secrets Manager, ElastiCache and CloudWatch Logs that the functions make, with what AWS enforces about
 * tokens. The tokens are those of a real Redis.
 */
export class AwsStandIn {
  readonly secrets = new Map<string, { rotationEnabled: boolean; versions: Map<string, Version> }>();
  readonly logs = new LogsStandIn();
  /** Every call since the last `clear`, by operation. */
  calls: string[] = [];
  /** Every change of the tokens that took place. */
  changes: string[] = [];
  /** Times the group is still `modifying` when it is described after a change. */
  modifyingFor = 0;
  private failure?: Failure;
  private tokens: string[] = [];
  private stillModifying = 0;

  private constructor(
    private readonly server: Server,
    private readonly applyTokens: (tokens: string[]) => Promise<void>,
  ) {}

  static async start(applyTokens: (tokens: string[]) => Promise<void>): Promise<AwsStandIn> {
    const server = createServer();
    const standIn = new AwsStandIn(server, applyTokens);
    server.on("request", (request, response) => {
      void standIn.answer(request).then(({ status, body }) => response.writeHead(status).end(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return standIn;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  /** One secret with one version, which is the token of the group. */
  async reset(secretId: string, token: string): Promise<void> {
    this.putSecret(secretId, token);
    this.clear();
    this.changes = [];
    this.modifyingFor = this.stillModifying = 0;
    await this.setTokens([token]);
  }

  /** Forgets the calls so far, and the failure that was planned. */
  clear(): void {
    this.calls = [];
    this.failure = undefined;
  }

  putSecret(secretId: string, value: string): void {
    this.secrets.set(secretId, {
      rotationEnabled: true,
      versions: new Map([["version-1", { value, stages: ["AWSCURRENT"] }]]),
    });
  }

  /** As Secrets Manager does at the beginning of a rotation: a version without a value that is pending. */
  prepareRotation(secretId: string, versionId: string): void {
    this.attach(secretId, "AWSPENDING", versionId);
  }

  /** As Secrets Manager does to test a configuration: a copy of the current version that is pending. */
  prepareTest(secretId: string, versionId: string): void {
    this.attach(secretId, "AWSPENDING", versionId).value = this.versionWith(secretId, "AWSCURRENT").value;
  }

  /** One that was made without a value. */
  putEmptySecret(secretId: string): void {
    this.secrets.set(secretId, { rotationEnabled: false, versions: new Map() });
  }

  /** Applies what the group is still taking its time for. */
  settle(): void {
    this.modifyingFor = this.stillModifying = 0;
  }

  /** As if the group had only the token that was added last. */
  forgetTokens(): void {
    this.tokens = this.tokens.slice(-1);
  }

  failAt(failure: Failure): void {
    this.failure = failure;
  }

  /** Id and value of the version with a stage. */
  versionWith(secretId: string, stage: string): { id: string; value?: string } {
    const found = [...this.secret(secretId).versions].find(([, { stages }]) => stages.includes(stage));
    if (!found) throw new AwsError("ResourceNotFoundException", `no version with ${stage}`);
    return { id: found[0], value: found[1].value };
  }

  secret(secretId: string) {
    const secret = this.secrets.get(secretId);
    if (!secret) throw new AwsError("ResourceNotFoundException", `no secret ${secretId}`);
    return secret;
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const body = await text(request);
    const target = request.headers["x-amz-target"];
    const isJson = typeof target === "string";
    const form = new URLSearchParams(isJson ? "" : body);
    const [service, operation = ""] = isJson ? target.split(".") : ["ElastiCache", form.get("Action") ?? ""];
    this.calls.push(operation);
    try {
      const fails = this.failure?.operation === operation && --this.failure.occurrence === 0 ? this.failure : undefined;
      if (fails?.when === "before") throw new AwsError("InjectedFailure", "before");
      const answer = this.call(service, operation, isJson ? JSON.parse(body) : form);
      if (fails) {
        await answer.catch(() => undefined);
        throw new AwsError("InjectedFailure", "after");
      }
      return { status: 200, body: await answer };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message } = error;
      return {
        status: 400,
        body: isJson
          ? JSON.stringify({ __type: code, message })
          : `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error></ErrorResponse>`,
      };
    }
  }

  private async call(service: string | undefined, operation: string, input: unknown): Promise<string> {
    switch (service) {
      case "ElastiCache":
        return await this.callElastiCache(operation, input as URLSearchParams);
      case "Logs_20140328":
        return JSON.stringify(this.logs.call(operation, input as Parameters<LogsStandIn["call"]>[1]));
      default:
        return JSON.stringify(this.callSecretsManager(operation, input as Record<string, string>));
    }
  }

  private callSecretsManager(operation: string, input: Record<string, string>): object {
    const { SecretId = "", VersionStage = "AWSCURRENT", VersionId, ClientRequestToken = "", SecretString } = input;
    switch (operation) {
      case "DescribeSecret": {
        const { rotationEnabled, versions } = this.secret(SecretId);
        const staged = [...versions].filter(([, { stages }]) => stages.length > 0);
        return {
          RotationEnabled: rotationEnabled,
          VersionIdsToStages: Object.fromEntries(staged.map(([id, { stages }]) => [id, stages])),
        };
      }
      case "GetSecretValue": {
        const { id, value } = this.versionWith(SecretId, VersionStage);
        if (value === undefined || (VersionId !== undefined && VersionId !== id))
          throw new AwsError("ResourceNotFoundException", "no such value");
        return { VersionId: id, SecretString: value };
      }
      case "GetRandomPassword": {
        const excluded = `${input.ExcludePunctuation ? punctuation : ""}${input.ExcludeCharacters ?? ""}`;
        const allowed = Array.from(punctuation).filter((character) => !excluded.includes(character));
        const characters = `Aa1${allowed.join("")}${randomBytes(64).toString("hex")}`;
        return { RandomPassword: characters.slice(0, Number(input.PasswordLength)) };
      }
      case "PutSecretValue": {
        const version = this.secret(SecretId).versions.get(ClientRequestToken);
        if (version?.value !== undefined)
          throw new AwsError("ResourceExistsException", "the version has another value");
        for (const stage of [input.VersionStages ?? "AWSCURRENT"].flat())
          this.attach(SecretId, stage, ClientRequestToken).value = SecretString;
        return { VersionId: ClientRequestToken };
      }
      case "UpdateSecretVersionStage":
        this.moveCurrent(SecretId, input.MoveToVersionId ?? "", input.RemoveFromVersionId ?? "");
        return {};
      default:
        throw new AwsError("InvalidAction", operation);
    }
  }

  /** AWS gives the version that was current the stage AWSPREVIOUS. */
  moveCurrent(secretId: string, to: string, from: string): void {
    if (this.versionWith(secretId, "AWSCURRENT").id !== from)
      throw new AwsError("InvalidParameterException", "AWSCURRENT is at another version");
    this.attach(secretId, "AWSPREVIOUS", from);
    this.attach(secretId, "AWSCURRENT", to);
  }

  /** A stage is at one version at a time. */
  private attach(secretId: string, stage: string, versionId: string): Version {
    const { versions } = this.secret(secretId);
    for (const version of versions.values()) version.stages = version.stages.filter((other) => other !== stage);
    const version = versions.get(versionId) ?? { stages: [] };
    version.stages.push(stage);
    versions.set(versionId, version);
    return version;
  }

  private async callElastiCache(operation: string, form: URLSearchParams): Promise<string> {
    switch (operation) {
      case "DescribeReplicationGroups": {
        const status = this.stillModifying-- > 0 ? "modifying" : "available";
        const group = `<ReplicationGroup><ReplicationGroupId>redis-test</ReplicationGroupId><Status>${status}</Status></ReplicationGroup>`;
        return result(operation, `<ReplicationGroups>${group}</ReplicationGroups>`);
      }
      case "ModifyReplicationGroup":
        if (form.get("ReplicationGroupId") !== "redis-test" || form.get("ApplyImmediately") !== "true")
          throw new AwsError("InvalidParameterCombination", "not what a rotation asks for");
        await this.changeToken(form.get("AuthToken") ?? "", form.get("AuthTokenUpdateStrategy") ?? "");
        return result(operation, "<ReplicationGroup><Status>modifying</Status></ReplicationGroup>");
      default:
        throw new AwsError("InvalidAction", operation);
    }
  }

  /** ElastiCache user guide, "Modifying the AUTH token on an existing cluster". */
  private async changeToken(token: string, strategy: string): Promise<void> {
    if (this.stillModifying > 0) throw new AwsError("InvalidReplicationGroupState", "not available");
    const last = this.tokens.slice(-1);
    if (strategy === "SET" && (this.tokens.length !== 2 || last[0] !== token))
      throw new AwsError("InvalidParameterValue", `SET takes the last of two tokens, not ${token}`);
    this.changes.push(strategy);
    this.stillModifying = this.modifyingFor;
    await this.setTokens(strategy === "SET" ? [token] : [...last, token]);
  }

  private async setTokens(tokens: string[]): Promise<void> {
    this.tokens = tokens;
    await this.applyTokens(tokens);
  }
}

const result = (operation: string, content: string) =>
  `<${operation}Response xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><${operation}Result>${content}</${operation}Result></${operation}Response>`;

const escapeXml = (value: string) => value.replace(/[<&]/g, (character) => `&#${character.charCodeAt(0)};`);
