/** The metrics of a TURN server through the OpenTelemetry API: its shapes are written down here, so that nobody has to install it who has no use for it. */
import { type MetricFamily, metricFamilies, type TurnMetrics } from "./turn-metrics.ts";

/** What is observed: an `Observable` of `@opentelemetry/api`. */
type Instrument = object;

/** A `Meter` of `@opentelemetry/api`, as far as it is needed here. */
export interface TurnMeter {
  createObservableGauge(name: string, options: { description: string; unit?: string }): Instrument;
  createObservableCounter(name: string, options: { description: string; unit?: string }): Instrument;
  addBatchObservableCallback(callback: BatchCallback, instruments: never[]): void;
  removeBatchObservableCallback(callback: BatchCallback, instruments: never[]): void;
}

type BatchCallback = (result: {
  observe(instrument: never, value: number, attributes?: Record<string, string>): void;
}) => Promise<void>;

/** `visavis_turn_requests_total` is `visavis.turn.requests` there. */
const nameOf = ({ name }: MetricFamily): string => name.replace(/_total$/, "").replaceAll("_", ".");

/** Has a meter observe a server. @returns what ends that */
export function observe(meter: TurnMeter, metrics: () => Promise<TurnMetrics>, nothing: TurnMetrics): () => void {
  const instruments = new Map<string, Instrument>();
  for (const family of metricFamilies(nothing)) {
    const options = { description: family.help, ...(family.unit === "bytes" && { unit: "By" }) };
    const name = nameOf(family);
    instruments.set(
      name,
      family.type === "gauge" ? meter.createObservableGauge(name, options) : meter.createObservableCounter(name, options),
    );
  }
  const callback: BatchCallback = async (result) => {
    for (const family of metricFamilies(await metrics())) {
      const instrument = instruments.get(nameOf(family));
      for (const { value, labels } of family.samples) result.observe(instrument as never, value, { ...labels });
    }
  };
  const all = [...instruments.values()] as never[];
  meter.addBatchObservableCallback(callback, all);
  return () => meter.removeBatchObservableCallback(callback, all);
}
