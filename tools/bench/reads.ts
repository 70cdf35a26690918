import type { Clients } from "./clients";
import type { Figure } from "./figures";
import { median } from "./median";
import type { Platform, RecordsServer } from "./platform";
import { takeTurns, type Turn } from "./turns";

const rounds = 5;

export interface ReadsArgs {
  platform: Platform;
  cacheOn: RecordsServer;
  cacheOff: RecordsServer;
  clients: Clients;
  /** Of each turn. */
  seconds: number;
}

/** Repeated reads of the same patients and records with the cache on and off, beside a route that does nothing. */
export async function reads({ platform, cacheOn, cacheOff, clients, seconds }: ReadsArgs): Promise<Figure[]> {
  const targets = (paths: string[]) => ({
    cached: { server: cacheOn, port: cacheOn.ports.records, requests: clients.reading(paths), audited: true },
    uncached: { server: cacheOff, port: cacheOff.ports.records, requests: clients.reading(paths), audited: true },
    empty: { server: cacheOn, port: cacheOn.ports.empty, requests: clients.reading(["/"]), audited: false },
  });
  // The servers warm up by others, so that the first read of each patient counts.
  await takeTurns(platform, targets(await clients.register()), { rounds: 1, seconds: 2 * seconds });
  const { cached, uncached, empty } = await takeTurns(platform, targets(await clients.register()), { rounds, seconds });
  return [
    {
      name: "database queries for 1,000 reads, cache on",
      measured: queriesForThousand(cached),
      limit: { atMost: 10 },
    },
    { name: "database queries for 1,000 reads, cache off", measured: queriesForThousand(uncached) },
    ...speed("reads, cache on", cached),
    ...speed("reads, cache off", uncached),
    ...speed("empty route", empty),
    {
      name: "throughput, read with the cache on : empty route",
      measured: median(cached.map(({ perSecond }, round) => perSecond / (empty[round]?.perSecond ?? NaN))),
      limit: { atLeast: 0.5 },
    },
  ];
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

const queriesForThousand = (turns: Turn[]) =>
  (1000 * sum(turns.map(({ statements }) => statements))) / sum(turns.map(({ answered }) => answered));

/** Medians of all turns. */
const speed = (name: string, turns: Turn[]): Figure[] => [
  { name: `${name}: throughput`, measured: median(turns.map(({ perSecond }) => perSecond)), unit: "/s" },
  { name: `${name}: half are answered in`, measured: median(turns.map(({ p50 }) => p50)), unit: "ms" },
  { name: `${name}: 99 % are answered in`, measured: median(turns.map(({ p99 }) => p99)), unit: "ms" },
  {
    name: `${name}: CPU of the server for each`,
    measured: median(turns.map(({ cpu, answered }) => cpu / answered)),
    unit: "µs",
  },
];
