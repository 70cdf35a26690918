import { randomUUID } from "node:crypto";
import { ReadCache } from "../../service/records/read-cache";
import type { MetricName } from "../../service/records/metrics";
import { ConflictError } from "../../service/records/store/errors";
import { type Container, RecordsApi } from "./support/records-api";
import { addRecord, ifMatch, patientDetails, recordDetails, registerPatient } from "./support/samples";

jest.setTimeout(60_000);

let api: RecordsApi;
let service: Container;
let token: string;

beforeAll(async () => {
  api = await RecordsApi.start();
});

beforeEach(async () => {
  service = api.container();
  token = await api.signIn(service);
});

afterAll(() => api.stop());

const get = (path: string, container = service) => container.request("GET", path, { token });

const change = (path: string, version: number, container = service) =>
  container.request("PUT", path, { token, headers: ifMatch(version), body: patientDetails() });

const total = (containers: Container[], name: MetricName) =>
  containers.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0);

const inRedis = (key: string) => api.redis.administer("GET", key);

describe("the cache", () => {
  it("loads a patient and a record once, and answers from then on, in every container", async () => {
    const patient = await registerPatient(service, token);
    const record = await addRecord(service, token, patient.path);
    const other = api.container();
    for (const { path, body } of [patient, record])
      for (const container of [service, other, service, other]) expect((await get(path, container)).body).toEqual(body);
    expect([service.counts, other.counts]).toEqual([{ CacheMisses: 2, CacheLoads: 2, CacheHits: 2 }, { CacheHits: 4 }]);
  });

  it("lets one of 50 clients load a cold key", async () => {
    const patient = await registerPatient(service, token);
    const containers = [1, 2, 3, 4, 5].map(() => api.container());
    // Connections stand before the race.
    await Promise.all(containers.map((container) => get(`/v1/patients/${randomUUID()}`, container)));
    const loadsBefore = total(containers, "CacheLoads");
    const clients = containers.flatMap((container) => Array.from({ length: 10 }, () => container));
    // However slow the machine is, nobody runs out of patience.
    const clock = jest.spyOn(Date, "now").mockReturnValue(Date.now());
    const answers = await Promise.all(clients.map((container) => get(patient.path, container))).finally(() => {
      clock.mockRestore();
    });
    for (const { body } of answers) expect(body).toEqual(patient.body);
    expect(answers).toHaveLength(50);
    expect(total(containers, "CacheLoads") - loadsBefore).toBe(1);
  });

  it("knows for a while that there is no such patient", async () => {
    const id = randomUUID();
    for (const container of [service, api.container(), service])
      expect((await get(`/v1/patients/${id}`, container)).status).toBe(404);
    expect(service.counts).toEqual({ CacheMisses: 1, CacheLoads: 1, CacheHits: 1 });
    expect(await inRedis(`patient:${id}`)).toBe("N");
    const left = await api.redis.administer("PTTL", `patient:${id}`);
    expect(left).toBeGreaterThan(20_000);
    expect(left).toBeLessThanOrEqual(33_000);
  });

  it("lets values live for their time, a tenth more or less", async () => {
    const lifetimes: number[] = [];
    for (let patients = 0; patients < 20; patients++) {
      const { id, path } = await registerPatient(service, token);
      await get(path);
      lifetimes.push(Number(await api.redis.administer("PTTL", `patient:${id}`)));
    }
    expect(Math.min(...lifetimes)).toBeGreaterThan(260_000);
    expect(Math.max(...lifetimes)).toBeLessThanOrEqual(330_000);
    expect(Math.max(...lifetimes) - Math.min(...lifetimes)).toBeGreaterThan(5000);
  });

  it("is neither asked nor filled where it is off", async () => {
    const { id, path, body } = await registerPatient(service, token);
    const others = `V${JSON.stringify({ ...body, familyName: "of another container" })}`;
    await api.redis.administer("SET", `patient:${id}`, others);
    expect((await get(path, api.container({ cacheSeconds: 0 }))).body).toEqual(body);
    expect(await inRedis(`patient:${id}`)).toBe(others);
  });

  it("keeps nothing old where it was off for a while", async () => {
    const { path } = await registerPatient(service, token);
    expect((await get(path)).body.version).toBe(1);
    expect((await change(path, 1, api.container({ cacheSeconds: 0 }))).status).toBe(200);
    expect((await get(path)).body.version).toBe(2);
  });
});

