import { IAMClient } from "@aws-sdk/client-iam";
import { clientConfig } from "../../tools/aws-environment";
import { findLeftovers } from "../../tools/leftovers";
import type { Found, FoundType } from "../../tools/leftovers/inventory";
import { regionsIn, withoutOtherRegions } from "../../tools/leftovers/other-regions";
import { existingOf } from "../../tools/recovery/pending";
import { answerAs, awsError } from "./aws-answers";

jest.mock("../../tools/leftovers");

/** Of eu-west-1. */
const config = clientConfig("http://localhost:1");

afterEach(() => jest.restoreAllMocks());

const named = (type: FoundType, name: string): Found => ({ type, id: `id of ${name}`, names: [name], tags: {} });
const [role, policy] = ["aws:iam/role:Role", "aws:iam/policy:Policy"] as const;
const everything = ["here", "there", "nowhere"].flatMap((name) => [named(role, name), named(policy, name)]);
const vpc = named("aws:ec2/vpc:Vpc", "there");

/** What the policies say by their names. */
const documents: Record<string, string> = {
  here: '{"Resource":"arn:aws:logs:eu-west-1:123456789012:log-group:audit-dev"}',
  there: '{"Resource":"arn:aws:logs:eu-central-1:123456789012:log-group:audit-dev"}',
  nowhere: '{"Resource":"*"}',
};
const answerPolicies = (gone?: string) =>
  answerAs(IAMClient, {
    GetPolicy: ({ PolicyArn }) =>
      PolicyArn === gone ? awsError("NoSuchEntityException") : { Policy: { DefaultVersionId: "v2" } },
    GetPolicyVersion: ({ PolicyArn, VersionId }) => ({
      PolicyVersion: {
        Document: encodeURIComponent(
          VersionId === "v2" ? (documents[String(PolicyArn).replace("id of ", "")] ?? "") : "",
        ),
      },
    }),
  });

const namesOf = (found: Found[]) => found.map(({ names, type }) => `${type.split(":")[2]} ${names[0]}`);
const rest = ["Role here", "Policy here", "Role nowhere", "Policy nowhere", "Vpc there"];

describe("an environment of the same suffix in another region", () => {
  it("keeps its roles and policies, which IAM lists everywhere", async () => {
    answerPolicies();
    expect(namesOf(await withoutOtherRegions(config, [...everything, vpc]))).toEqual(rest);
  });

  it("is not what a policy was about that has gone since it was listed", async () => {
    answerPolicies("id of there");
    expect(namesOf(await withoutOtherRegions(config, everything))).toEqual(namesOf(everything));
  });

  it("is nothing for a recovery to take over", async () => {
    answerPolicies();
    jest.spyOn(console, "log").mockImplementation();
    jest.mocked(findLeftovers).mockResolvedValue([...everything, vpc]);
    const defaultTags = JSON.stringify({ tags: { Environment: "dev" } });
    const provider = { urn: "urn:aws", type: "pulumi:providers:aws", inputs: { region: "eu-west-1", defaultTags } };
    expect(namesOf(await existingOf([provider], config))).toEqual(rest);
    expect(findLeftovers).toHaveBeenCalledWith(config, "dev");
  });
});

describe("the regions of a policy document", () => {
  it("are those of its ARNs", () => {
    const Resource = [
      "arn:aws:logs:eu-west-1:123456789012:log-group:audit-dev:*",
      "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-1/analytics",
      "arn:aws-us-gov:ec2:us-gov-west-1:123456789012:network-interface/*",
    ];
    expect(regionsIn(JSON.stringify({ Resource }))).toEqual(["eu-west-1", "eu-central-1", "us-gov-west-1"]);
  });

  it("are none where ARNs have none", () => {
    expect(regionsIn('{"Resource":["*","arn:aws:s3:::bucket/*","arn:aws:iam::123456789012:role/a"]}')).toEqual([]);
  });
});
