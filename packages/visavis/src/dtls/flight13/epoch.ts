/**
 * The epochs of 1.3 (RFC 9147 §6.1). Epoch 1 is early data, which is not used; each KeyUpdate adds one to the last.
 */

/** Epochs by what they carry. */
export const Epoch = {
  PLAIN: 0,
  HANDSHAKE: 2,
  APPLICATION: 3,
} as const;
