import type { GraphNode } from "./layout";

/** A resource as the page's graph shows it. */
export interface PageNode extends GraphNode {
  /** Without the module, such as `Vpc`. */
  type: string;
  /** In full, such as `aws:ec2:Vpc`. */
  fullType: string;
  name: string;
  physicalName: string;
  /** Seconds after the beginning of a first deployment. */
  start: number;
  seconds: number;
  /** Where the seconds come from. */
  source: string;
  /** Whether it is on the critical path. */
  critical: boolean;
  inputs: unknown;
}
