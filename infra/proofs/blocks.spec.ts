import { expect, test } from '@jest/globals';
import { moveTo, runnableBlocks } from './blocks.ts';

const page = `# Page

\`\`\`bash
not run
\`\`\`

\`\`\`bash run
curl http://127.0.0.1:3000/
echo done
\`\`\`

Which shows

\`\`\`text output-contains
<html>

done
\`\`\`

\`\`\`bash run
true
\`\`\`

\`\`\`bash run
false
\`\`\`
`;

test('the blocks that run, each with what has to be in its output', () => {
  expect(runnableBlocks('docs/page.md', page)).toEqual([
    { where: 'docs/page.md:8', script: 'curl http://127.0.0.1:3000/\necho done\n', expected: ['<html>', 'done'] },
    { where: 'docs/page.md:21', script: 'true\n', expected: [] },
    { where: 'docs/page.md:25', script: 'false\n', expected: [] },
  ]);
});

test('the addresses move with the system', () => {
  expect(moveTo(4100, 'curl http://127.0.0.1:3000/ http://localhost:3002/graphql 127.0.0.1:8080 :3000')).toBe(
    'curl http://127.0.0.1:4100/ http://localhost:4102/graphql 127.0.0.1:8080 :3000',
  );
});
