import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { Mocks } from "@pulumi/pulumi/runtime/mocks";
import { load } from "js-yaml";
import type { PolicyResource } from "../policy/rule";
import { plain } from "../policy/values";
import { UserError } from "./cli";
import { RecordingMonitor, runUnderMocks } from "./mocked-engine";
import { repository } from "./paths";

/** A resource that a program registered. */
export interface Registered {
  urn: string;
  type: string;
  /** Logical name. */
  name: string;
  /** URN of the component that it belongs to; empty for the stack itself. */
  parent: string;
  /** False for a component, which exists in Pulumi only. */
  custom: boolean;
  inputs: Record<string, unknown>;
  /** URNs of the resources that an input's value comes from, by input; known before their ids and ARNs are. */
  references: Record<string, string[]>;
  /** URNs of what must exist before it, sorted. */
  dependencies: string[];
}

/** A Pulumi program, as the engine runs it. */
export type Program = () => Promise<Record<string, unknown> | undefined>;

/** Configuration by full key, such as `tap:region`, in the text form in which Pulumi hands it to programs. */
export type ProgramConfiguration = Record<string, string>;

interface ProjectFile {
  name: string;
  config: Record<string, { default?: unknown }>;
}

interface StackFile {
  config?: Record<string, unknown>;
}

/**
 * The project's name, its keys' defaults, and what `Pulumi.<stack>.yaml` sets.
 * @param root folder of the program
 */
export function readConfiguration(
  stack: string,
  root = repository,
): { project: string; configuration: ProgramConfiguration } {
  const { name: project, config: declared } = readYaml(join(root, "Pulumi.yaml")) as ProjectFile;
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new UserError(`There is no stack "${stack}": ${file} does not exist.`);
  const { config: set = {} } = readYaml(file) as StackFile;

  const defaults = Object.entries(declared).map(([key, { default: value }]) => [`${project}:${key}`, value] as const);
  const values = [...defaults, ...Object.entries(set)].filter(([, value]) => value !== undefined);
  return { project, configuration: Object.fromEntries(values.map(([key, value]) => [key, asText(value)])) };
}

/**
 * Runs a program without engine, network or credentials, as a preview, and returns what it registered, by URN.
 * @param calls answers to the provider's functions; one that is not listed is refused.
 */
export async function register(
  program: Program,
  options: { project: string; stack: string; configuration: ProgramConfiguration; calls: Mocks["call"] },
): Promise<Registered[]> {
  const { calls, configuration, project, stack } = options;
  const monitor = new RecordingMonitor({
    newResource: ({ type, name, inputs, custom }) => ({
      // Stands for what only AWS can say, where it becomes part of another name.
      id: custom ? `<${name}>` : undefined,
      state: custom ? { ...(inputs as Record<string, unknown>), ...toldByAws(type, name) } : {},
    }),
    call: calls,
  });
  await runUnderMocks(program, monitor, { project, stack, configuration, preview: true });
  return monitor.requests.map(({ request, urn }) => describe(request, urn)).sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

/** Stands for what AWS adds to the inputs, where the program makes something of it. */
function toldByAws(type: string, name: string): Record<string, unknown> {
  const told = (what: string) => `<${what} of ${name}>`;
  const arn = told("arn");
  switch (type) {
    case "aws:apigateway/restApi:RestApi":
      return { arn, executionArn: told("execution arn") };
    case "aws:apigateway/stage:Stage":
      return { arn, invokeUrl: told("url") };
    case "aws:ec2/vpcEndpoint:VpcEndpoint":
      return { arn, prefixListId: told("prefix list") };
    case "aws:elasticache/replicationGroup:ReplicationGroup":
      return { arn, primaryEndpointAddress: told("address") };
    case "aws:rds/instance:Instance":
      return {
        arn,
        address: told("address"),
        resourceId: told("resource id"),
        masterUserSecrets: [{ secretArn: told("arn of the master's secret") }],
      };
    default:
      return { arn };
  }
}

/** A registered resource as the policies see it. */
export function policyResourceOf({ inputs, name, references, type, urn }: Registered): PolicyResource {
  return { urn, type, name, references, inputs: plain(inputs) as PolicyResource["inputs"] };
}

function describe(request: RegisterResourceRequest, urn: string): Registered {
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    custom: request.getCustom(),
    inputs: request.getObject()?.toJavaScript() ?? {},
    references: referencesOf(request),
    dependencies: [...new Set(request.getDependenciesList())].sort(),
  };
}

function referencesOf(request: RegisterResourceRequest): Record<string, string[]> {
  const references: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((property, input) => {
    const urns = [...new Set(property.getUrnsList())].sort();
    if (urns.length > 0) references[input] = urns;
  });
  return references;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readYaml(file: string): unknown {
  return load(readFileSync(file, "utf8"));
}
