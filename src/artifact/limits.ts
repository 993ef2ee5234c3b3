/** The bounds of docs/artifact.md; all sizes are in bytes. */

/** What a 32-bit offset can say. */
export const MAX_FILE_SIZE = 0xffff_ffff;
/** `manifest.json` is one of them. */
export const MAX_MEMBERS = 4096;
export const MAX_NAME_LENGTH = 200;
export const MAX_MANIFEST_SIZE = 16 * 1024 * 1024;
export const MAX_PREFIX_SIZE = 1024 * 1024;
/** Of each member that is not a layer. */
export const MAX_SMALL_MEMBER_SIZE = 16 * 1024 * 1024;
/** Uncompressed. */
export const MAX_LAYER_SIZE = 8 * 1024 ** 3;
export const MAX_LAYER_FILES = 1_000_000;
