import { all, atLeast, includes, is, isCustomerKey, isNot, isSet, isUnset } from "../expectations";
import type { PolicyResource, Rule } from "../rule";
import { ofType, referred } from "../stack";
import { at, list, quote, show, texts } from "../values";

const instance = "aws:rds/instance:Instance";
const parameterGroup = "aws:rds/parameterGroup:ParameterGroup";

const environmentsComeAndGo =
  "Environments come and go by `pulumi up` and `pulumi destroy`, and their data goes with them; the README says so. Who may destroy one is for IAM and the state's access.";

export const databaseRules: Rule[] = [
  {
    name: "database-encrypted",
    description: "The database's storage is encrypted with a customer-managed key.",
    controls: ["45 CFR 164.312(a)(2)(iv)", "FSBP RDS.3"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set storageEncrypted to true and kmsKeyId to the database's key. An existing instance must be replaced.",
    types: [instance],
    scope: "resource",
    check: all(is("storageEncrypted", true), isCustomerKey("kmsKeyId")),
  },
  {
    name: "database-insights-encrypted",
    description: "Performance Insights, which keeps statements, is encrypted with a customer-managed key.",
    controls: ["45 CFR 164.312(a)(2)(iv)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set performanceInsightsKmsKeyId to the database's key, or performanceInsightsEnabled to false.",
    types: [instance],
    about: ({ inputs }) => inputs.performanceInsightsEnabled === true,
    scope: "resource",
    check: isCustomerKey("performanceInsightsKmsKeyId"),
  },
  {
    name: "database-private",
    description: "The database has no public address and stands in a VPC's subnets and security groups.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.312(e)(1)", "FSBP RDS.2"],
    severity: "critical",
    enforcement: "mandatory",
    remedy:
      "Set publiclyAccessible to false, and dbSubnetGroupName and vpcSecurityGroupIds to those of the environment.",
    types: [instance],
    scope: "resource",
    check: all(is("publiclyAccessible", false), isSet("dbSubnetGroupName"), isSet("vpcSecurityGroupIds")),
  },
  {
    name: "database-forces-tls",
    description: "PostgreSQL refuses connections without TLS.",
    controls: ["45 CFR 164.312(e)(1)", "45 CFR 164.312(e)(2)(ii)", "Security Hub RDS.38"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set the parameter rds.force_ssl to 1.",
    types: [parameterGroup],
    scope: "resource",
    check: parametersAre({ "rds.force_ssl": "1" }),
  },
  {
    name: "database-certificate",
    description: "The database shows a certificate of an authority that AWS still maintains.",
    controls: ["45 CFR 164.312(e)(2)(i)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set caCertIdentifier to rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 or rds-ca-ecc384-g1.",
    types: [instance],
    scope: "resource",
    check: is("caCertIdentifier", "rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"),
  },
  {
    name: "database-audits",
    description:
      "pgaudit logs what is read, written, defined and granted; connections are logged as they begin and end.",
    controls: ["45 CFR 164.312(b)"],
    severity: "high",
    enforcement: "mandatory",
    remedy:
      "Load pgaudit by shared_preload_libraries, set pgaudit.log to ddl,role,read,write, and log_connections and log_disconnections to 1.",
    types: [parameterGroup],
    scope: "resource",
    check: all(
      parametersInclude({ shared_preload_libraries: ["pgaudit"], "pgaudit.log": ["ddl", "role", "read", "write"] }),
      parametersAre({ log_connections: "1", log_disconnections: "1" }),
    ),
  },
  {
    name: "database-logs-no-values",
    description: "PostgreSQL logs no values of statements and no rows, which are patients' data.",
    controls: ["45 CFR 164.312(a)(1)", "45 CFR 164.308(a)(4)(i)"],
    severity: "high",
    enforcement: "mandatory",
    remedy:
      "Set pgaudit.log_parameter to 0, log_statement to none, log_min_duration_statement to -1, log_error_verbosity to terse, log_min_error_statement to panic, and log_parameter_max_length and log_parameter_max_length_on_error to 0.",
    types: [parameterGroup],
    scope: "resource",
    check: parametersAre({
      "pgaudit.log_parameter": "0",
      log_statement: "none",
      log_min_duration_statement: "-1",
      log_error_verbosity: "terse",
      log_min_error_statement: "panic",
      log_parameter_max_length: "0",
      log_parameter_max_length_on_error: "0",
    }),
  },
  {
    name: "database-own-parameters",
    description: "The database runs with the environment's parameters, not with AWS's defaults.",
    controls: ["45 CFR 164.312(b)", "45 CFR 164.312(e)(2)(ii)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set parameterGroupName to the parameter group of the environment.",
    types: [instance],
    scope: "stack",
    check: (resource, stack) =>
      referred(stack, resource, "parameterGroupName", parameterGroup).length > 0
        ? []
        : [`parameterGroupName is ${quote(resource.inputs, "parameterGroupName")}; it must be a group of this stack`],
  },
  {
    name: "database-logs",
    description: "The database's log and that of its upgrades go to CloudWatch Logs.",
    controls: ["45 CFR 164.312(b)", "FSBP RDS.9", "FSBP RDS.36"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set enabledCloudwatchLogsExports to postgresql and upgrade.",
    types: [instance],
    scope: "resource",
    check: includes("enabledCloudwatchLogsExports", "postgresql", "upgrade"),
  },
  {
    name: "database-monitored",
    description: "Enhanced monitoring watches the database's operating system.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)", "FSBP RDS.6"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Set monitoringInterval to 60 seconds or less, and monitoringRoleArn.",
    types: [instance],
    scope: "resource",
    check: all(is("monitoringInterval", 1, 5, 10, 15, 30, 60), isSet("monitoringRoleArn")),
  },
  {
    name: "database-managed-password",
    description:
      "The master's password is made, kept and rotated by RDS in Secrets Manager, under a customer-managed key.",
    controls: ["45 CFR 164.308(a)(5)(ii)(D)", "45 CFR 164.312(d)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set manageMasterUserPassword to true and masterUserSecretKmsKeyId to the secrets' key; set no password.",
    types: [instance],
    scope: "resource",
    check: all(is("manageMasterUserPassword", true), isCustomerKey("masterUserSecretKmsKeyId"), isUnset("password")),
  },
  {
    name: "database-iam-authentication",
    description: "IAM identities can sign in to the database.",
    controls: ["45 CFR 164.312(d)", "FSBP RDS.10"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set iamDatabaseAuthenticationEnabled to true.",
    types: [instance],
    scope: "resource",
    check: is("iamDatabaseAuthenticationEnabled", true),
  },
  {
    name: "database-master-username",
    description: "The master user has no name that anybody would guess.",
    controls: ["45 CFR 164.312(a)(2)(i)", "FSBP RDS.25"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set username to another name. An existing instance must be replaced.",
    types: [instance],
    scope: "resource",
    check: all(isSet("username"), isNot("username", "admin", "postgres", "root", "rdsadmin")),
  },
  {
    name: "database-backups",
    description: "Automated backups are kept for at least 30 days.",
    controls: ["45 CFR 164.308(a)(7)(ii)(A)", "45 CFR 164.310(d)(2)(iv)", "FSBP RDS.11"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set backupRetentionPeriod to 30 or more.",
    types: [instance],
    scope: "resource",
    check: atLeast("backupRetentionPeriod", 30),
  },
  {
    name: "database-tagged-snapshots",
    description: "Snapshots carry the database's tags, so that they are known to hold patients' data.",
    controls: ["45 CFR 164.310(d)(2)(iii)", "FSBP RDS.17"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Set copyTagsToSnapshot to true.",
    types: [instance],
    scope: "resource",
    check: is("copyTagsToSnapshot", true),
  },
  {
    name: "database-upgrades",
    description: "Minor versions, which close security holes, are installed by themselves.",
    controls: ["45 CFR 164.308(a)(5)(ii)(B)", "FSBP RDS.13"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set autoMinorVersionUpgrade to true.",
    types: [instance],
    scope: "resource",
    check: is("autoMinorVersionUpgrade", true),
  },
  {
    name: "database-standby",
    description: "A standby in a second zone takes over when the database fails.",
    controls: ["45 CFR 164.308(a)(7)(ii)(C)", "FSBP RDS.5"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set databaseMultiAz to true.",
    types: [instance],
    scope: "resource",
    check: is("multiAz", true),
    exception: {
      reason:
        "On a burstable instance class, which is no production's, an environment may do without, and be down while AWS restores it (databaseMultiAz).",
      covers: ({ inputs }) => String(inputs.instanceClass).startsWith("db.t"),
    },
  },
  {
    name: "database-deletion-protection",
    description: "The database cannot be deleted by mistake, and leaves a snapshot and its backups.",
    controls: ["45 CFR 164.308(a)(7)(ii)(A)", "FSBP RDS.8"],
    severity: "low",
    enforcement: "advisory",
    remedy: "Set deletionProtection to true, skipFinalSnapshot and deleteAutomatedBackups to false.",
    types: [instance],
    scope: "resource",
    check: all(is("deletionProtection", true), is("skipFinalSnapshot", false), is("deleteAutomatedBackups", false)),
    exception: { reason: environmentsComeAndGo, covers: () => true },
  },
  {
    name: "database-port",
    description: "The database does not listen on its engine's usual port.",
    controls: ["45 CFR 164.312(a)(1)", "FSBP RDS.23"],
    severity: "low",
    enforcement: "advisory",
    remedy: "Set port to another one than 5432.",
    types: [instance],
    scope: "resource",
    check: isNot("port", 5432),
    exception: {
      reason: "Nobody can look for the port: only the security groups of its clients reach the database at all.",
      covers: () => true,
    },
  },
  {
    name: "database-events",
    description: "Changes of parameter groups and security groups of databases are notified.",
    controls: ["45 CFR 164.308(a)(1)(ii)(D)", "FSBP RDS.21", "FSBP RDS.22"],
    severity: "low",
    enforcement: "advisory",
    remedy: "Subscribe to the events of the source types db-parameter-group and db-security-group.",
    types: [instance],
    scope: "stack",
    check: (_, stack) => {
      const sources = ofType(stack, "aws:rds/eventSubscription:EventSubscription").map(
        ({ inputs }) => inputs.sourceType,
      );
      return ["db-parameter-group", "db-security-group"]
        .filter((source) => !sources.includes(source))
        .map((source) => `no subscription to events of ${source}`);
    },
    exception: {
      reason:
        "A subscription is one for the account's databases, not an environment's own. Parameter groups change by this program only; groups of the kind db-security-group exist outside of VPCs only.",
      covers: () => true,
    },
  },
];

/** Values of a parameter group by name. */
function parameters({ inputs }: PolicyResource): Map<unknown, unknown> {
  return new Map(list(inputs.parameters).map((parameter) => [at(parameter, "name"), at(parameter, "value")]));
}

function parametersAre(wanted: Record<string, string>): (resource: PolicyResource) => string[] {
  return (resource) => {
    const values = parameters(resource);
    return Object.entries(wanted)
      .filter(([name, value]) => values.get(name) !== value)
      .map(([name, value]) => `${name} is ${show(values.get(name))}; it must be ${show(value)}`);
  };
}

/** Of parameters that are lists with commas. */
function parametersInclude(wanted: Record<string, string[]>): (resource: PolicyResource) => string[] {
  return (resource) => {
    const values = parameters(resource);
    return Object.entries(wanted)
      .filter(([name, items]) => {
        const given = texts(values.get(name)).flatMap((value) => value.split(/\s*,\s*/));
        return !items.every((item) => given.includes(item));
      })
      .map(([name, items]) => `${name} is ${show(values.get(name))}; it must include ${items.join(", ")}`);
  };
}
