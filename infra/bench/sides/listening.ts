/** Tells the bench where we listen, and ends with it. */
export function listening(port: number): void {
  process.once('disconnect', () => process.exit());
  process.once('SIGTERM', () => process.exit()); // in order: a profile is written at the end
  process.send!({ port });
}
