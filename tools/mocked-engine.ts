import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import type { ICallbackServer } from "@pulumi/pulumi/runtime/callbacks";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings";

/** Where Pulumi keeps what a program is called back by; its own is a server for a real engine. */
const runtime = globalThis as unknown as {
  globalStore: {
    callbacks: Pick<ICallbackServer, "registerResourceHook" | "awaitStackRegistrations" | "shutdown">;
  };
};

/** What every stack in a file backend belongs to. */
const organization = "organization";

/** Pulumi's mock of the engine, which also keeps what it was asked to register, and the hooks. */
export class RecordingMonitor extends MockMonitor {
  readonly requests: { urn: string; request: RegisterResourceRequest }[] = [];
  /** By name. */
  readonly hooks = new Map<string, pulumi.ResourceHook>();

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
  monitor: RecordingMonitor,
  options: { project: string; stack: string; configuration: Record<string, string>; preview: boolean },
): Promise<void> {
  setMockOptions(monitor, options.project, options.stack, options.preview, organization);
  runtime.globalStore.callbacks = {
    registerResourceHook: (hook) => {
      monitor.hooks.set(hook.name, hook);
      return Promise.resolve();
    },
    awaitStackRegistrations: () => Promise.resolve(),
    shutdown: () => undefined,
  };
  pulumi.runtime.setAllConfig(options.configuration);
  let run: Promise<unknown> = Promise.resolve();
  // Pulumi would throw the program's error a second time, where nobody can catch it.
  await pulumi.runtime.runInPulumiStack(() => (run = program()).catch(() => undefined));
  await pulumi.runtime.disconnect();
  await run;
}
