import autocannon from "autocannon";
import { UserError } from "../cli";

export type Requests = autocannon.Request[];

export interface Load {
  answered: number;
  perSecond: number;
  /** Milliseconds until the answer, of half of them and of 99 %. */
  p50: number;
  p99: number;
}

/**
 * Sends requests over one keep-alive connection a client: the clients' lists over and over for some seconds, or each list
 * once.
 *
 * @throws UserError where a request fails
 */
export async function load(port: number, clients: Requests[], seconds: number | "once"): Promise<Load> {
  const times: number[] = [];
  let lastAt = 0;
  let next = 0;
  const startedAt = performance.now();
  const { errors, non2xx } = await new Promise<autocannon.Result>((done, fail) => {
    const instance = autocannon(
      {
        url: `http://127.0.0.1:${port}`,
        connections: clients.length,
        ...(seconds === "once" ? { amount: clients.flat().length } : { duration: seconds }),
        // How often it looks whether the time is over.
        sampleInt: 50,
        setupClient: (connection) => {
          connection.setRequests(clients[next++] ?? []);
        },
      },
      (error: Error | null, result) => {
        if (error) fail(error);
        else done(result);
      },
    );
    instance.on("response", (...[, , , milliseconds]) => {
      times.push(milliseconds);
      lastAt = performance.now();
    });
  });
  if (errors + non2xx > 0) throw new UserError(`${errors + non2xx} requests of the benchmark failed.`);
  times.sort((one, other) => one - other);
  const percentile = (share: number) => times[Math.ceil(times.length * share) - 1] ?? 0;
  return {
    answered: times.length,
    perSecond: times.length / ((lastAt - startedAt) / 1000),
    p50: percentile(0.5),
    p99: percentile(0.99),
  };
}
