/**
 * Which numbers were seen lately, of numbers that grow.
 */

/** Remembers numbers, each until one comes that is `size` higher. */
export class KnownNumbers {
  readonly #size: number;
  /** Made with the first number. */
  #numbers: Float64Array | undefined = undefined;

  constructor(size: number) {
    this.#size = size;
  }

  /** Remembers a number that is not negative. */
  add(number: number): void {
    this.#numbers ??= new Float64Array(this.#size).fill(-1);
    this.#numbers[number % this.#size] = number;
  }

  /** Whether it is remembered. */
  has(number: number): boolean {
    return number >= 0 && this.#numbers?.[number % this.#size] === number;
  }

  /** Forgets all. */
  clear(): void {
    this.#numbers?.fill(-1);
  }
}
