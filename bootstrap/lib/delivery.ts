import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../../lib/iam";
import { deployPolicies } from "./deploy-policies";
import { boundaryName, deployRoleName, previewRoleName, type Account } from "./names";
import { boundaryStatements } from "./policies/boundary";
import { type Scope } from "./policies/scope";
import { previewStatements } from "./policies/preview";
import { stages, type Stage } from "./stages";
import { createWorkflowRole } from "./workflow-role";

export interface DeliveryArgs {
  account: Account;
  stages: Stage[];
  providerArn: pulumi.Input<string>;
  /** Repository that deploys, as the tokens of its runs name it. */
  repository: string;
  stateKeyArn: pulumi.Input<string>;
}

/**
 * Who may deploy: for each stage a role that can touch its environments only, and the boundary for the roles that it makes; for pull requests one that can see
 * what a change would do to dev (45 CFR 164.308(a)(4), FSBP IAM.1).
 */
export class Delivery extends pulumi.ComponentResource {
  readonly roleArns: Record<string, pulumi.Output<string>> = {};
  readonly boundaryArns: Record<string, pulumi.Output<string>> = {};

  constructor(
    name: string,
    private readonly args: DeliveryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:delivery:Delivery", name, {}, opts);

    for (const stage of args.stages) {
      this.boundaryArns[stage] = this.createBoundary(stage).arn;
      this.roleArns[stage] = this.createDeployRole(stage).arn;
    }
    if (args.stages.includes("dev")) this.roleArns.preview = this.createPreviewRole().arn;

    this.registerOutputs({ roleArns: this.roleArns, boundaryArns: this.boundaryArns });
  }

  private createBoundary(stage: Stage) {
    const name = boundaryName(stage);
    return new aws.iam.Policy(
      name,
      {
        name,
        description: `The most that roles of ${stage} environments may do`,
        policy: policyDocument(boundaryStatements(this.scope(stage))),
      },
      { parent: this },
    );
  }

  private createDeployRole(stage: Stage) {
    const { providerArn, repository, stateKeyArn } = this.args;
    return createWorkflowRole(this, {
      name: deployRoleName(stage),
      description: `Deploys ${stage} environments`,
      providerArn,
      repository,
      subjects: stages[stage].subjects,
      sessionSeconds: stages[stage].sessionSeconds,
      policies: deployPolicies(stage, this.scope(stage), stateKeyArn),
    });
  }

  private createPreviewRole() {
    const { providerArn, repository, stateKeyArn } = this.args;
    return createWorkflowRole(this, {
      name: previewRoleName,
      description: "Sees what a pull request would change in dev",
      providerArn,
      repository,
      subjects: ["pull_request"],
      sessionSeconds: stages["pull-request"].sessionSeconds,
      policies: { dev: previewStatements(this.scope("dev"), stateKeyArn) },
    });
  }

  private scope(stage: Stage): Scope {
    return { ...this.args.account, environmentSuffix: stages[stage].suffix };
  }
}
