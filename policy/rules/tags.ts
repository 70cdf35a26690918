import { is } from "../expectations";
import type { Rule } from "../rule";
import { at, json } from "../values";

/** Tags that tell whose a resource is. */
const owners = ["Environment", "Project", "ManagedBy"];

export const tagRules: Rule[] = [
  {
    name: "tags-of-environment",
    description: "Every resource is tagged with its environment, project and what manages it.",
    controls: ["45 CFR 164.310(d)(2)(iii)"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Set the provider's defaultTags.",
    types: ["pulumi:providers:aws"],
    scope: "resource",
    check: ({ inputs }) => {
      const defaults = typeof inputs.defaultTags === "string" ? json(inputs.defaultTags) : inputs.defaultTags;
      return owners
        .filter((tag) => at(defaults, `tags.${tag}`) === undefined)
        .map((tag) => `defaultTags has no ${tag}`);
    },
    exception: {
      reason: "What the whole account shares belongs to no environment; a provider of its own makes it.",
      covers: ({ name }) => name === "account",
    },
  },
  {
    name: "data-classified",
    description: "What stores patients' data, or signs in to it, is tagged so that it can be found.",
    controls: ["45 CFR 164.310(d)(1)", "45 CFR 164.310(d)(2)(iii)"],
    severity: "low",
    enforcement: "mandatory",
    remedy: "Add the tag DataClassification with the value phi.",
    types: [
      "aws:rds/instance:Instance",
      "aws:elasticache/replicationGroup:ReplicationGroup",
      "aws:secretsmanager/secret:Secret",
      "aws:ecs/taskDefinition:TaskDefinition",
    ],
    scope: "resource",
    check: is("tags.DataClassification", "phi"),
  },
];
