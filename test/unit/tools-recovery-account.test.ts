import { STSClient } from "@aws-sdk/client-sts";
import { clientConfig } from "../../tools/aws-environment";
import { UserError } from "../../tools/cli";
import { accountOf, refuseOtherAccount } from "../../tools/recovery/account";
import type { ResourceState } from "../../tools/stack-commands";
import { answerAs } from "./aws-answers";

const withArn = (arn?: string): ResourceState => ({ urn: "urn:it", type: "aws:it", outputs: { arn } });
const vpc = withArn("arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1");

it.each([
  ["a regional ARN", "arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1", "111111111111"],
  ["a global ARN", "arn:aws-us-gov:iam::222222222222:role/rotation-dev", "222222222222"],
  ["a bucket's ARN, which names none", "arn:aws:s3:::audit-trail-dev-111111111111", undefined],
  ["an ARN of AWS's own", "arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy", undefined],
  ["no ARN", undefined, undefined],
])("reads an account in %s", (_, arn, account) => {
  expect(accountOf([{ urn: "urn:tap", type: "tap:stack:TapStack" }, withArn(arn)])).toBe(account);
});

describe("credentials", () => {
  const config = clientConfig("http://localhost:1");
  let asked: string[];

  beforeEach(() => {
    asked = answerAs(STSClient, { GetCallerIdentity: () => ({ Account: "111111111111" }) });
  });

  afterEach(() => jest.restoreAllMocks());

  it("of the stack's account are taken", async () => {
    await refuseOtherAccount("pr-42", [vpc], config);
    expect(asked).toEqual(["GetCallerIdentity"]);
  });

  it("of another account are refused, and both are named", async () => {
    const other = withArn("arn:aws:ec2:eu-west-1:222222222222:vpc/vpc-1");
    const refused = refuseOtherAccount("pr-42", [other], config);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(
      '"pr-42" is in the account 222222222222, and these credentials are of the account 111111111111. Nothing has been changed.',
    );
  });

  it("are not asked about before anything has an ARN", async () => {
    await refuseOtherAccount("pr-42", [withArn()], config);
    expect(asked).toEqual([]);
  });
});
