import { timed } from "../../tools/bench/timed";
import { repository } from "../../tools/paths";

const options = { cwd: repository };

describe("what a command takes", () => {
  it("is time on the clock, and of the processors by all that it started", async () => {
    const waits = await timed("sleep", ["0.3"], options);
    expect(waits.wall).toBeGreaterThanOrEqual(0.3);
    expect(waits.cpu).toBeLessThan(0.2);
    const busy = "while (process.cpuUsage().user < 300000);";
    const works = await timed("bash", ["-c", `"${process.execPath}" -e '${busy}'; true`], options);
    expect(works.cpu).toBeGreaterThanOrEqual(0.3);
  });

  it("has no figure where it fails, but what it printed", async () => {
    await expect(timed("bash", ["-c", "echo out; echo err >&2; exit 3"], options)).rejects.toThrow(
      /^bash -c echo out; echo err >&2; exit 3 failed:\nout\nerr\n$/,
    );
  });
});
