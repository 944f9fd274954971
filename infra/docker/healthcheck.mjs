// HEALTHCHECK of every service's image, which has no curl: exit code 0 when it is ready, degraded or not.
const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`, {
  signal: AbortSignal.timeout(4_000),
}).catch((error) => ({ ok: false, text: () => error.cause?.code ?? error.message }));
console.log(await answer.text()); // seen by `docker inspect`
process.exit(answer.ok ? 0 : 1);
