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
