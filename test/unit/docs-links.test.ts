import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../../tools/paths";
import { documents } from "./documents";

const textOf = (document: string) => readFileSync(join(repository, document), "utf8");

/** The headings of a document as GitHub makes anchors of them. */
function anchorsOf(document: string): string[] {
  return [...textOf(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9_ -]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** Links of a document to others or within itself. */
function linksOf(document: string): { link: string; target: string; anchor: string | undefined }[] {
  return [...textOf(document).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = ""]) => {
    const [path, anchor] = link.split("#");
    return { link, target: path ? join(dirname(document), path) : document, anchor };
  });
}

describe("links of the documents", () => {
  it.each(documents)("%s: lead to files and sections that there are", (document) => {
    const dead = linksOf(document).filter(
      ({ target, anchor }) =>
        !existsSync(join(repository, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor)),
    );
    expect(dead).toEqual([]);
  });

  it("are found: the README leads to every other document", () => {
    const linked = linksOf("README.md").map(({ target }) => target);
    expect(documents.filter((document) => document !== "README.md" && !linked.includes(document))).toEqual([]);
  });
});
