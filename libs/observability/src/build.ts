export interface Build {
  readonly version: string;
  readonly revision: string;
}

/** Which code runs. The image knows: infra/docker/Dockerfile. Not by a service's config, as a line is written also where that is wrong. */
export function build({ VERSION, REVISION } = process.env): Build {
  return { version: VERSION || 'development', revision: REVISION || 'unknown' };
}
