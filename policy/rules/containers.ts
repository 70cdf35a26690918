import { all, is, isNot, isSet } from "../expectations";
import type { PolicyResource, Rule } from "../rule";
import { referred } from "../stack";
import { at, isPresent, json, list, show, texts } from "../values";
import { credentialNames } from "./functions";

const cluster = "aws:ecs/cluster:Cluster";
const service = "aws:ecs/service:Service";
const taskDefinition = "aws:ecs/taskDefinition:TaskDefinition";

export const containerRules: Rule[] = [
  {
    name: "cluster-insights",
    description: "Container Insights watches clusters.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)", "FSBP ECS.12"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set the cluster's setting containerInsights to enabled.",
    types: [cluster],
    scope: "resource",
    check: ({ inputs }) => {
      const insights = list(inputs.settings)
        .filter((setting) => at(setting, "name") === "containerInsights")
        .map((setting) => at(setting, "value"));
      return insights.some((value) => value === "enabled" || value === "enhanced")
        ? []
        : [`containerInsights is ${show(insights[0])}; it must be "enabled"`];
    },
  },
  {
    name: "service-no-public-address",
    description: "Tasks have no public addresses, and stand in subnets and security groups.",
    controls: ["45 CFR 164.312(e)(1)", "FSBP ECS.2"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set networkConfiguration: assignPublicIp false, subnets, securityGroups.",
    types: [service],
    scope: "resource",
    check: all(
      isNot("networkConfiguration.assignPublicIp", true),
      isSet("networkConfiguration.subnets"),
      isSet("networkConfiguration.securityGroups"),
    ),
  },
  {
    name: "service-no-shell",
    description: "Nobody can open a shell in a running task.",
    controls: ["45 CFR 164.312(a)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set enableExecuteCommand to false.",
    types: [service],
    scope: "resource",
    check: isNot("enableExecuteCommand", true),
  },
  {
    name: "service-platform",
    description: "Tasks run on the newest Fargate platform.",
    controls: ["45 CFR 164.308(a)(5)(ii)(B)", "FSBP ECS.10"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set launchType to FARGATE and platformVersion to LATEST.",
    types: [service],
    scope: "resource",
    check: all(is("launchType", "FARGATE"), is("platformVersion", "LATEST")),
  },
  {
    name: "task-isolated",
    description: "Tasks have a network, processes and memory of their own, not the host's.",
    controls: ["45 CFR 164.312(a)(1)", "FSBP ECS.3", "Security Hub ECS.17"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set networkMode to awsvpc; set neither pidMode nor ipcMode to host.",
    types: [taskDefinition],
    scope: "resource",
    check: all(is("networkMode", "awsvpc"), isNot("pidMode", "host"), isNot("ipcMode", "host")),
  },
  {
    name: "task-not-root",
    description: "Containers do not run as root.",
    controls: ["45 CFR 164.312(a)(1)", "FSBP ECS.20"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set user to one that is not root.",
    types: [taskDefinition],
    scope: "resource",
    check: eachContainer((container) => {
      const user = at(container, "user");
      return isPresent(user) && !/^(0|root)(:|$)/.test(String(user)) ? [] : [`user is ${show(user)}`];
    }),
  },
  {
    name: "task-not-privileged",
    description: "Containers have no rights of the host's and none of Linux's capabilities.",
    controls: ["45 CFR 164.312(a)(1)", "FSBP ECS.4"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set privileged to false and linuxParameters.capabilities.drop to ALL; add none.",
    types: [taskDefinition],
    scope: "resource",
    check: eachContainer((container) => {
      const capabilities = at(container, "linuxParameters.capabilities");
      return [
        ...(at(container, "privileged") === true ? ["privileged is true"] : []),
        ...(texts(at(capabilities, "drop")).includes("ALL") ? [] : ["does not drop ALL capabilities"]),
        ...texts(at(capabilities, "add")).map((capability) => `has the capability ${capability}`),
      ];
    }),
  },
  {
    name: "task-read-only",
    description: "Containers cannot change their files, nor run what they write to temporary ones.",
    controls: ["45 CFR 164.312(c)(1)", "FSBP ECS.5"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set readonlyRootFilesystem to true, and noexec, nosuid and nodev for each tmpfs.",
    types: [taskDefinition],
    scope: "resource",
    check: eachContainer((container) => [
      ...(at(container, "readonlyRootFilesystem") === true ? [] : ["readonlyRootFilesystem is not true"]),
      ...list(at(container, "linuxParameters.tmpfs"))
        .filter(
          (mount) =>
            !["noexec", "nosuid", "nodev"].every((option) => texts(at(mount, "mountOptions")).includes(option)),
        )
        .map((mount) => `tmpfs ${show(at(mount, "containerPath"))} lacks noexec, nosuid or nodev`),
    ]),
  },
  {
    name: "task-no-secrets",
    description:
      "Environment variables of containers hold no credentials; those come from Secrets Manager by reference.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(d)", "FSBP ECS.8"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Name the secret's ARN by valueFrom in secrets.",
    types: [taskDefinition],
    scope: "resource",
    check: eachContainer((container) => {
      const variables = list(at(container, "environment")).map((pair) => [String(at(pair, "name")), at(pair, "value")]);
      return credentialNames(Object.fromEntries(variables) as object).map((name) => `variable ${name}`);
    }),
  },
  {
    name: "task-logs",
    description: "Containers log to CloudWatch Logs.",
    controls: ["45 CFR 164.312(b)", "FSBP ECS.9"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set logConfiguration with logDriver awslogs and awslogs-group.",
    types: [taskDefinition],
    scope: "resource",
    check: eachContainer((container) => [
      ...(at(container, "logConfiguration.logDriver") === "awslogs" ? [] : ["does not log by awslogs"]),
      ...(isPresent(at(container, "logConfiguration.options.awslogs-group")) ? [] : ["awslogs-group is not set"]),
    ]),
  },
  {
    name: "task-log-group",
    description: "Containers log into a group of the environment, which is encrypted and expires.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "45 CFR 164.312(b)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set awslogs-group to a log group of the environment.",
    types: [taskDefinition],
    scope: "stack",
    check: (resource, stack) =>
      referred(stack, resource, "containerDefinitions", "aws:cloudwatch/logGroup:LogGroup").length > 0
        ? []
        : ["logs into no group of this stack"],
  },
  {
    name: "task-two-roles",
    description: "What starts a task and reads its secrets is another role than the task's own.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(a)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set executionRoleArn and taskRoleArn to a role each.",
    types: [taskDefinition],
    scope: "stack",
    check: (resource, stack) => {
      const [execution] = referred(stack, resource, "executionRoleArn", "aws:iam/role:Role");
      const [task] = referred(stack, resource, "taskRoleArn", "aws:iam/role:Role");
      return execution && task && execution !== task ? [] : ["has no two roles of this stack"];
    },
  },
  {
    name: "task-image-named",
    description: "Images are named by a tag or digest that does not mean whatever is newest.",
    controls: ["45 CFR 164.312(c)(1)"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Set analyticsImage to an image with another tag than latest, or with a digest.",
    types: [taskDefinition],
    scope: "resource",
    check: eachContainer((container) => {
      const image = String(at(container, "image"));
      return /@sha256:[0-9a-f]{64}$/.test(image) || /:(?!latest$)[\w][\w.-]*$/.test(image)
        ? []
        : [`image is ${show(image)}`];
    }),
  },
];

/** Holds an expectation against every container of a task definition. */
function eachContainer(check: (container: unknown) => string[]): (resource: PolicyResource) => string[] {
  return ({ inputs }) => {
    const containers = list(json(inputs.containerDefinitions));
    return containers.flatMap((container) =>
      check(container).map((violation) => `${String(at(container, "name"))}: ${violation}`),
    );
  };
}
