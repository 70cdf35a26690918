import * as pulumi from "@pulumi/pulumi";

/** What the stack's state held before this deployment: whatever exists, also after a deployment that failed. */
export interface PreviousDeployment {
  /** `<type> <logical name>` of every resource; none before the first deployment and after a destroy. */
  resources: ReadonlySet<string>;
  /** Undefined while there is no VPC, in which case nothing is bound to it yet. */
  environment: LivingEnvironment | undefined;
}

/** Of a living environment, what decides which changes AWS can make in place. */
export interface LivingEnvironment {
  environmentSuffix: string;
  region: string;
  vpcCidr: string;
  availabilityZoneCount: number;
  auditTrail: boolean;
  /** Undefined before the database exists. */
  database: LivingDatabase | undefined;
}

export interface LivingDatabase {
  /** As configured: 17, or 17.4. */
  engineVersion: string;
  /** Always with its minor version. */
  actualEngineVersion: string;
  /** GiB; more than configured once storage autoscaling has grown it. */
  allocatedStorage: number;
}

/** A stack's resources by URN, as the engine knows them. */
export type ResourceOutputs = Record<string, { type: string; outputs: Record<string, unknown> }>;

/**
 * Asks the engine for the state before this deployment, by its builtin function. Unlike a StackReference, that leaves no resource behind.
 */
export async function previousDeployment(): Promise<PreviousDeployment> {
  const stackName = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName })) as {
    outputs: ResourceOutputs;
  };
  return describeDeployment(outputs);
}

/** Of a state, which also holds secrets, only what is needed. */
export function describeDeployment(state: ResourceOutputs): PreviousDeployment {
  const resources = Object.entries(state).map(([urn, { type, outputs }]) => ({
    type,
    name: urn.split("::").at(-1) ?? "",
    outputs,
  }));
  const outputsOf = (type: string) => resources.find((resource) => resource.type === type)?.outputs;
  const vpc = outputsOf("aws:ec2/vpc:Vpc") as VpcOutputs | undefined;
  const database = outputsOf("aws:rds/instance:Instance") as InstanceOutputs | undefined;
  return {
    resources: new Set(resources.map(({ type, name }) => `${type} ${name}`)),
    environment: vpc && {
      environmentSuffix: vpc.tags.Name.replace(/^vpc-/, ""),
      region: vpc.arn.split(":")[3] ?? "",
      vpcCidr: vpc.cidrBlock,
      availabilityZoneCount: resources.filter(({ type, name }) => type === subnetType && /^data-\d$/.test(name)).length,
      auditTrail: outputsOf("aws:s3/bucket:Bucket") !== undefined,
      database: database && {
        engineVersion: database.engineVersion,
        actualEngineVersion: database.engineVersionActual,
        allocatedStorage: database.allocatedStorage,
      },
    },
  };
}

const subnetType = "aws:ec2/subnet:Subnet";

interface VpcOutputs {
  arn: string;
  cidrBlock: string;
  tags: { Name: string };
}

interface InstanceOutputs {
  engineVersion: string;
  engineVersionActual: string;
  allocatedStorage: number;
}
