import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { RecordingMonitor, runUnderMocks } from "../../tools/mocked-engine";
import { repository } from "../../tools/paths";
import { withoutStackTraces } from "./without-stack-traces";

export type Values = Record<string, unknown>;

/** What a program asked the engine to register. */
export interface Recorded {
  urn: string;
  type: string;
  /** Logical name. */
  name: string;
  /** `<Class> <name>` of the component that it belongs to. */
  parent: string;
  /** Plain: secrets without their wrapping, archives as their files' texts. */
  inputs: Values;
  /** Paths of the inputs that are secret. */
  secretInputs: string[];
  /** URNs of the resources that an input's value comes from, by input. */
  references: Record<string, string[]>;
  /** What must exist before it, by its inputs or by `dependsOn`: `<Class> <name>`, sorted. */
  dependencies: string[];
  /** Those of them that no input implies. */
  dependsOn: string[];
  /** Logical name of the provider it was given. */
  provider: string;
  ignoreChanges: string[];
  /** Undefined where the provider decides. */
  deleteBeforeReplace: boolean | undefined;
  /** Names of the hooks that can stop its creation, also in a preview. */
  beforeCreate: string[];
  /** What they say against it. */
  objections: string[];
  retainOnDelete: boolean;
  protect: boolean;
  importId: string;
  /** How long the provider may take, where it is not its default. */
  customTimeouts: { create?: string; update?: string; delete?: string };
  /** What a component, or the stack, says of itself. */
  outputs: Values;
  secretOutputs: string[];
}

export interface RecordOptions {
  /** Answers to the provider's functions by token; one that is not listed is refused. */
  calls?: Record<string, (inputs: Values) => object>;
  /** The stack's configuration by key, as text. */
  configuration?: Record<string, string>;
  stack?: string;
}

const project = "tap";

/** Runs a program under mocks, waits until everything is registered, and returns that, by URN. */
export async function record(program: () => unknown, options: RecordOptions = {}): Promise<Recorded[]> {
  const { recorded, error } = await attempt(program, options);
  if (error) throw error;
  return recorded;
}

/** The same for a program that may fail: with its error, and what it had registered by then. */
export async function attempt(
  program: () => unknown,
  { calls = {}, configuration = {}, stack = "dev" }: RecordOptions,
): Promise<{ recorded: Recorded[]; error: Error | undefined }> {
  const engine = new MockedEngine(calls);
  const options = { project, stack, configuration: fullKeys(configuration), preview: false };
  let error: Error | undefined;
  try {
    await withoutStackTraces(() => runUnderMocks(async () => stackOutputs(await program()), engine, options));
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    error = thrown;
  }
  return { recorded: engine.recorded(), error };
}

/** The one resource of a type, or of a type and a logical name. */
export function only(recorded: Recorded[], type: string, name?: string): Recorded {
  const found = all(recorded, type).filter((resource) => name === undefined || resource.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`expected one ${type} ${name ?? ""}, found ${found.length}`);
  return found[0];
}

export function all(recorded: Recorded[], type: string): Recorded[] {
  return recorded.filter((resource) => resource.type === type);
}

/** How many resources there are of each type; components, providers and the stack are not counted. */
export function counts(recorded: Recorded[]): Record<string, number> {
  const types = recorded.map(({ type }) => type).filter((type) => !/^(tap|pulumi):/.test(type));
  return Object.fromEntries([...new Set(types)].map((type) => [type, types.filter((other) => other === type).length]));
}

/** An error in the form in which the engine hands on a provider's refusal. */
export function refusal(details: string): Error {
  return Object.assign(new Error(details), { details });
}

/** The configuration as the engine hands it to programs. */
function fullKeys(configuration: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(configuration).map(([key, value]) => [`${project}:${key}`, value]));
}

/** What a program tells; one that only makes a component tells nothing. */
function stackOutputs(result: unknown): Values | undefined {
  return pulumi.Resource.isInstance(result) ? undefined : (result as Values | undefined);
}

/** A mock of the engine that plays AWS, too, and notes what components and the stack tell. */
class MockedEngine extends RecordingMonitor {
  private readonly outputs = new Map<string, object>();
  private readonly objections = new Map<RegisterResourceRequest, string[]>();

  constructor(calls: Required<RecordOptions>["calls"]) {
    super({
      newResource: ({ type, name, inputs, custom }) => {
        const id = idOf(type, name);
        return {
          id: custom ? id : undefined,
          state: custom ? { arn: `arn:${id}`, ...(inputs as Values), ...stateOf(type, name) } : {},
        };
      },
      call: ({ token, inputs }) => {
        const answer = calls[token];
        if (!answer) throw refusal(`no answer planned for ${token}`);
        return answer(inputs as Values);
      },
    });
  }

  override async registerResource(...[request, callback]: Parameters<RecordingMonitor["registerResource"]>) {
    this.objections.set(request, await this.objectionsTo(request));
    await super.registerResource(request, callback);
  }

  override registerResourceOutputs(
    request: { getUrn(): string; getOutputs(): { toJavaScript(): object } | undefined },
    callback: (error: unknown, response: object) => void,
  ): void {
    this.outputs.set(request.getUrn(), request.getOutputs()?.toJavaScript() ?? {});
    super.registerResourceOutputs(request, callback);
  }

