/**
 * G.711 (ITU-T G.711): PCM of 16 bits to µ-law and A-law and back, a byte a sample.
 */

const ULAW_BIAS = 0x84;
const ULAW_CLIP = 32_635;

/** µ-law of one sample of 16 bits. */
export function compressUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), ULAW_CLIP) + ULAW_BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

/** The sample of 16 bits that a µ-law byte stands for. */
export function expandUlaw(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + ULAW_BIAS) << ((code >> 4) & 7)) - ULAW_BIAS;
  return (code & 0x80) === 0 ? magnitude : -magnitude;
}

/** A-law of one sample of 16 bits. */
export function compressAlaw(sample: number): number {
  // 13 bits are used; negative values are complements, so that there are two zeros.
  const coarse = sample >> 3;
  const magnitude = Math.min(sample < 0 ? ~coarse : coarse, 0xfff);
  const exponent = Math.max(0, 27 - Math.clz32(magnitude));
  const mantissa = (exponent < 2 ? magnitude >> 1 : magnitude >> exponent) & 0x0f;
  return ((exponent << 4) | mantissa | (sample < 0 ? 0 : 0x80)) ^ 0x55;
}

/** The sample of 16 bits that an A-law byte stands for. */
export function expandAlaw(byte: number): number {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 7;
  const mantissa = code & 0x0f;
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
  return (code & 0x80) === 0 ? -magnitude : magnitude;
}
