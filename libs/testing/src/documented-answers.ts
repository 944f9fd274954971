interface Documented {
  readonly paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
}

/** Every answer that a test sees must be one that OpenAPI announces, so that each e2e test is a test of the contract too. */
export function documentedAnswers({ paths }: Documented) {
  const routes = Object.entries(paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    path,
    operations,
  }));
  return (method: string, url: string, status: number): void => {
    const pathname = new URL(url, 'http://service').pathname;
    const known = routes.filter(
      ({ pattern, operations }) => pattern.test(pathname) && operations[method.toLowerCase()],
    );
    const route = known.find(({ path }) => !path.includes('{')) ?? known[0];
    if (route && !(status in route.operations[method.toLowerCase()]!.responses))
      throw new Error(`${method} ${route.path} answered ${status}, which its OpenAPI does not announce`);
  };
}
