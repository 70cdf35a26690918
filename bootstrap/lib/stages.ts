/** Kinds of environments, each with roles of its own in the account. */
export const stages = {
  /** An environment for each pull request. Nothing in it is worth keeping. */
  "pull-request": {
    suffix: "pr-*",
    // The pull request itself, and what sweeps up after it at night, from the default branch.
    subjects: ["pull_request", "ref:refs/heads/main"],
    tested: true,
    swept: true,
  },
  dev: { suffix: "dev", subjects: ["environment:dev"], tested: true, swept: false },
  /** With patients' data. */
  prod: { suffix: "prod", subjects: ["environment:production"], tested: false, swept: false },
} satisfies Record<string, StageSettings>;

export type Stage = keyof typeof stages;

interface StageSettings {
  /** Suffix of the environments; `*` stands for any characters. */
  suffix: string;
  /** Ends of the `sub` claims of workflows that may deploy (GitHub's documentation, "OpenID Connect reference"). */
  subjects: string[];
  /** Whether the integration suite runs there. */
  tested: boolean;
  /** Whether what environments leave behind is looked for and removed. */
  swept: boolean;
}