  recorded(): Recorded[] {
    const recorded = this.requests.map(({ request, urn }) =>
      describeRequest(request, urn, this.outputs.get(urn) ?? {}, this.objections.get(request) ?? []),
    );
    return recorded.sort((a, b) => (a.urn < b.urn ? -1 : 1));
  }

  /** Asks the hooks of a resource, as the engine does before it creates one. */
  private async objectionsTo(request: RegisterResourceRequest): Promise<string[]> {
    const objections: string[] = [];
    for (const hookName of request.getHooks()?.getBeforeCreateList() ?? []) {
      const hook = this.hooks.get(hookName);
      if (!hook?.opts?.onDryRun) throw new Error(`the hook ${hookName} says nothing in a preview`);
      try {
        await hook.callback({ urn: "", id: "", name: request.getName(), type: request.getType() });
      } catch (error) {
        objections.push((error as Error).message);
      }
    }
    return objections;
  }
}

function describeRequest(
  request: RegisterResourceRequest,
  urn: string,
  registeredOutputs: object,
  objections: string[],
): Recorded {
  const inputs = plain(request.getObject()?.toJavaScript() ?? {});
  const outputs = plain(registeredOutputs);
  const dependencies = sortedTitles(request.getDependenciesList());
  const references: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((property, input) => (references[input] = property.getUrnsList()));
  const implied = sortedTitles(Object.values(references).flat());
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: titleOf(request.getParent()),
    inputs: inputs.value as Values,
    secretInputs: inputs.secrets,
    references,
    dependencies,
    dependsOn: dependencies.filter((dependency) => !implied.includes(dependency)),
    provider: nameOf(request.getProvider().replace(/::[^:]*$/, "")),
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    beforeCreate: request.getHooks()?.getBeforeCreateList() ?? [],
    objections,
    retainOnDelete: request.getRetainondelete() ?? false,
    protect: request.getProtect() ?? false,
    importId: request.getImportid(),
    customTimeouts: timeoutsOf(request),
    outputs: outputs.value as Values,
    secretOutputs: outputs.secrets,
  };
}

function timeoutsOf(request: RegisterResourceRequest): Recorded["customTimeouts"] {
  const timeouts = request.getCustomtimeouts();
  const all = { create: timeouts?.getCreate(), update: timeouts?.getUpdate(), delete: timeouts?.getDelete() };
  return Object.fromEntries(Object.entries(all).filter(([, timeout]) => timeout));
}

/** Keys that mark what is not plain data on its way to the engine (Pulumi SDK, "rpc"). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";

/** A value without its wrappings, and the paths at which it was secret. */
function plain(wrapped: unknown, path = ""): { value: unknown; secrets: string[] } {
  if (typeof wrapped !== "object" || wrapped === null) return { value: wrapped, secrets: [] };
  const object = wrapped as Values;
  switch (object[signatureKey]) {
    case secretSignature: {
      const { value, secrets } = plain(object.value, path);
      return { value, secrets: [path, ...secrets] };
    }
    case archiveSignature:
      if (typeof object.path === "string") return { value: filesIn(object.path), secrets: [] };
      return plain(object.assets, path);
    case assetSignature:
      return { value: object.text ?? readFileSync(join(repository, object.path as string), "utf8"), secrets: [] };
    case undefined: {
      const entries = Object.entries(object).map(
        ([key, item]) => [key, plain(item, path ? `${path}.${key}` : key)] as const,
      );
      const secrets = entries.flatMap(([, item]) => item.secrets);
      const values = entries.map(([key, { value }]) => [key, value] as const);
      return { value: Array.isArray(wrapped) ? values.map(([, value]) => value) : Object.fromEntries(values), secrets };
    }
    default:
      throw new Error(`${path} is of a kind that the recorder does not know`);
  }
}

/** Texts by name. */
function filesIn(folder: string): Values {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** Id of a mocked resource; its ARN is `arn:<id>`. */
function idOf(type: string, name: string): string {
  return `${classOf(type)}-${name}`;
}

/** What AWS adds to the inputs, where the program uses it. */
function stateOf(type: string, name: string): Values {
  switch (type) {
    case "aws:apigateway/restApi:RestApi":
      return { executionArn: `arn:execute-api:${name}` };
    case "aws:apigateway/stage:Stage":
      return { invokeUrl: `https://${name}.api.example/stage` };
    case "aws:ec2/vpcEndpoint:VpcEndpoint":
      return { prefixListId: `pl-${name}` };
    case "aws:elasticache/replicationGroup:ReplicationGroup":
      return { primaryEndpointAddress: `${name}.cache.example` };
    case "aws:rds/instance:Instance":
      return {
        address: `${name}.database.example`,
        masterUserSecrets: [{ secretArn: `arn:master-secret:${name}` }],
        resourceId: `db-${name}`,
      };
    case "random:index/randomPassword:RandomPassword":
      return { result: pulumi.secret(`generated ${name}`) };
    default:
      return {};
  }
}

function sortedTitles(urns: string[]): string[] {
  return [...new Set(urns.map(titleOf))].sort();
}

/** `urn:pulumi:dev::tap::tap:network:Vpc$aws:ec2/subnet:Subnet::data-1` is `Subnet data-1`. */
function titleOf(urn: string): string {
  return urn && `${classOf(urn.split("::")[2] ?? "")} ${nameOf(urn)}`;
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

function classOf(type: string): string {
  return type.split(":").at(-1) ?? "";
}
