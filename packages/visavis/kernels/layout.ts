/**
 * What stands where in the memory of the kernels. The caller puts packets and takes them; a key's tables and key stream
 * are in slots behind it, whose addresses the caller gives.
 */

/** Additional data, filled up with zeros to whole blocks. */
export const ADDITIONAL: usize = 0x0c00;

/** The packet that came, wherever in it there is something to do. */
export const INPUT: usize = 0x1000;

/** The packet that goes: what was sealed and its tag, or what was opened. */
export const OUTPUT: usize = 0x4000;

/** Counter blocks. */
export const COUNTERS: usize = 0x8000;

/** A key stream that a kernel makes by itself; it never goes on while the counter blocks are in use. */
export const STREAM: usize = COUNTERS;
