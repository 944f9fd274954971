import { SetMetadata } from '@nestjs/common';

export const COMMAND = 'cairn:command';

/** A command of the process: `node dist/main.js <name>` runs every provider that carries the name, then ends. */
export interface CommandProvider {
  run(): Promise<void>;
}

export const Command = (name: string) => SetMetadata(COMMAND, name);
