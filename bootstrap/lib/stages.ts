/** Kinds of environments, each with roles of its own in the account. */
export const stages = {
  /** An environment for each pull request. Nothing in it is worth keeping. */
  "pull-request": {
    suffix: "pr-*",
    // The pull request itself, and what sweeps up after it at night, from the default branch.
    subjects: ["pull_request", "ref:refs/heads/main"],
    tested: true,
    swept: true,
    // An environment takes up to 40 minutes to come or go.
    sessionSeconds: 7200,
  },
  // An update of the database may take four hours (lib/rds.ts).
  dev: { suffix: "dev", subjects: ["environment:dev"], tested: true, swept: false, sessionSeconds: 18_000 },
  /** With patients' data. */
  prod: { suffix: "prod", subjects: ["environment:production"], tested: false, swept: false, sessionSeconds: 18_000 },
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
  /** Longest session of a workflow run, in seconds; at most twelve hours. The workflows ask for as long. */
  sessionSeconds: number;
}
