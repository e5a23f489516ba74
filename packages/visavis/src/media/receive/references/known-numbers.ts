/**
 * Which numbers were seen lately, of numbers that grow.
 */

/** Remembers numbers, each until one comes that is `size` higher. */
export class KnownNumbers {
  readonly #numbers: Float64Array;

  /** @param size a power of two */
  constructor(size: number) {
    this.#numbers = new Float64Array(size).fill(-1);
  }

  /** Remembers a number that is not negative. */
  add(number: number): void {
    this.#numbers[number % this.#numbers.length] = number;
  }

  /** Whether it is remembered. */
  has(number: number): boolean {
    return number >= 0 && this.#numbers[number % this.#numbers.length] === number;
  }

  /** Forgets all. */
  clear(): void {
    this.#numbers.fill(-1);
  }
}
