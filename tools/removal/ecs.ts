import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServicesCommand,
  ECSClient,
  paginateListTasks,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { collect } from "../leftovers/inventory";
import { unlessGone } from "./refusals";
import { inMinutes, type Removals } from "./removal";

export const ecs: Removals<
  | "aws:appautoscaling/target:Target"
  | "aws:ecs/cluster:Cluster"
  | "aws:ecs/service:Service"
  | "aws:ecs/taskDefinition:TaskDefinition"
> = (config) => {
  const client = new ECSClient(config);
  const scaling = new ApplicationAutoScalingClient(config);
  return {
    // Its policies and their alarms go with it.
    "aws:appautoscaling/target:Target": ({ id }) =>
      scaling.send(
        new DeregisterScalableTargetCommand({
          ServiceNamespace: "ecs",
          ScalableDimension: "ecs:service:DesiredCount",
          ResourceId: id,
        }),
      ),
    // Tasks that operators started by hand are of no service.
    "aws:ecs/cluster:Cluster": async ({ id: cluster }) => {
      const tasks = await collect(paginateListTasks({ client }, { cluster }), (page) => page.taskArns);
      for (const task of tasks) await unlessGone(client.send(new StopTaskCommand({ cluster, task, reason: "sweep" })));
      await client.send(new DeleteClusterCommand({ cluster }));
    },
    "aws:ecs/service:Service": inMinutes(
      async (service) => {
        const { services } = await client.send(
          new DescribeServicesCommand({ cluster: clusterOf(service), services: [service] }),
        );
        return services?.[0]?.status;
      },
      (service) => client.send(new DeleteServiceCommand({ cluster: clusterOf(service), service, force: true })),
    ),
    "aws:ecs/taskDefinition:TaskDefinition": ({ id: taskDefinition }) =>
      client.send(new DeregisterTaskDefinitionCommand({ taskDefinition })),
  };
};

const clusterOf = (serviceArn: string) => serviceArn.split("/").at(-2);
