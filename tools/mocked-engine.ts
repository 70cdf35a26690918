import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings";

/** Pulumi's mock of the engine, which also keeps what it was asked to register. */
export class RecordingMonitor extends MockMonitor {
  readonly requests: { urn: string; request: RegisterResourceRequest }[] = [];

  override async registerResource(
    request: RegisterResourceRequest,
    callback: (error: unknown, response: RegisterResourceResponse) => void,
  ): Promise<void> {
    await super.registerResource(request, (error: unknown, response: RegisterResourceResponse) => {
      if (!error) this.requests.push({ urn: response.getUrn(), request });
      callback(error, response);
    });
  }
}

/**
 * Runs a program without engine, network or credentials, and waits until everything is registered.
 * @param options.configuration by full key, such as `tap:region`
 */
export async function runUnderMocks(
  program: () => Promise<Record<string, unknown> | undefined>,
  monitor: MockMonitor,
  options: { project: string; stack: string; configuration: Record<string, string>; preview: boolean },
): Promise<void> {
  setMockOptions(monitor, options.project, options.stack, options.preview);
  pulumi.runtime.setAllConfig(options.configuration);
  let run: Promise<unknown> = Promise.resolve();
  // Pulumi would throw the program's error a second time, where nobody can catch it.
  await pulumi.runtime.runInPulumiStack(() => (run = program()).catch(() => undefined));
  await pulumi.runtime.disconnect();
  await run;
}
