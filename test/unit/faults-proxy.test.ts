import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorAnswer, protocolOf } from "../faults/aws-errors";
import { FaultProxy, seededRandom } from "../faults/fault-proxy";

let folder: string;
let log: string;
let aws: Server;
let proxy: FaultProxy;
/** Bodies that reached AWS. */
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tap-proxy-"));
  log = join(folder, "faults.log");
  asked = [];
  aws = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (body: string) => asked.push(body));
    request.on("end", () => response.end("done"));
  });
  await new Promise<void>((listening) => aws.listen(0, "127.0.0.1", listening));
  proxy = await FaultProxy.start(`http://127.0.0.1:${(aws.address() as AddressInfo).port}`, 1, log);
});

afterEach(async () => {
  await proxy.stop();
  await new Promise((closed) => aws.close(closed));
  rmSync(folder, { recursive: true });
});

const call = (body: string) =>
  fetch(proxy.endpoint.replace("localhost", "127.0.0.1"), {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  }).then(async (response) => ({ status: response.status, text: await response.text() }));
const cut = { cut: true };
const outcome = (body: string) => call(body).catch(() => cut);
const createVpc = "Action=CreateVpc&Version=2016-11-15";

it("passes everything on until it is told to fail, and again afterwards", async () => {
  expect(await call(createVpc)).toEqual({ status: 200, text: "done" });
  proxy.inject({ kind: "throttled", rate: 1, certain: 1 });
  expect((await call(createVpc)).status).toBe(503);
  proxy.inject(undefined);
  expect(await call(createVpc)).toEqual({ status: 200, text: "done" });
  expect(asked).toEqual([createVpc, createVpc]);
});

it("cuts the connection before AWS hears of it when it is unreachable", async () => {
  proxy.inject({ kind: "unreachable", rate: 1, certain: 1 });
  expect(await outcome(createVpc)).toBe(cut);
  expect(asked).toEqual([]);
});

it("cuts the connection after AWS has done it when the answer is lost", async () => {
  proxy.inject({ kind: "unanswered", rate: 1, certain: 1 });
  expect(await outcome(createVpc)).toBe(cut);
  expect(asked).toEqual([createVpc]);
});

it("hits one request in any case", async () => {
  proxy.inject({ kind: "throttled", rate: 0, certain: 2 });
  const statuses = [await call(createVpc), await call(createVpc), await call(createVpc)];
  expect(statuses.map(({ status }) => status)).toEqual([200, 503, 200]);
});

it("refuses all after the request with which the credentials expire", async () => {
  proxy.inject({ kind: "expired", after: 2 });
  const statuses = [await call(createVpc), await call(createVpc), await call(createVpc), await call(createVpc)];
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 400, 400]);
});

it("says what it hit", async () => {
  proxy.inject({ kind: "failing", rate: 1, certain: 1 });
  await call(createVpc);
  await call("Action=CreateRole&Version=2010-05-08");
  expect(proxy.injected).toEqual(["CreateVpc", "CreateRole"]);
  expect(readFileSync(log, "utf8")).toMatch(/^\S+Z failing CreateVpc\n\S+Z failing CreateRole\n$/);
});

it("hits the same requests for the same seed", () => {
  const [one, same, other] = [seededRandom(7), seededRandom(7), seededRandom(8)];
  const numbers = (random: () => number) => Array.from({ length: 5 }, random);
  const first = numbers(one);
  expect(numbers(same)).toEqual(first);
  expect(numbers(other)).not.toEqual(first);
  expect(first.every((number) => number >= 0 && number < 1)).toBe(true);
});

describe("AWS's errors", () => {
  const request = (headers: Record<string, string>, body = "") => protocolOf({ headers }, Buffer.from(body));
  const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

  it("are in the protocol of the request", () => {
    expect([
      request(form, createVpc),
      request(form, "Action=CreateRole&Version=2010-05-08"),
      request({ "x-amz-target": "TrentService.CreateKey", "content-type": "application/x-amz-json-1.1" }),
      request({ "content-type": "application/json" }),
    ]).toEqual(["ec2Query", "query", "json", "restJson"]);
  });

  it.each([
    ["ec2Query", 503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code>"],
    ["query", 400, "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>"],
    ["json", 400, '{"__type":"ThrottlingException"'],
    ["restJson", 429, '{"__type":"TooManyRequestsException"'],
  ] as const)("throttle in %s", (protocol, status, begin) => {
    const answer = errorAnswer("throttled", protocol, seededRandom(1));
    expect(answer.status).toBe(status);
    expect(answer.text.slice(0, begin.length)).toBe(begin);
  });
});
