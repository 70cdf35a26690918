import { settlings } from "../../tools/recovery/settling";
import { errorAnswer, protocolOf } from "../faults/aws-errors";
import { type AnsweringAws, startAnsweringAws } from "./answering-aws";

let aws: AnsweringAws;

beforeAll(async () => {
  aws = await startAnsweringAws((request, body) => errorAnswer("expired", protocolOf(request, body), () => 0));
});

afterAll(() => aws.stop());

it.each(Object.keys(settlings))("a %s is not waited for with credentials that have expired", async (type) => {
  await expect(settlings[type]?.("it", aws.config)).rejects.toMatchObject({
    name: expect.stringMatching(/^(ExpiredToken|ExpiredTokenException|RequestExpired)$/) as string,
  });
});
