import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../../lib/iam";

const issuer = "token.actions.githubusercontent.com";
const audience = "sts.amazonaws.com";

export interface GithubIdentityArgs {
  /** ARN of the account's identity provider for GitHub Actions, of which there can be one; empty to make it. */
  existingProviderArn: string;
}

/** Lets workflows sign in to AWS by a token of their run's, so that no key is stored anywhere (GitHub's documentation, "Configuring OpenID Connect in AWS"). */
export class GithubIdentity extends pulumi.ComponentResource {
  readonly providerArn: pulumi.Output<string>;

  constructor(name: string, args: GithubIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tap:delivery:GithubIdentity", name, {}, opts);

    this.providerArn = args.existingProviderArn ? pulumi.output(args.existingProviderArn) : this.createProvider();

    this.registerOutputs({ providerArn: this.providerArn });
  }

  private createProvider() {
    // AWS verifies the issuer by its own list of authorities; no thumbprint is needed.
    return new aws.iam.OpenIdConnectProvider(
      "github",
      { url: `https://${issuer}`, clientIdLists: [audience] },
      { parent: this },
    ).arn;
  }
}

/**
 * Lets workflows of a repository assume a role.
 * @param repository as the `sub` claims name it: newer repositories with the identifiers of owner and repository, which no successor of the same name gets (GitHub's
 * documentation, "OpenID Connect reference")
 * @param subjects ends of the `sub` claims, after `repo:<repository>:`
 */
export function workflowTrust(providerArn: string, repository: string, subjects: string[]): string {
  return policyDocument([
    {
      Effect: "Allow",
      Principal: { Federated: providerArn },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: audience,
          [`${issuer}:sub`]: subjects.map((subject) => `repo:${repository}:${subject}`),
        },
      },
    },
  ]);
}
