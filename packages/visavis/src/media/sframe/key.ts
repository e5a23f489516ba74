/**
 * The base key of SFrame as a program holds it.
 */
export { type SecretKey, secretBytesOf as sframeBaseKey } from "../../crypto/secret-bytes.ts";
