import { run } from '@cairn/service';
import { gateway } from './app.module.ts';

await run(gateway);
