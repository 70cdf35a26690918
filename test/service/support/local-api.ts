import { spawn } from "node:child_process";
import { once } from "node:events";
import { repository } from "../../../tools/paths";

export interface LocalApi {
  /** `http://localhost:PORT`. */
  baseUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts what `npm run serve -- --port 0` starts: tools/serve.ts on a port of its own choice. Once it takes requests it
 * prints a line `Records API: http://localhost:PORT`, and it stops on SIGTERM.
 */
export async function startLocalApi(): Promise<LocalApi> {
  const server = spawn(process.execPath, ["--import", "tsx", "tools/serve.ts", "--port", "0"], {
    cwd: repository,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const ended = once(server, "exit");
  const ready = new Promise<string>((resolve) => {
    for (const stream of [server.stdout, server.stderr])
      stream.on("data", (data: Buffer) => {
        output += data.toString();
        const [, baseUrl] = /^Records API: (http:\/\/localhost:\d+)$/m.exec(output) ?? [];
        if (baseUrl !== undefined) resolve(baseUrl);
      });
  });
  const tooEarly = ended.then(() => {
    throw new Error(`it ended before it was ready:\n${output}`);
  });
  tooEarly.catch(() => undefined);
  return {
    baseUrl: await Promise.race([ready, tooEarly]),
    stop: async () => {
      server.kill("SIGTERM");
      await ended;
    },
  };
}
