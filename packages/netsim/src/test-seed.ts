/**
 * The seed of a test: given by the environment, or else by the test, or else a new one.
 */

/**
 * `VISAVIS_SEED` when it is set, else `fallback`, else a fresh seed. A failing simulation names its seed.
 * For tests only: nothing else here reads the environment.
 */
export function testSeed(
  fallback?: number | string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { VISAVIS_SEED: given } = environment;
  if (given !== undefined && given !== "") return given;
  return String(fallback ?? Math.floor(Math.random() * 0x1_0000_0000));
}
