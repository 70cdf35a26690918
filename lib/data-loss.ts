import * as pulumi from "@pulumi/pulumi";
import { type PreviousDeployment } from "./previous-deployment";

/** What holds data, and what is lost with it: the names that `allowDataLoss` takes. */
export const losses = {
  database: "the patients' records, the audit trail and all backups",
  cache: "all sessions and cached reads",
  keys: "what is encrypted with them",
  users: "all users with their passwords and second factors",
  audit: "the audit log",
  trail: "the trail of calls of AWS's APIs",
} as const;

export type StoreName = keyof typeof losses;

/**
 * Stops a deployment that would replace what holds data, in the preview and before anything of it is deleted
 * (45 CFR 164.308(a)(7)(i), 164.312(c)(1)). A destroy is not hindered: that an environment's data goes with it is known.
 */
export class DataLossGuard {
  /**
   * @param existing `<type> <logical name>` of every resource that exists
   * @param allowed stores that this deployment may replace
   */
  constructor(
    private readonly existing: PreviousDeployment["resources"],
    private readonly allowed: readonly StoreName[],
  ) {}

  /** Options for what holds a store's data, or what cannot be replaced without it. The physical name is for the error. */
  optionsFor(
    store: StoreName,
    physicalName: string,
  ): Required<Pick<pulumi.CustomResourceOptions, "deleteBeforeReplace" | "hooks">> {
    const isAllowed = this.allowed.includes(store);
    const refuse = ({ type, name }: pulumi.ResourceHookArgs) => {
      if (this.existing.has(`${type} ${name}`) && !isAllowed) throw new pulumi.RunError(refusal(store, physicalName));
    };
    return {
      // Creating the new one first is what the hook can stop while the old one still stands. One that may go makes room, as its name is
      // unique; not so a key, which would take with it what is encrypted with it.
      deleteBeforeReplace: isAllowed && store !== "keys",
      hooks: { beforeCreate: [new pulumi.ResourceHook(`keep-${physicalName}`, refuse, { onDryRun: true })] },
    };
  }
}

function refusal(store: StoreName, physicalName: string): string {
  return `${store}: "${physicalName}" would be replaced, and ${losses[store]} be lost; allowed only when allowDataLoss names ${store}`;
}
