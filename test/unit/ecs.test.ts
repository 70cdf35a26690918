import { Ecs, pullStatements, type EcsArgs } from "../../lib/ecs";
import { environment, logs, network, postgres, redis, roleOf, rules } from "./fixtures";
import { all, counts, only, record, type Recorded } from "./recorder";

const publicImage = "public.ecr.aws/nginx/nginx-unprivileged:stable-alpine";
const privateImage = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/analytics:1.2";

const args: EcsArgs = {
  environment,
  network: network(),
  database: { ...postgres, resourceId: "db-ABC" },
  redis,
  secretsKeyArn: "arn:secrets-key",
  image: publicImage,
  cpu: 256,
  memory: 512,
  minimumTasks: 1,
  maximumTasks: 4,
  taskLogs: { ...logs, retentionInDays: 7 },
  logs,
};

const deploy = (overrides: Partial<EcsArgs> = {}) => record(() => new Ecs("ecs", { ...args, ...overrides }));

const taskTrust = [
  {
    Effect: "Allow",
    Principal: { Service: "ecs-tasks.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
  },
];

const executionStatements = [
  {
    Sid: "WriteLog",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:ecs-analytics-pr-7:*",
  },
  { Sid: "ReadCredentials", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "arn:redis-auth" },
  {
    Sid: "UseSecretsKey",
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: "arn:secrets-key",
    Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
  },
];

const pulling = [
  {
    Sid: "PullImage",
    Effect: "Allow",
    Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    Resource: "arn:aws:ecr:eu-west-1:123456789012:repository/team/analytics",
  },
  { Sid: "SignInToRegistry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
];

describe("Ecs", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy();
  });

  it("is a cluster with one service that scales and is watched, two roles, a security group and two logs", () => {
    expect(counts(recorded)).toEqual({
      "aws:ecs/cluster:Cluster": 1,
      "aws:ecs/taskDefinition:TaskDefinition": 1,
      "aws:ecs/service:Service": 1,
      "aws:appautoscaling/target:Target": 1,
      "aws:appautoscaling/policy:Policy": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 4,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 2,
      "aws:cloudwatch/logGroup:LogGroup": 2,
      "aws:cloudwatch/eventRule:EventRule": 1,
      "aws:iam/role:Role": 2,
      "aws:iam/policy:Policy": 2,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 2,
    });
  });

  it("has Container Insights, whose log group is there before the cluster", () => {
    const cluster = only(recorded, "aws:ecs/cluster:Cluster");
    expect(cluster.inputs).toEqual({
      name: "ecs-pr-7",
      settings: [{ name: "containerInsights", value: "enabled" }],
    });
    expect(cluster.dependsOn).toEqual(["LogGroup container-insights"]);
  });

  it("writes to encrypted log groups that expire", () => {
    expect(all(recorded, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs)).toEqual([
      { name: "/aws/ecs/containerinsights/ecs-pr-7/performance", kmsKeyId: "arn:logs-key", retentionInDays: 30 },
      { name: "ecs-analytics-pr-7", kmsKeyId: "arn:logs-key", retentionInDays: 7 },
    ]);
  });

  it("runs tasks on Fargate, of the size and image that are asked for", async () => {
    const { containerDefinitions, ...inputs } = only(
      await deploy({ cpu: 1024, memory: 2048, image: privateImage }),
      "aws:ecs/taskDefinition:TaskDefinition",
    ).inputs;
    expect(inputs).toEqual({
      family: "analytics-pr-7",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "1024",
      memory: "2048",
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" },
      executionRoleArn: "arn:Role-execution",
      taskRoleArn: "arn:Role-task",
      tags: { DataClassification: "phi" },
    });
    expect(JSON.parse(containerDefinitions as string)).toMatchObject([{ image: privateImage }]);
  });

  it("runs one container: not as root, without privileges, read-only, and with no secret in its environment", () => {
    const { containerDefinitions } = only(recorded, "aws:ecs/taskDefinition:TaskDefinition").inputs;
    expect(JSON.parse(containerDefinitions as string)).toEqual([
      {
        name: "analytics",
        image: publicImage,
        essential: true,
        user: "101",
        readonlyRootFilesystem: true,
        privileged: false,
        portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
        linuxParameters: {
          initProcessEnabled: true,
          capabilities: { add: [], drop: ["ALL"] },
          tmpfs: [{ containerPath: "/tmp", size: 64, mountOptions: ["noexec", "nosuid", "nodev"] }],
        },
        environment: [
          { name: "DATABASE_ENDPOINT", value: "database.example" },
          { name: "DATABASE_NAME", value: "records" },
          { name: "DATABASE_PORT", value: "5432" },
          { name: "DATABASE_USER", value: "analytics" },
          { name: "ENVIRONMENT", value: "pr-7" },
          { name: "REDIS_ENDPOINT", value: "redis.example" },
          { name: "REDIS_PORT", value: "6379" },
        ],
        secrets: [{ name: "REDIS_AUTH_TOKEN", valueFrom: "arn:redis-auth" }],
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": "ecs-analytics-pr-7",
            "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "analytics",
          },
        },
      },
    ]);
  });

  it("starts tasks with one log, one secret and its key", () => {
    expect(roleOf(recorded, "execution")).toEqual({ trust: taskTrust, allowed: executionStatements });
  });

  it("starts tasks of a private image with its one repository, too", async () => {
    expect(roleOf(await deploy({ image: privateImage }), "execution").allowed).toEqual([
      ...executionStatements,
      ...pulling,
    ]);
  });

  it("lets tasks sign in to the database as one user, and nothing more", () => {
    expect(roleOf(recorded, "task")).toEqual({
      trust: taskTrust,
      allowed: [
        {
          Sid: "SignInToDatabase",
          Effect: "Allow",
          Action: "rds-db:connect",
          Resource: "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-ABC/analytics",
        },
      ],
    });
  });

  it("keeps its tasks in the private subnets, and rolls back what does not start", () => {
    const service = only(recorded, "aws:ecs/service:Service");
    expect(service.inputs).toEqual({
      name: "analytics-pr-7",
      cluster: "arn:Cluster-analytics",
      taskDefinition: "arn:TaskDefinition-analytics",
      launchType: "FARGATE",
      platformVersion: "LATEST",
      desiredCount: 1,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      enableExecuteCommand: false,
      enableEcsManagedTags: true,
      propagateTags: "TASK_DEFINITION",
      networkConfiguration: {
        subnets: ["subnet-1", "subnet-2"],
        securityGroups: ["SecurityGroup-analytics"],
        assignPublicIp: false,
      },
    });
    expect(service.dependsOn).toEqual(["RolePolicyAttachment execution"]);
    expect(service.ignoreChanges).toEqual(["desiredCount"]);
    expect(service.customTimeouts).toEqual({ delete: "30m" });
  });

  it("counts what the service tells of failures", () => {
    const { eventPattern, ...inputs } = only(recorded, "aws:cloudwatch/eventRule:EventRule").inputs;
    expect(inputs).toEqual({
      name: "analytics-events-pr-7",
      description: "Matches failed deployments of the analytics tasks, and tasks that cannot start",
      state: "ENABLED",
    });
    expect(JSON.parse(eventPattern as string)).toEqual({
      source: ["aws.ecs"],
      "detail-type": ["ECS Deployment State Change", "ECS Service Action"],
      resources: ["arn:aws:ecs:eu-west-1:123456789012:service/ecs-pr-7/analytics-pr-7"],
      detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED", "SERVICE_TASK_START_IMPAIRED"] },
    });
  });

  it("runs none when none is asked for", async () => {
    const idle = await deploy({ minimumTasks: 0, maximumTasks: 1 });
    expect(only(idle, "aws:ecs/service:Service").inputs.desiredCount).toBe(0);
    expect(only(idle, "aws:appautoscaling/target:Target").inputs).toMatchObject({ minCapacity: 0, maxCapacity: 1 });
  });

  it("scales between its limits by CPU", () => {
    const scaled = {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: "service/ecs-pr-7/analytics-pr-7",
    };
    expect(only(recorded, "aws:appautoscaling/target:Target").inputs).toEqual({
      ...scaled,
      minCapacity: 1,
      maxCapacity: 4,
    });
    expect(only(recorded, "aws:appautoscaling/policy:Policy").inputs).toEqual({
      ...scaled,
      name: "analytics-pr-7",
      policyType: "TargetTrackingScaling",
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
        targetValue: 60,
        scaleInCooldown: 300,
        scaleOutCooldown: 60,
      },
    });
  });

  it("reaches PostgreSQL, Redis, S3 and AWS's APIs, and is reached by nobody", () => {
    expect(rules(recorded)).toEqual({
      egress: [
        "SecurityGroup-analytics > 0.0.0.0/0 : 443",
        "SecurityGroup-analytics > pl-1 : 443",
        "SecurityGroup-analytics > sg-postgres : 5432",
        "SecurityGroup-analytics > sg-redis : 6379",
      ],
      ingress: ["SecurityGroup-analytics > sg-postgres : 5432", "SecurityGroup-analytics > sg-redis : 6379"],
    });
    expect(only(recorded, "aws:ec2/securityGroup:SecurityGroup").inputs).toEqual({
      name: "analytics-pr-7",
      vpcId: "vpc-1",
      description: "Analytics tasks",
      revokeRulesOnDelete: true,
      tags: { Name: "analytics-pr-7" },
    });
  });

  it("tells its names and the task definition", () => {
    const component = only(recorded, "tap:analytics:Ecs");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({
      clusterName: "ecs-pr-7",
      serviceName: "analytics-pr-7",
      taskDefinitionArn: "arn:TaskDefinition-analytics",
    });
  });
});

describe("pulling an image", () => {
  it("needs nothing from a public registry", () => {
    expect(pullStatements(environment, publicImage)).toEqual([]);
  });

  it.each([privateImage, `${privateImage.split(":")[0] ?? ""}@sha256:${"0".repeat(64)}`])(
    "needs one repository of a private one: %s",
    (image) => {
      expect(pullStatements(environment, image)).toEqual(pulling);
    },
  );
});
