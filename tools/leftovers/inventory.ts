/** Something that exists in the account. */
export interface Found {
  /** Pulumi's type token, such as `aws:ec2/vpc:Vpc`. */
  type: string;
  /** As the provider identifies it in Pulumi's state; of a database its name, which it takes as well. */
  id: string;
  /** Physical names by which it may be known: its own, or that of what it belongs to. */
  names: (string | undefined)[];
  tags: Record<string, string>;
}

/** How the clients reach AWS: the account whose credentials the SDK finds, unless a local AWS is given. */
export interface ClientConfig {
  region: string;
  /** URL and credentials of a local AWS. */
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** How often and how patiently a refused request is tried again; as the SDK does unless given. */
  maxAttempts?: number;
  retryMode?: "standard" | "adaptive";
}

/** Everything of one service that exists, of the kinds that the program makes or that the service makes for it. */
export type Inventory = (config: ClientConfig) => Promise<Found[]>;

/** All items of all pages. */
export async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) all.push(...(items(page) ?? []));
  return all;
}

/** AWS's usual list of tags as a record. */
export function tagRecord(tags: { Key?: string; Value?: string }[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
