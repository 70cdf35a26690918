import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  type ContainerDefinition,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  paginateListServices,
  type Service,
  type TaskDefinition,
} from "@aws-sdk/client-ecs";
import { fargateMemoryFor } from "../../lib/config";
import { securityGroupId } from "./lookups";
import { secretsIn, secretValues } from "./secret-values";
import { accountId, aws, collect, environmentSuffix, nameOf, only, outputs, partition, present, region } from "./stack";

const cluster = outputs.ecsClusterName;

let taskDefinition: TaskDefinition;
let container: ContainerDefinition;
let service: Service;

beforeAll(async () => {
  const definition = await aws.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: outputs.ecsTaskDefinitionArn }),
  );
  taskDefinition = present(definition.taskDefinition, "task definition");
  container = only(taskDefinition.containerDefinitions, "container");
  const arns = await collect(paginateListServices({ client: aws.ecs }, { cluster }), (page) => page.serviceArns);
  expect(arns).toHaveLength(1);
  const { services } = await aws.ecs.send(new DescribeServicesCommand({ cluster, services: arns }));
  service = only(services, "service of the cluster");
});

test("cluster has Container Insights", async () => {
  const { clusters } = await aws.ecs.send(new DescribeClustersCommand({ clusters: [cluster], include: ["SETTINGS"] }));
  expect(only(clusters, "cluster")).toMatchObject({
    clusterName: nameOf("ecs"),
    status: "ACTIVE",
    settings: [{ name: "containerInsights", value: "enabled" }],
  });
});

describe("task", () => {
  test("is Fargate's, of a size that it accepts, with a role to start and a role to work", () => {
    const role = (name: string) => `arn:${partition}:iam::${accountId}:role/${name}`;
    expect(taskDefinition).toMatchObject({
      family: nameOf("analytics"),
      status: "ACTIVE",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
      executionRoleArn: role(nameOf("ecs-execution")),
      taskRoleArn: role(nameOf("ecs-task")),
    });
    expect(fargateMemoryFor(Number(taskDefinition.cpu))).toContain(Number(taskDefinition.memory));
    expect(taskDefinition.volumes ?? []).toEqual([]);
  });

  test("runs without root, on a root file system that nobody can write to", () => {
    expect(container).toMatchObject({
      name: "analytics",
      essential: true,
      user: "101",
      privileged: false,
      readonlyRootFilesystem: true,
      linuxParameters: {
        initProcessEnabled: true,
        capabilities: { add: [], drop: ["ALL"] },
        tmpfs: [{ containerPath: "/tmp", size: 64, mountOptions: ["noexec", "nosuid", "nodev"] }],
      },
    });
    expect(container.image).toMatch(/(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/);
  });

  test("listens on 8080", () => {
    expect(container.portMappings).toMatchObject([{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }]);
    expect(container.portMappings).toHaveLength(1);
  });

  test("is told where to find things, and gets the token of Redis from its secret", async () => {
    expect(secretsIn(JSON.stringify(taskDefinition), await secretValues())).toEqual({ found: 0 });
    const environment = container.environment?.map(({ name, value }) => [name, value]) ?? [];
    expect(Object.fromEntries(environment)).toEqual({
      DATABASE_ENDPOINT: outputs.databaseEndpoint,
      DATABASE_NAME: outputs.databaseName,
      DATABASE_PORT: String(outputs.databasePort),
      DATABASE_USER: "analytics",
      ENVIRONMENT: environmentSuffix,
      REDIS_ENDPOINT: outputs.redisPrimaryEndpoint,
      REDIS_PORT: String(outputs.redisPort),
    });
    expect(container.secrets).toEqual([{ name: "REDIS_AUTH_TOKEN", valueFrom: outputs.redisAuthSecretArn }]);
  });

  test("logs to the encrypted group", () => {
    expect(container.logConfiguration).toMatchObject({
      logDriver: "awslogs",
      options: {
        "awslogs-group": nameOf("ecs-analytics"),
        "awslogs-region": region,
        "awslogs-stream-prefix": "analytics",
      },
    });
  });
});

describe("service", () => {
  test("runs that task definition on Fargate, and nobody gets a shell in it", () => {
    expect(service).toMatchObject({
      serviceName: nameOf("analytics"),
      status: "ACTIVE",
      taskDefinition: outputs.ecsTaskDefinitionArn,
      launchType: "FARGATE",
      enableExecuteCommand: false,
      enableECSManagedTags: true,
      propagateTags: "TASK_DEFINITION",
    });
    expect(service.loadBalancers ?? []).toEqual([]);
  });

  test("rolls a failing deployment back, and never stops a task before its successor runs", () => {
    expect(service.deploymentConfiguration).toMatchObject({
      deploymentCircuitBreaker: { enable: true, rollback: true },
      minimumHealthyPercent: 100,
      maximumPercent: 200,
    });
  });

  test("stands in the private subnets without a public address, in its security group alone", async () => {
    const GroupId = await securityGroupId("analytics");
    const network = present(service.networkConfiguration?.awsvpcConfiguration, "network of the service");
    expect({ ...network, subnets: network.subnets?.toSorted() }).toEqual({
      assignPublicIp: "DISABLED",
      securityGroups: [GroupId],
      subnets: outputs.privateSubnetIds.toSorted(),
    });
  });
});

describe("autoscaling", () => {
  const target = {
    ServiceNamespace: "ecs",
    ScalableDimension: "ecs:service:DesiredCount",
  } as const;
  const ResourceId = `service/${cluster}/${nameOf("analytics")}`;

  test("keeps the number of tasks within its limits", async () => {
    const { ScalableTargets } = await aws.autoScaling.send(
      new DescribeScalableTargetsCommand({ ...target, ResourceIds: [ResourceId] }),
    );
    const { MinCapacity, MaxCapacity } = only(ScalableTargets, "scalable target");
    const [minimum, maximum] = [present(MinCapacity, "minimum"), present(MaxCapacity, "maximum")];
    expect(minimum).toBeGreaterThanOrEqual(0);
    expect(maximum).toBeGreaterThanOrEqual(Math.max(1, minimum));
    expect(maximum).toBeLessThanOrEqual(50);
    expect(service.desiredCount).toBeGreaterThanOrEqual(minimum);
    expect(service.desiredCount).toBeLessThanOrEqual(maximum);
  });

  test("steers for 60 % of CPU", async () => {
    const { ScalingPolicies } = await aws.autoScaling.send(
      new DescribeScalingPoliciesCommand({ ...target, ResourceId }),
    );
    expect(only(ScalingPolicies, "scaling policy")).toMatchObject({
      PolicyName: nameOf("analytics"),
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
        ScaleInCooldown: 300,
        ScaleOutCooldown: 60,
      },
    });
  });
});
