/** The shell blocks of a document, in order. */
export function shellBlocks(document: string): { needsAws: boolean; commands: string }[] {
  return [...document.matchAll(/^ *```sh( aws)?\n(.*?)^ *```$/gms)].map(([, aws, commands = ""]) => ({
    needsAws: aws !== undefined,
    commands,
  }));
}
