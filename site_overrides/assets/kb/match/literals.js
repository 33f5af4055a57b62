/*
 * One pass over a text finds every place of thousands of literals, however many there are: a rolling
 * hash of five characters, the rarest five of each literal, then the literal itself. (The terminal
 * asks the pack's gram index, pack.py; a page has all signatures in memory and one text before it.)
 */
function makeKbLiterals(literals, corpus) {
  'use strict';
  const GRAM = 5;
  const BITS = 16;
  const mix = (hash) => Math.imul(hash, 0x9e3779b1) >>> (32 - BITS);
  const hashOf = (text, at) => {
    let hash = 0;
    for (let i = at; i < at + GRAM; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    return hash;
  };
  const POWER = (() => { let p = 1; for (let i = 1; i < GRAM; i += 1) p = Math.imul(p, 31); return p; })();

  const usual = new Uint16Array(1 << BITS);
  for (const text of corpus) {
    for (let at = 0; at + GRAM <= text.length; at += 1) {
      const cell = mix(hashOf(text, at));
      if (usual[cell] < 0xffff) usual[cell] += 1;
    }
  }
  const head = new Int32Array(1 << BITS).fill(-1);
  const entries = []; // those with equal cells are chained by `next`
  const codesOf = (text) => {
    const codes = new Uint16Array(text.length);
    for (let i = 0; i < text.length; i += 1) codes[i] = text.charCodeAt(i);
    return codes;
  };
  const short = [];
  literals.forEach((literal, number) => {
    if (literal.length < GRAM) { short.push(number); return; }
    let offset = 0;
    let rarest = Infinity;
    for (let at = 0; at + GRAM <= literal.length; at += 1) {
      const often = usual[mix(hashOf(literal, at))];
      if (often < rarest) { rarest = often; offset = at; }
    }
    const hash = hashOf(literal, offset);
    const cell = mix(hash);
    entries.push({hash, number, offset, codes: codesOf(literal), next: head[cell]});
    head[cell] = entries.length - 1;
  });

  /** Calls found(number, place) for each place of each literal; places of one literal ascend. */
  const scan = (text, found) => {
    const length = text.length;
    const all = codesOf(text);
    let hash = 0;
    for (let at = 0; at < length; at += 1) {
      if (at >= GRAM) hash = (hash - Math.imul(all[at - GRAM], POWER)) | 0;
      hash = (Math.imul(hash, 31) + all[at]) | 0;
      let index = head[Math.imul(hash, 0x9e3779b1) >>> (32 - BITS)];
      while (index >= 0) {
        const entry = entries[index];
        index = entry.next;
        if (entry.hash !== hash) continue;
        const place = at - GRAM + 1 - entry.offset;
        const own = entry.codes;
        if (place < 0 || place + own.length > length) continue;
        let same = 0;
        while (same < own.length && all[place + same] === own[same]) same += 1;
        if (same === own.length) found(entry.number, place);
      }
    }
  };

  /** `short` are the literals too short for the pass: the caller looks for them himself. */
  return {scan, short: new Set(short)};
}
if (typeof module === 'object' && module.exports) module.exports = makeKbLiterals;
