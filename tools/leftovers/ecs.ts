import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  ECSClient,
  paginateListClusters,
  paginateListServices,
  paginateListTaskDefinitions,
  type Service,
} from "@aws-sdk/client-ecs";
import {
  ApplicationAutoScalingClient,
  paginateDescribeScalableTargets,
} from "@aws-sdk/client-application-auto-scaling";
import { collect, type Found, type Inventory } from "./inventory";

const found = (type: string, id: string, ...names: (string | undefined)[]): Found => ({ type, id, names, tags: {} });
const lastPart = (arn: string) => arn.split("/").at(-1) ?? "";

export const ecs: Inventory = async (config) => {
  const client = new ECSClient(config);
  const clusters = await collect(paginateListClusters({ client }, {}), (page) => page.clusterArns);
  // Deregistered task definitions stay listed as INACTIVE; AWS keeps them.
  const definitions = await collect(
    paginateListTaskDefinitions({ client }, { status: "ACTIVE" }),
    (page) => page.taskDefinitionArns,
  );
  const perCluster = await Promise.all(
    clusters.map(async (cluster) => {
      const { clusters: described = [] } = await client.send(new DescribeClustersCommand({ clusters: [cluster] }));
      const name = lastPart(cluster);
      return [
        ...described.filter(isActive).map(() => found("aws:ecs/cluster:Cluster", cluster, name)),
        ...(await services(client, cluster))
          .filter(isActive)
          .map(({ serviceArn = "", serviceName }) => found("aws:ecs/service:Service", serviceArn, serviceName, name)),
      ];
    }),
  );
  return [
    ...perCluster.flat(),
    ...definitions.map((arn) => found("aws:ecs/taskDefinition:TaskDefinition", arn, lastPart(arn).split(":")[0])),
    ...(await scalableTargets(config)),
  ];
};

/** Deleted clusters and services stay listed as INACTIVE for a while. */
const isActive = ({ status }: { status?: string }) => status !== "INACTIVE";

async function services(client: ECSClient, cluster: string): Promise<Service[]> {
  const all: Service[] = [];
  // A page has as many services as can be described at once.
  for await (const { serviceArns = [] } of paginateListServices({ client }, { cluster, maxResults: 10 })) {
    if (serviceArns.length === 0) continue;
    const page = await client.send(new DescribeServicesCommand({ cluster, services: serviceArns }));
    all.push(...(page.services ?? []));
  }
  return all;
}

const scalableTargets: Inventory = async (config) => {
  const client = new ApplicationAutoScalingClient(config);
  const targets = await collect(
    paginateDescribeScalableTargets({ client }, { ServiceNamespace: "ecs" }),
    (page) => page.ScalableTargets,
  );
  return targets.map(({ ResourceId = "" }) => found("aws:appautoscaling/target:Target", ResourceId, ResourceId));
};