describe("after a write has been answered", () => {
  it("nobody reads what was before, however many read and write", async () => {
    const { path } = await registerPatient(service, token);
    const containers = [service, api.container(), api.container()];
    let acknowledged = 1;
    let reads = 0;
    let writing = true;
    const read = async (container: Container) => {
      while (writing) {
        const atLeast = acknowledged;
        const { body } = await get(path, container);
        expect(Number(body.version)).toBeGreaterThanOrEqual(atLeast);
        reads++;
      }
    };
    const readers = [...containers, ...containers].map(read);
    while (acknowledged < 150) {
      const { status, body } = await change(path, acknowledged, containers[acknowledged % 2]);
      expect(status).toBe(200);
      acknowledged = Number(body.version);
    }
    writing = false;
    await Promise.all(readers);
    expect(reads).toBeGreaterThan(150);
    expect(total(containers, "CacheHits")).toBeGreaterThan(0);
  });

  it("whoever had loaded before the write cannot leave that behind", async () => {
    const { id, path, body } = await registerPatient(service, token);
    const cache = new ReadCache(service.redis, 300, { count: () => undefined });
    const lookup = await cache.lookUp(`patient:${id}`);
    expect(lookup.state).toBe("leased");
    const old = await cache.resolve(lookup, async () => {
      expect((await change(path, 1)).status).toBe(200);
      return body;
    });
    expect(old).toEqual(body);
    expect((await get(path)).body.version).toBe(2);
    expect((await get(path)).body.version).toBe(2);
  });

  it("whoever reads while it is being written gets what is stored, and leaves nothing behind", async () => {
    const { id, path, body } = await registerPatient(service, token);
    const cache = new ReadCache(service.redis, 300, { count: () => undefined });
    await cache.write(`patient:${id}`, async (beforeChange) => {
      await beforeChange();
      expect((await get(path)).body).toEqual(body);
      expect(await inRedis(`patient:${id}`)).toMatch(/^B/);
    });
    expect(await inRedis(`patient:${id}`)).toBeNull();
  });

  it("an earlier writer does not free what a later one has blocked", async () => {
    const key = `patient:${randomUUID()}`;
    const cache = new ReadCache(service.redis, 300, { count: () => undefined });
    await cache.write(key, async (blockFirst) => {
      await blockFirst();
      await cache.write(key, async (blockSecond) => {
        await blockSecond();
        await cache.write(key, async (blockThird) => {
          await blockThird();
        });
        expect(await inRedis(key)).toBeNull();
        await blockSecond();
      });
      await api.redis.administer("SET", key, "Bsomebody else's");
    });
    expect(await inRedis(key)).toBe("Bsomebody else's");
  });

  it("whose fate is unknown, the key stays blocked for a minute", async () => {
    const { id, path, body } = await registerPatient(service, token);
    const cache = new ReadCache(service.redis, 300, { count: () => undefined });
    const lost = cache.write(`patient:${id}`, async (beforeChange) => {
      await beforeChange();
      throw new Error("connection lost during the commit");
    });
    await expect(lost).rejects.toThrow("connection lost");
    for (let reads = 0; reads < 2; reads++) expect((await get(path)).body).toEqual(body);
    expect(service.counts.CacheHits).toBeUndefined();
    const left = Number(await api.redis.administer("PTTL", `patient:${id}`));
    expect(left).toBeGreaterThan(30_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  it("a refused write leaves the cache as it is", async () => {
    const { path } = await registerPatient(service, token);
    await get(path);
    expect((await change(path, 7)).status).toBe(412);
    await get(path);
    expect(service.counts).toEqual({ CacheMisses: 1, CacheLoads: 1, CacheHits: 1 });
  });

  it("a write that was refused once the key was blocked leaves it to readers, who may cache it again", async () => {
    const [patient, other] = [await registerPatient(service, token), await registerPatient(service, token)];
    await get(patient.path);
    const body = patientDetails({ medicalRecordNumber: String(other.body.medicalRecordNumber) });
    expect((await service.request("PUT", patient.path, { token, headers: ifMatch(1), body })).status).toBe(409);
    for (let reads = 0; reads < 3; reads++) expect((await get(patient.path)).body).toEqual(patient.body);
    expect(service.counts).toEqual({ CacheMisses: 2, CacheLoads: 2, CacheHits: 2 });
  });

  it.each(["Bsomebody else's", 'V{"version":2}'])(
    "a refused writer leaves %s in the place of its block",
    async (found) => {
      const key = `patient:${randomUUID()}`;
      const cache = new ReadCache(service.redis, 300, { count: () => undefined });
      const refused = cache.write(key, async (beforeChange) => {
        await beforeChange();
        await api.redis.administer("SET", key, found);
        throw new ConflictError("refused");
      });
      await expect(refused).rejects.toThrow(ConflictError);
      expect(await inRedis(key)).toBe(found);
    },
  );

  it("a record's amendment is seen too", async () => {
    const { path } = await registerPatient(service, token);
    const record = await addRecord(service, token, path);
    await get(record.path);
    const body = { ...recordDetails({ text: "amended" }), amendmentReason: "reason" };
    const amended = await service.request("PUT", record.path, { token, headers: ifMatch(1), body });
    expect((await get(record.path, api.container())).body).toEqual(amended.body);
  });
});

describe("where the cache does not do its part", () => {
  /** As where a key cannot be kept: sessions go on, the cache does not. */
  const withoutCache = async (run: () => Promise<void>) => {
    await api.redis.administer("ACL", "SETUSER", "default", "resetkeys", "~session*");
    try {
      await run();
    } finally {
      await api.redis.administer("ACL", "SETUSER", "default", "~*");
    }
  };

  it("reads go to the database", async () => {
    const { path, body } = await registerPatient(service, token);
    await withoutCache(async () => {
      expect((await get(path)).body).toEqual(body);
    });
    expect(service.counts).toEqual({ CacheFailures: 1, CacheMisses: 1, CacheLoads: 1 });
  });

  it("a write does not happen, as an old value might stay", async () => {
    const { path, body } = await registerPatient(service, token);
    await withoutCache(async () => {
      expect((await change(path, 1)).status).toBe(503);
    });
    expect((await get(path)).body).toEqual(body);
  });

  it("a value whose loader is gone is loaded by whoever waits for it", async () => {
    const { id, path, body } = await registerPatient(service, token);
    await new ReadCache(service.redis, 300, { count: () => undefined }).lookUp(`patient:${id}`);
    expect((await get(path)).body).toEqual(body);
    expect(service.counts).toEqual({ CacheMisses: 1, CacheLoads: 1 });
  });

  it("a load that failed leaves the key to the next", async () => {
    const key = `patient:${randomUUID()}`;
    const cache = new ReadCache(service.redis, 300, { count: () => undefined });
    const failed = cache.resolve(await cache.lookUp(key), () => Promise.reject(new Error("database gone")));
    await expect(failed).rejects.toThrow("database gone");
    expect(await inRedis(key)).toBeNull();
  });

  it("a session that is not live leaves no lease behind", async () => {
    const { id, path } = await registerPatient(service, token);
    const stranger = api.tokens.issue(randomUUID(), ["records/read"]);
    expect((await service.request("GET", path, { token: stranger })).status).toBe(401);
    expect(await inRedis(`patient:${id}`)).toBeNull();
  });
});
