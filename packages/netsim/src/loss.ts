/**
 * Loss: by chance (Bernoulli, Gilbert-Elliott) and by rule.
 */
import type { Datagram } from "./datagram.ts";
import type { DropRule, GilbertElliott } from "./impairments.ts";
import type { SeededRandom } from "./random.ts";

/** Random loss of one direction. */
export class RandomLoss {
  #model: number | GilbertElliott = 0;
  #bad = false;

  /** Changes the model. The state of a burst model is kept when it is followed by another one. */
  set(model: number | GilbertElliott): void {
    if (typeof model === "number") this.#bad = false;
    this.#model = model;
  }

  /** Whether the next datagram is lost. */
  strikes(random: SeededRandom): boolean {
    const model = this.#model;
    if (typeof model === "number") return random.chance(model);
    const lost = random.chance(this.#bad ? (model.lossInBad ?? 1) : (model.lossInGood ?? 0));
    if (random.chance(this.#bad ? model.toGood : model.toBad)) this.#bad = !this.#bad;
    return lost;
  }
}

/** Loss by rule of one direction. */
export class RuledLoss {
  #rule: DropRule = [];
  #numbers: ReadonlySet<number> = new Set();
  #nth = 0;

  /** Changes the rule and begins to count anew. */
  set(rule: DropRule): void {
    this.#rule = rule;
    this.#numbers = new Set(typeof rule === "object" ? rule : []);
    this.#nth = 0;
  }

  /** Whether the next datagram is dropped. */
  strikes(datagram: Datagram): boolean {
    const rule = this.#rule;
    const nth = ++this.#nth;
    if (typeof rule === "function") return rule(datagram, nth);
    if (typeof rule === "string") return rule.length > 0 && rule.charAt((nth - 1) % rule.length) === "x";
    return this.#numbers.has(nth);
  }
}
