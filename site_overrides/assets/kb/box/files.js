/*
 * Bytes to text as kbmatch reads them (scripts/kbmatch/matching/decode.py): gzip unpacked, UTF-8,
 * UTF-16 from PowerShell by its mark or its zero bytes, lines in Big5 from a zh-TW console.
 */
'use strict';
window.kbRead = (() => {
  const LARGEST = 64 * 1024 * 1024;

  const unpacked = async (file) => {
    const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    if (head[0] !== 0x1f || head[1] !== 0x8b) return new Uint8Array(await file.arrayBuffer());
    const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
    const parts = [];
    let size = 0;
    try {
      for (;;) {
        const {done, value} = await reader.read();
        if (done) break;
        parts.push(value);
        size += value.length;
        if (size > LARGEST) { reader.cancel(); return null; }
      }
    } catch { /* a cut file ends where it is cut */ }
    const whole = new Uint8Array(size);
    let at = 0;
    for (const part of parts) { whole.set(part, at); at += part.length; }
    return whole;
  };
  const marked = (bytes) => {
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
    const half = Math.floor(Math.min(bytes.length, 4096) / 2);
    if (half < 4) return null;
    let even = 0;
    let odd = 0;
    for (let at = 0; at < half * 2; at += 2) { if (!bytes[at]) even += 1; if (!bytes[at + 1]) odd += 1; }
    return odd > half * .7 ? 'utf-16le' : even > half * .7 ? 'utf-16be' : null;
  };
  const strict = new TextDecoder('utf-8', {fatal: true});
  const console950 = new TextDecoder('big5', {fatal: true});
  const last = new TextDecoder('windows-1252');
  const line = (bytes) => {
    for (const decoder of [strict, console950]) {
      try { return decoder.decode(bytes); } catch { /* the next one */ }
    }
    return last.decode(bytes);
  };
  const decoded = (bytes) => {
    const wide = marked(bytes);
    if (wide) return new TextDecoder(wide).decode(bytes);
    try { return strict.decode(bytes); } catch { /* line by line */ }
    const lines = [];
    for (let from = 0; from <= bytes.length;) {
      const feed = bytes.indexOf(10, from);
      const end = feed < 0 ? bytes.length : feed;
      lines.push(line(bytes.subarray(from, end)));
      from = end + 1;
    }
    return lines.join('\n');
  };

  /** The text of a file; null when it is too large to be read here. */
  return async (file) => {
    if (file.size > LARGEST) return null;
    const bytes = await unpacked(file);
    return bytes && decoded(bytes);
  };
})();
