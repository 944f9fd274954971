const STYLE = `:root { color-scheme: light dark } body { font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 3rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem } code { font-size: .9em } table { border-collapse: collapse; width: 100% } :target { background: Mark; color: MarkText }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid color-mix(in srgb, CanvasText 20%, Canvas) }`;

/** A page without script; `content` is HTML. */
export const page = (title: string, content: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${escaped(title)} · Cairn</title>
<style>${STYLE}</style></head><body><h1>${escaped(title)}</h1>
${content}
</body></html>
`;

export const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
