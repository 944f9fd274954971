/** The objects in an answer: what a query has cost, measured. */
export function countObjects(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item !== 'object') return 0; // of scalars, as a list of tags
      count += countObjects(item);
    }
    return count;
  }
  for (const name in value) count += countObjects((value as Record<string, unknown>)[name]);
  return count + 1;
}

const [QUOTE, OPEN, CLOSE] = [0x22, 0x7b, 0x7d];

/** The same of JSON text, without its outermost object; undefined where braces do not match: then it is not (all of) JSON. */
export function countObjectsIn(json: string): number | undefined {
  let count = -1;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const sign = json.charCodeAt(at);
    if (sign === QUOTE) at = endOfString(json, at);
    else if (sign === OPEN) {
      count++;
      depth++;
    } else if (sign === CLOSE && --depth === 0) return at === json.length - 1 ? count : undefined;
  }
  return undefined;
}

function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let escapes = 0;
    while (json[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end;
  }
  return json.length;
}
