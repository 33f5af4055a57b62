/*
 * The text of all pages, scanned: every page in which each of the words stands is found, whole words
 * or parts of them, Chinese or not. A megabyte takes milliseconds; no index could promise as much.
 */
'use strict';
window.kbFullText = ({texts, pages}) => {
  const AROUND = 70;
  const ORDER = ['error', 'fix', 'reference', 'page', 'list'];
  const fold = (text) => text.normalize('NFKC').toLowerCase();
  const folded = texts.map(fold);
  const all = folded.join('\0'); // one search through everything is far quicker than one through each
  const starts = [];
  for (let at = 0, number = 0; number < folded.length; number += 1) { starts.push(at); at += folded[number].length + 1; }
  /** The numbers of the texts that hold a piece. */
  const holding = (piece) => {
    const found = new Uint8Array(texts.length);
    let number = 0;
    for (let at = all.indexOf(piece); at >= 0; at = number + 1 < starts.length ? all.indexOf(piece, starts[number + 1]) : -1) {
      let low = number;
      let high = starts.length;
      while (low + 1 < high) {
        const middle = (low + high) >> 1;
        if (starts[middle] <= at) low = middle; else high = middle;
      }
      number = low;
      found[number] = 1;
    }
    return found;
  };

  const pieces = (query) => {
    const words = query.split(/\s+/).filter(Boolean);
    if (words.every((word) => all.includes(word))) return words;
    return query.match(/[\p{Script=Latin}\p{N}]+|\p{Script=Han}+/gu) || [];
  };
  const excerpt = (number, piece) => {
    const text = texts[number];
    const at = text.length === folded[number].length ? folded[number].indexOf(piece) : 0;
    if (text.length <= 2 * AROUND + piece.length) return text;
    let start = Math.max(0, at - AROUND);
    if (start > 0) start += Math.max(0, text.slice(start, at).search(/[\s，。、；：]/) + 1);
    const end = Math.min(text.length, at + piece.length + AROUND);
    return `${start > 0 ? '…' : ''}${text.slice(start, end).trim()}${end < text.length ? '…' : ''}`;
  };

  /** Returns the pages that have all words of `query`, but for those in `known`. */
  return (query, known) => {
    const asked = fold(query).trim().replace(/\s+/g, ' ');
    const wanted = [...new Set(pieces(asked))];
    if (!wanted.length) return [];
    if (!wanted.every((piece) => all.includes(piece))) return [];
    const has = wanted.map(holding);
    const whole = wanted.length === 1 && wanted[0] === asked ? has[0] : holding(asked);
    const found = [];
    for (const page of pages) {
      if (known.has(page.path)) continue;
      const seen = wanted.map(() => false);
      let best = null;
      let often = 0;
      for (const [anchor, ...numbers] of page.parts) {
        for (const number of numbers) {
          let here = 0;
          for (let i = 0; i < wanted.length; i += 1) if (has[i][number]) { seen[i] = true; here += 1; }
          if (here === 0) continue;
          if (whole[number]) here += wanted.length;
          often += 1;
          if (!best || here > best.here) best = {here, number, anchor};
        }
      }
      if (!seen.every(Boolean)) continue;
      const piece = whole[best.number] ? asked : wanted.find((_, i) => has[i][best.number]);
      found.push({
        path: page.path, kind: page.kind, title: page.title, anchor: best.anchor, here: best.here, often,
        excerpt: excerpt(best.number, piece), terms: whole[best.number] ? [asked] : wanted,
      });
    }
    return found.sort((a, b) => b.here - a.here || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.often - a.often);
  };
};
