/** The forms in which files hold a text: as it is, as JSON, also inside of JSON, as Go writes JSON, in URLs, in XML, in hexadecimal and in base64. */
export function formsOf(value: string): string[] {
  const json = inJson(value);
  const url = encodeURIComponent(value);
  return [
    ...new Set([
      value,
      json,
      inJson(json),
      json.replace(/[&<>]/g, unicodeEscape),
      url,
      // Go, and browsers' forms.
      url.replace(/[!'()*]/g, percentEscape),
      url.replace(/[!'()~]/g, percentEscape),
      value.replace(/[&<>"']/g, (character) => xmlEntities[character] ?? character),
      Buffer.from(value).toString("hex"),
      ...[0, 1, 2].flatMap((offset) => {
        const base64 = base64Behind(value, offset);
        return [base64, base64.replaceAll("+", "-").replaceAll("/", "_")];
      }),
    ]),
  ];
}

/** Names of the texts that hold one of the values in any form. */
export function disclosures(texts: Record<string, string>, values: string[]): string[] {
  const forms = values.flatMap(formsOf);
  return Object.keys(texts).filter((name) => forms.some((form) => texts[name]?.includes(form)));
}

const xmlEntities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function percentEscape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** What base64 makes of a text behind so many other bytes, without the characters that others have a part in. */
function base64Behind(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const firstOfItsOwn = Math.ceil((offset * 8) / 6);
  const endOfItsOwn = Math.floor((bytes.length * 8) / 6);
  return bytes.toString("base64").slice(firstOfItsOwn, endOfItsOwn);
}
