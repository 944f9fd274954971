import { run } from '@cairn/service';
import { links } from './app.module.ts';

await run(links);
