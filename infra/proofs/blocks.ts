export interface Block {
  /** Where its first line stands, as `docs/patterns/rest.md:35`. */
  readonly where: string;
  readonly script: string;
  /** Lines that its output has to contain. */
  readonly expected: readonly string[];
}

const FENCE = /^```(.*)\n([\s\S]*?)^```[ \t]*$/gm;

/** The blocks of a page that begin with ```bash run, each with the ```text output-contains block that follows it before the next. */
export function runnableBlocks(page: string, markdown: string): Block[] {
  const fences = [...markdown.matchAll(FENCE)];
  return fences.flatMap(([, info, script = ''], index) => {
    if (info!.trim() !== 'bash run') return [];
    const next = fences[index + 1];
    const shown = next?.[1]!.trim() === 'text output-contains' ? next[2]! : '';
    const line = markdown.slice(0, fences[index]!.index).split('\n').length + 1;
    return [{ where: `${page}:${line}`, script, expected: shown.split('\n').filter((each) => each.trim() !== '') }];
  });
}

/** The docs say port 3000 and what follows it; the system may have another base. */
export const moveTo = (portBase: number, script: string): string =>
  script.replace(
    /\b(127\.0\.0\.1|localhost):3(\d{3})\b/g,
    (_, host: string, offset: string) => `${host}:${portBase + Number(offset)}`,
  );
