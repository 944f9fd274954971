import { run } from '@cairn/service';
import { analytics } from './app.module.ts';

await run(analytics);
