import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { privateRegistry } from "./config";
import { allowPostgres, allowRedis } from "./data-stores";
import { regionalArn, type Environment } from "./environment";
import { createServiceRole, resolveStatements, serviceTrust, type ServiceRole, type StatementArgs } from "./iam";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { phiTags, resourceName, serviceLogGroups } from "./naming";
import { readSecrets } from "./secret-access";
import { allowAwsApis, allowS3, createSecurityGroup } from "./security-groups";
import { type FunctionNetwork } from "./vpc-function";

export interface EcsArgs {
  environment: Environment;
  network: FunctionNetwork;
  database: {
    host: pulumi.Input<string>;
    port: number;
    name: string;
    securityGroupId: pulumi.Input<string>;
    /** Names the instance in `rds-db:connect` permissions. */
    resourceId: pulumi.Input<string>;
  };
  redis: {
    host: pulumi.Input<string>;
    port: number;
    securityGroupId: pulumi.Input<string>;
    /** Secret whose whole text is the AUTH token. */
    secretArn: pulumi.Input<string>;
  };
  /** Key of the secrets. */
  secretsKeyArn: pulumi.Input<string>;
  /** Listens on 8080, does not run as root, writes to /tmp only. */
  image: string;
  /** CPU units; 1024 are one vCPU. */
  cpu: number;
  /** MiB; a value that Fargate accepts beside `cpu`. */
  memory: number;
  /** Tasks that run at least; 0 for none. */
  minimumTasks: number;
  /** Tasks that autoscaling may run at most. */
  maximumTasks: number;
  /** For the tasks' logs. */
  taskLogs: LogGroupsArgs;
  /** For Container Insights. */
  logs: LogGroupsArgs;
}

const containerName = "analytics";
const containerPort = 8080;

/** PostgreSQL role of the tasks; it signs in with IAM. */
const databaseUser = "analytics";

/** CPU utilization, in percent, that autoscaling steers for. */
const targetCpuUtilization = 60;

/**
 * Fargate tasks for analytics over the records: private subnets, read-only root file system, no root user, credentials from Secrets Manager and IAM
 * (45 CFR 164.312(a)(1), FSBP ECS.2 to ECS.12). Nobody can connect to them: they have no load balancer and their security group admits nothing.
 */
export class Ecs extends pulumi.ComponentResource {
  readonly clusterName: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;
  readonly taskDefinitionArn: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: EcsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:analytics:Ecs", name, {}, opts);

    const cluster = this.createCluster();
    const executionRole = this.createExecutionRole();
    const taskRole = this.createTaskRole();
    const taskDefinition = this.createTaskDefinition(this.createTaskLogGroup(), executionRole, taskRole);
    const service = this.createService(cluster, taskDefinition, this.createSecurityGroup(), executionRole);
    this.createAutoscaling(cluster, service);
    this.watchFailures();
    this.clusterName = cluster.name;
    this.serviceName = service.name;
    this.taskDefinitionArn = taskDefinition.arn;

