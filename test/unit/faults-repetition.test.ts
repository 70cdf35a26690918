import { IAMClient } from "@aws-sdk/client-iam";
import { apiGatewayAccountRoleName } from "../../lib/api-gateway-account";
import type { Operation } from "../../tools/engine";
import type { Cloud } from "../e2e/cloud";
import type { Undisturbed } from "../faults/cycles";
import { sideBySide } from "../faults/repetition";
import { Results } from "../faults/table";
import { answerAs } from "./aws-answers";

afterEach(() => jest.restoreAllMocks());

/** Lets two environments fail at once in an account that has these roles, and returns what became of their ups. */
async function failuresOf(roles: { RoleName: string }[]): Promise<string[]> {
  // The progress.
  jest.spyOn(console, "log").mockImplementation();
  answerAs(IAMClient, { ListRoles: () => ({ Roles: roles }) });
  const failed: Operation = { succeeded: false, interrupted: false, changes: {}, steps: [], drift: [], problems: [] };
  const operate = () => Promise.resolve(failed);
  const environment = (suffix: string) => ({ suffix, up: operate, destroy: operate });
  const results = new Results();
  await sideBySide(results, { config: { region: "eu-west-1" }, environment } as unknown as Cloud, {
    suffixes: ["side-1", "side-2"],
    reference: Promise.resolve({} as Undisturbed),
  });
  return results.failures.filter((failure) => failure.includes(": up, "));
}

describe("an environment beside the first of an account", () => {
  it("does not wait for what a first that has failed would have made", async () => {
    expect(await failuresOf([])).toEqual([
      "suffixes at once: up, side-1: up failed:\n",
      `suffixes at once: up, side-2: the first environment's up has ended without making ${apiGatewayAccountRoleName}`,
    ]);
  });

  it("comes up where that is there", async () => {
    expect(await failuresOf([{ RoleName: apiGatewayAccountRoleName }])).toContain(
      "suffixes at once: up, side-2: up failed:\n",
    );
  });
});
