import { all, atLeast, is, isNot, isSet } from "../expectations";
import type { PolicyResource, Rule } from "../rule";
import { ofType, referred, referrers } from "../stack";
import { at, isGiven, list, quote, show, texts, unlessHidden } from "../values";

const lambda = "aws:lambda/function:Function";
const permission = "aws:lambda/permission:Permission";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";

/** Runtimes that AWS still patches (Lambda developer guide, "Lambda runtimes"). */
const supportedRuntimes = ["nodejs22.x", "nodejs24.x"];

export const functionRules: Rule[] = [
  {
    name: "function-in-vpc",
    description: "Functions stand in the VPC, in two zones, with security groups.",
    controls: ["45 CFR 164.312(e)(1)", "FSBP Lambda.5", "Security Hub Lambda.3"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set vpcConfig.subnetIds to subnets in two zones, and vpcConfig.securityGroupIds.",
    types: [lambda],
    scope: "resource",
    check: all(isSet("vpcConfig.securityGroupIds"), ({ inputs }) => {
      const subnets = at(inputs, "vpcConfig.subnetIds");
      return list(subnets).length >= 2 ? [] : [`vpcConfig.subnetIds is ${show(subnets)}; it must have two subnets`];
    }),
  },
  {
    name: "function-runtime",
    description: "Functions run on runtimes that AWS still patches.",
    controls: ["45 CFR 164.308(a)(5)(ii)(B)", "FSBP Lambda.2"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: `Set runtime to ${supportedRuntimes.join(" or ")}.`,
    types: [lambda],
    scope: "resource",
    check: is("runtime", ...supportedRuntimes),
  },
  {
    name: "function-log-group",
    description: "Functions log into a group of the environment, which is encrypted and expires.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "45 CFR 164.312(b)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set loggingConfig.logGroup to a log group of the environment.",
    types: [lambda],
    scope: "stack",
    check: (resource, stack) =>
      referred(stack, resource, "loggingConfig", logGroup).length > 0
        ? []
        : [`loggingConfig.logGroup is ${quote(resource.inputs, "loggingConfig.logGroup")}; it must be of this stack`],
  },
  {
    name: "function-log-quiet",
    description: "Functions log as JSON, and not in the detail that would show patients' data.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(b)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set loggingConfig: logFormat JSON, applicationLogLevel INFO or higher, systemLogLevel INFO or higher.",
    types: [lambda],
    scope: "resource",
    check: all(
      is("loggingConfig.logFormat", "JSON"),
      is("loggingConfig.applicationLogLevel", "INFO", "WARN", "ERROR", "FATAL"),
      is("loggingConfig.systemLogLevel", "INFO", "WARN"),
    ),
  },
  {
    name: "function-traced",
    description: "X-Ray traces invocations.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)", "Security Hub Lambda.7"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Set tracingConfig.mode to Active.",
    types: [lambda],
    scope: "resource",
    check: is("tracingConfig.mode", "Active"),
  },
  {
    name: "function-no-secrets",
    description:
      "Environment variables of functions hold no credentials, which anyone who may describe the function could read.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(d)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Put the ARN of the secret into the variable, and read the secret at run time.",
    types: [lambda],
    scope: "resource",
    check: ({ inputs }) => credentialNames(at(inputs, "environment.variables")).map((name) => `variable ${name}`),
  },
  {
    name: "function-no-generated-secrets",
    description: "Generated secrets do not get into the configuration of functions.",
    controls: ["45 CFR 164.312(d)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Read the secret at run time.",
    types: [lambda],
    scope: "stack",
    check: (resource, stack) =>
      ["random:index/randomPassword:RandomPassword", "aws:secretsmanager/secretVersion:SecretVersion"]
        .flatMap((type) => referred(stack, resource, "environment", type))
        .map(({ name }) => `environment takes a value from ${name}`),
  },
  {
    name: "function-verifies-tls",
    description: "Functions verify the certificates of what they connect to.",
    controls: ["45 CFR 164.312(e)(2)(i)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Remove NODE_TLS_REJECT_UNAUTHORIZED; leave NODE_EXTRA_CA_CERTS to Lambda's own authorities.",
    types: [lambda],
    scope: "resource",
    check: all(
      isNot("environment.variables.NODE_TLS_REJECT_UNAUTHORIZED", "0"),
      is("environment.variables.NODE_EXTRA_CA_CERTS", undefined, "/var/runtime/ca-cert.pem"),
    ),
  },
  {
    name: "function-own-role",
    description:
      "Each function has a role of its own, so that it may do what it needs and nothing that another one needs.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(a)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Give each function a role of its own.",
    types: [lambda],
    scope: "stack",
    check: (resource, stack) => {
      const [role] = referred(stack, resource, "role", "aws:iam/role:Role");
      if (!role) return [`role is ${quote(resource.inputs, "role")}; it must be of this stack`];
      return referrers(stack, lambda, "role", role)
        .filter((other) => other !== resource)
        .map(({ name }) => `shares its role with ${name}`);
    },
  },
  {
    name: "function-admits-services",
    description: "Functions are invoked by named services, each for a named source or this account.",
    controls: ["45 CFR 164.312(a)(1)", "FSBP Lambda.1"],
    severity: "critical",
    enforcement: "mandatory",
    remedy:
      "Name a service as principal, and the source by sourceArn or sourceAccount; allow lambda:InvokeFunction only.",
    types: [permission],
    scope: "resource",
    check: all(
      is("action", "lambda:InvokeFunction"),
      ({ inputs: { principal } }) =>
        /^[a-z-]+\.amazonaws\.com(\.cn)?$/.test(String(principal))
          ? []
          : [`principal is ${show(principal)}; it must be a service`],
      ({ inputs }) =>
        isGiven(inputs, "sourceAccount") || isGiven(inputs, "sourceArn")
          ? []
          : ["neither sourceArn nor sourceAccount is set"],
      isNot("sourceArn", "*"),
    ),
  },
  {
    name: "api-function-limited",
    description:
      "The function behind the API has executions reserved for it, which are no more than the data stores bear.",
    controls: ["45 CFR 164.308(a)(7)(ii)(C)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set reservedConcurrentExecutions.",
    types: [lambda],
    about: isBehindApi,
    scope: "stack",
    check: atLeast("reservedConcurrentExecutions", 1),
  },
  {
    name: "api-function-audits",
    description: "The function behind the API writes every access into an audit log of the environment.",
    controls: ["45 CFR 164.312(b)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set the variable AUDIT_LOG_GROUP to the audit log's group.",
    types: [lambda],
    about: isBehindApi,
    scope: "stack",
    check: (resource, stack) => {
      const name = at(resource.inputs, "environment.variables.AUDIT_LOG_GROUP");
      const groups = ofType(stack, logGroup).map(({ inputs }) => inputs.name);
      return groups.includes(name) ? [] : [`AUDIT_LOG_GROUP is ${show(name)}; it must be of this stack`];
    },
  },
  {
    name: "api-function-ends-sessions",
    description:
      "The function behind the API ends a session after an hour without a request, and after a day, at most.",
    controls: ["45 CFR 164.312(a)(2)(iii)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set the variables SESSION_IDLE_SECONDS to 3600 or less, and SESSION_ABSOLUTE_SECONDS to 86400 or less.",
    types: [lambda],
    about: isBehindApi,
    scope: "stack",
    check: all(
      secondsAtMost("environment.variables.SESSION_IDLE_SECONDS", 3600),
      secondsAtMost("environment.variables.SESSION_ABSOLUTE_SECONDS", 86_400),
    ),
  },
];

/** Names of variables that hold credentials, by their names or by their values. */
export function credentialNames(variables: unknown): string[] {
  if (typeof variables !== "object" || variables === null) return [];
  return Object.keys(variables).filter(
    (name) =>
      nameOfCredential.test(name) ||
      unlessHidden(
        () => texts((variables as Record<string, unknown>)[name]).some((value) => credential.test(value)),
        false,
      ),
  );
}

const nameOfCredential = /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIALS?|(API|ACCESS|PRIVATE|SECRET)_KEY)$/i;

/** An access key of AWS, a private key, or an address with a password. */
const credential = /\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^/\s:@]+:[^/\s@]+@/;

/** A variable must hold a number of seconds up to a maximum. */
function secondsAtMost(path: string, maximum: number): (resource: PolicyResource) => string[] {
  return ({ inputs }) => {
    const seconds = Number(at(inputs, path));
    return seconds > 0 && seconds <= maximum
      ? []
      : [`${path} is ${show(at(inputs, path))}; it must be 1 to ${maximum}`];
  };
}

function isBehindApi(resource: PolicyResource, stack: PolicyResource[]): boolean {
  return referrers(stack, permission, "function", resource).some(
    ({ inputs }) => inputs.principal === "apigateway.amazonaws.com",
  );
}