    this.registerOutputs({
      clusterName: this.clusterName,
      serviceName: this.serviceName,
      taskDefinitionArn: this.taskDefinitionArn,
    });
  }

  private createCluster() {
    const clusterName = this.name("ecs");
    const insights = createLogGroup(
      this,
      "container-insights",
      serviceLogGroups.containerInsights(clusterName),
      this.args.logs,
    );
    return new aws.ecs.Cluster(
      "analytics",
      { name: clusterName, settings: [{ name: "containerInsights", value: "enabled" }] },
      { parent: this, dependsOn: insights },
    );
  }

  private createTaskLogGroup() {
    return createLogGroup(this, "tasks", this.name("ecs-analytics"), this.args.taskLogs);
  }

  private createExecutionRole() {
    const { environment, redis, secretsKeyArn, image } = this.args;
    const logGroup = regionalArn(environment, "logs", `log-group:${this.name("ecs-analytics")}`);
    return createServiceRole(this, "execution", {
      environment,
      type: "ecs-execution",
      trust: serviceTrust("ecs-tasks.amazonaws.com", environment.accountId),
      statements: resolveStatements([
        {
          Sid: "WriteLog",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: `${logGroup}:*`,
        },
        ...readSecrets(environment, redis.secretArn, secretsKeyArn),
        ...pullStatements(environment, image),
      ]),
    });
  }

  private createTaskRole() {
    const { environment, database } = this.args;
    return createServiceRole(this, "task", {
      environment,
      type: "ecs-task",
      trust: serviceTrust("ecs-tasks.amazonaws.com", environment.accountId),
      statements: resolveStatements([
        {
          Sid: "SignInToDatabase",
          Effect: "Allow",
          Action: "rds-db:connect",
          Resource: pulumi
            .output(database.resourceId)
            .apply((resourceId) => regionalArn(environment, "rds-db", `dbuser:${resourceId}/${databaseUser}`)),
        },
      ]),
    });
  }

  private createTaskDefinition(logGroup: aws.cloudwatch.LogGroup, executionRole: ServiceRole, taskRole: ServiceRole) {
    const { environment, database, redis, image, cpu, memory } = this.args;
    return new aws.ecs.TaskDefinition(
      "analytics",
      {
        family: this.name("analytics"),
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: String(cpu),
        memory: String(memory),
        runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
        executionRoleArn: executionRole.arn,
        taskRoleArn: taskRole.arn,
        containerDefinitions: pulumi.jsonStringify([
          {
            name: containerName,
            image,
            essential: true,
            user: "101",
            readonlyRootFilesystem: true,
            privileged: false,
            portMappings: [{ containerPort, hostPort: containerPort, protocol: "tcp" }],
            linuxParameters: {
              initProcessEnabled: true,
              // AWS answers both lists: without one of them each deployment would make another revision.
              capabilities: { add: [], drop: ["ALL"] },
              tmpfs: [{ containerPath: "/tmp", size: 64, mountOptions: ["noexec", "nosuid", "nodev"] }],
            },
            environment: [
              { name: "DATABASE_ENDPOINT", value: database.host },
              { name: "DATABASE_NAME", value: database.name },
              { name: "DATABASE_PORT", value: String(database.port) },
              { name: "DATABASE_USER", value: databaseUser },
              { name: "ENVIRONMENT", value: environment.environmentSuffix },
              { name: "REDIS_ENDPOINT", value: redis.host },
              { name: "REDIS_PORT", value: String(redis.port) },
            ],
            secrets: [{ name: "REDIS_AUTH_TOKEN", valueFrom: redis.secretArn }],
            logConfiguration: {
              logDriver: "awslogs",
              options: {
                "awslogs-group": logGroup.name,
                "awslogs-region": environment.region,
                "awslogs-stream-prefix": containerName,
              },
            },
          },
        ]),
        tags: phiTags,
      },
      { parent: this },
    );
  }

  private createSecurityGroup() {
    const { environment, network, database, redis } = this.args;
    const securityGroup = createSecurityGroup(this, "analytics", {
      type: "analytics",
      environmentSuffix: environment.environmentSuffix,
      vpcId: network.vpcId,
      description: "Analytics tasks",
    });
    const from = { name: "analytics", securityGroupId: securityGroup.id };
    allowAwsApis(this, from, network.awsAccess);
    allowS3(this, from, network.awsAccess);
    allowPostgres(this, from, database);
    allowRedis(this, from, redis);
    return securityGroup;
  }

  private createService(
    cluster: aws.ecs.Cluster,
    taskDefinition: aws.ecs.TaskDefinition,
    securityGroup: aws.ec2.SecurityGroup,
    executionRole: ServiceRole,
  ) {
    return new aws.ecs.Service(
      "analytics",
      {
        name: this.name("analytics"),
        cluster: cluster.arn,
        taskDefinition: taskDefinition.arn,
        launchType: "FARGATE",
        platformVersion: "LATEST",
        desiredCount: this.args.minimumTasks,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        deploymentMinimumHealthyPercent: 100,
        deploymentMaximumPercent: 200,
        enableExecuteCommand: false,
        enableEcsManagedTags: true,
        propagateTags: "TASK_DEFINITION",
        networkConfiguration: {
          subnets: this.args.network.privateSubnetIds,
          securityGroups: [securityGroup.id],
          assignPublicIp: false,
        },
      },
      {
        parent: this,
        dependsOn: [executionRole.ready, ...this.args.network.pathsToAws],
        // Autoscaling owns the count, within its limits.
        ignoreChanges: ["desiredCount"],
        // Tasks drain before the service is gone.
        customTimeouts: { delete: "30m" },
      },
    );
  }

  private createAutoscaling(cluster: aws.ecs.Cluster, service: aws.ecs.Service) {
    const target = new aws.appautoscaling.Target(
      "analytics",
      {
        serviceNamespace: "ecs",
        scalableDimension: "ecs:service:DesiredCount",
        resourceId: pulumi.interpolate`service/${cluster.name}/${service.name}`,
        minCapacity: this.args.minimumTasks,
        maxCapacity: this.args.maximumTasks,
      },
      { parent: this },
    );
    new aws.appautoscaling.Policy(
      "analytics",
      {
        name: this.name("analytics"),
        policyType: "TargetTrackingScaling",
        serviceNamespace: target.serviceNamespace,
        scalableDimension: target.scalableDimension,
        resourceId: target.resourceId,
        targetTrackingScalingPolicyConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
          targetValue: targetCpuUtilization,
          scaleInCooldown: 300,
          scaleOutCooldown: 60,
        },
      },
      { parent: this },
    );
  }

  /**
   * Counts what the service tells of failures, for an alarm. A deployment ends before its tasks have started, and one that is rolled back leaves no task missing
   * (ECS developer guide, "Amazon ECS service deployment state change events", "Amazon ECS service action events").
   */
  private watchFailures() {
    const { environment } = this.args;
    new aws.cloudwatch.EventRule(
      "analytics-events",
      {
        name: this.name("analytics-events"),
        description: "Matches failed deployments of the analytics tasks, and tasks that cannot start",
        eventPattern: JSON.stringify({
          source: ["aws.ecs"],
          "detail-type": ["ECS Deployment State Change", "ECS Service Action"],
          resources: [regionalArn(environment, "ecs", `service/${this.name("ecs")}/${this.name("analytics")}`)],
          detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED", "SERVICE_TASK_START_IMPAIRED"] },
        }),
        state: "ENABLED",
      },
      { parent: this },
    );
  }

  private name(type: Parameters<typeof resourceName>[0]) {
    return resourceName(type, this.args.environment.environmentSuffix);
  }
}

/** What pulling an image from a private registry needs; a public one asks for nothing. */
export function pullStatements({ partition }: Environment, image: string): StatementArgs[] {
  const registry = privateRegistry(image);
  if (!registry) return [];
  return [
    {
      Sid: "PullImage",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: `arn:${partition}:ecr:${registry.region}:${registry.account}:repository/${registry.repository}`,
    },
    {
      Sid: "SignInToRegistry",
      Effect: "Allow",
      // Concerns no repository (Service authorization reference, "Amazon Elastic Container Registry").
      Action: "ecr:GetAuthorizationToken",
      Resource: "*",
    },
  ];
}
