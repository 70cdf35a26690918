import {
  ApplicationAutoScalingClient,
  ListTagsForResourceCommand,
  paginateDescribeScalableTargets,
} from "@aws-sdk/client-application-auto-scaling";
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  paginateListClusters,
  paginateListServices,
  paginateListTaskDefinitions,
  type Service,
  type Tag,
} from "@aws-sdk/client-ecs";
import { askEach, type ClientConfig, collect, type Found, type FoundType, type Inventory } from "./inventory";

const found = (type: FoundType, id: string | undefined, tags: Tag[] = []): Found => ({
  type,
  id: id ?? "",
  names: [id?.split("/").at(-1)?.split(":")[0]],
  tags: Object.fromEntries(tags.map(({ key = "", value = "" }) => [key, value])),
});

export const ecs: Inventory = async (config) => {
  const client = new ECSClient(config);
  const clusters = await collect(paginateListClusters({ client }, {}), (page) => page.clusterArns);
  // Deregistered task definitions stay listed as INACTIVE; AWS keeps them.
  const definitions = await collect(
    paginateListTaskDefinitions({ client }, { status: "ACTIVE" }),
    (page) => page.taskDefinitionArns,
  );
  const perCluster = await askEach(clusters, async (cluster) => {
    const { clusters: described = [] } = await client.send(
      new DescribeClustersCommand({ clusters: [cluster], include: ["TAGS"] }),
    );
    return [
      ...described.filter(isActive).map(({ tags }) => found("aws:ecs/cluster:Cluster", cluster, tags)),
      ...(await services(client, cluster))
        .filter(isActive)
        .map(({ serviceArn, tags }) => found("aws:ecs/service:Service", serviceArn, tags)),
    ];
  });
  const taskDefinitions = await askEach(definitions, async (taskDefinition) => {
    const { tags } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ["TAGS"] }));
    return found("aws:ecs/taskDefinition:TaskDefinition", taskDefinition, tags);
  });
  return [...perCluster.flat(), ...taskDefinitions, ...(await scalableTargets(config))];
};

/** Deleted clusters and services stay listed as INACTIVE for a while. */
const isActive = ({ status }: { status?: string }) => status !== "INACTIVE";

async function services(client: ECSClient, cluster: string): Promise<Service[]> {
  const all: Service[] = [];
  // A page has as many services as can be described at once.
  for await (const { serviceArns = [] } of paginateListServices({ client }, { cluster, maxResults: 10 })) {
    if (serviceArns.length === 0) continue;
    const page = await client.send(new DescribeServicesCommand({ cluster, services: serviceArns, include: ["TAGS"] }));
    all.push(...(page.services ?? []));
  }
  return all;
}

async function scalableTargets(config: ClientConfig): Promise<Found[]> {
  const client = new ApplicationAutoScalingClient(config);
  const targets = await collect(
    paginateDescribeScalableTargets({ client }, { ServiceNamespace: "ecs" }),
    (page) => page.ScalableTargets,
  );
  return askEach(targets, async ({ ResourceId = "", ScalableTargetARN }) => {
    const { Tags = {} } = await client.send(new ListTagsForResourceCommand({ ResourceARN: ScalableTargetARN }));
    return { type: "aws:appautoscaling/target:Target" as const, id: ResourceId, names: [ResourceId], tags: Tags };
  });
}
