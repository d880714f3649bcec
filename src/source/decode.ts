const mostBytes = 8 * 1024 * 1024;

type Decoded = { ok: true; text: string } | { ok: false; why: string; help: string };

/** Bytes → text, or why they are none. A byte order mark of UTF-8 is left out. */
export function decode(bytes: Uint8Array | string): Decoded {
  const help = 'save it as UTF-8 text';
  if (bytes.length > mostBytes) {
    return { ok: false, why: `the file is larger than ${mostBytes / 1024 / 1024} MiB`, help: 'is it the right file?' };
  }
  if (typeof bytes === 'string') return { ok: true, text: bytes.replace(/^\uFEFF/, '') };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { ok: false, why: 'the file is UTF-16', help };
  }
  if (bytes.includes(0)) return { ok: false, why: 'the file is binary, not text', help: 'is it the right file?' };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, why: 'the file is not valid UTF-8', help };
  }
}
