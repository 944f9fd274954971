import path from 'node:path';

export const workspace = path.resolve(import.meta.dirname, '../..');

/** Everything that a clone keeps: data, secrets, logs. */
export const dataFolder = path.resolve(process.env.CAIRN_DATA ?? path.join(workspace, '.cairn'));
