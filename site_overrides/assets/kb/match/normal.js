/*
 * Dirty text to the form that messages are matched against: scripts/kbmatch/matching/normalise.py
 * for the browser, step by step. `rules` is normalisation.json.
 */
function makeKbNormaliser(rules) {
  'use strict';
  const UNWRAP_MIN_COLUMNS = 40;
  const UNWRAP_MAX_CHARACTERS = 65536;

  const table = new Map();
  for (let i = 0; i < 94; i += 1) table.set(String.fromCharCode(0xff01 + i), String.fromCharCode(0x21 + i));
  for (const [from, to] of Object.entries(rules.replace)) table.set(from, to);
  for (const c of rules.blanks) table.set(c, ' ');
  for (const c of rules.nothing) table.set(c, '');
  for (const c of `${rules.quotes}\uff02\uff07`) table.set(c, '"');
  const inTable = new RegExp(
    `[${[...table.keys()].map((c) => `\\u{${c.codePointAt(0).toString(16)}}`).join('')}]`, 'gu');
  const byCode = new Array(0x10000).fill(null);
  for (const [from, to] of table) byCode[from.charCodeAt(0)] = to;
  const steps = rules.rules.map((rule) => ({when: rule.when, with: rule.with, regex: new RegExp(rule.pattern, 'gmu')}));
  const prefix = new RegExp(rules.prefix, 'gmu');
  const blankRuns = new RegExp(rules.blank_runs, 'gu');
  const lineEdges = new RegExp(rules.line_edges, 'gmu');
  const edgeBar = new RegExp(rules.edge_bar, 'gmu');
  const quoteRuns = new RegExp(rules.quote_runs, 'gu');
  const wide = new RegExp(rules.wide, 'gu');

  const translate = (text) => {
    if (!/[^\0-\xff]/.test(text)) return text.replace(inTable, (c) => table.get(c));
    let made = ''; // in texts with wide characters a loop beats the regex by far
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const to = byCode[text.charCodeAt(at)];
      if (to === null) continue;
      made += text.slice(from, at) + to;
      from = at + 1;
    }
    return made + text.slice(from);
  };
  const clean = (text) => {
    for (const step of steps) {
      if (step.when.some((trigger) => text.includes(trigger))) text = text.replace(step.regex, step.with);
    }
    return translate(text);
  };

  class NormalText {
    constructor(cased) {
      this.cased = cased;
      this.text = cased.toLowerCase();
      this.found = null;
      this.blank = null;
    }

    /** The text with blanks for line feeds: what literals are looked for in. */
    get flat() {
      if (this.blank === null) this.blank = this.text.replace(/\n/g, ' ');
      return this.blank;
    }

    /** The offsets of all line feeds. */
    get feeds() {
      if (this.found === null) {
        this.found = [];
        for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) this.found.push(at);
      }
      return this.found;
    }

    lineOf(offset) {
      const feeds = this.feeds;
      const wanted = Math.max(offset - 1, 0);
      let low = 0;
      let high = feeds.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (feeds[middle] <= wanted) low = middle + 1; else high = middle;
      }
      return Math.max(0, low - 1);
    }

    lineSpan(start, end) {
      const first = this.text.lastIndexOf('\n', Math.max(start, 1) - 1) + 1;
      const last = this.text.indexOf('\n', Math.max(end - 1, first));
      return [first, last >= 0 ? last : this.text.length];
    }
  }

  const normalise = (text) => {
    text = clean(text.replace(/\r\n/g, '\n').replace(/\r/g, ' '));
    text = text.replace(blankRuns, ' ').replace(lineEdges, '').replace(prefix, '');
    text = text.replace(edgeBar, '').replace(quoteRuns, '"');
    return new NormalText(`\n${text}\n`);
  };

  const columns = (line) => [...line].length + (line.match(wide) || []).length;

  /** Joins lines that a terminal cut: [text, the line each of its lines began on], or null. */
  const unwrap = (text) => {
    if (text.length > UNWRAP_MAX_CHARACTERS || !text.includes('\n')) return null;
    let lines = clean(text.replace(/\r\n/g, '\n')).split('\n').map((line) => line.trimEnd());
    if (lines.filter((line) => /^[ |]/.test(line)).length > Math.floor(lines.length / 2)) {
      lines = lines.map((line) => (line.endsWith('|') ? line.slice(1, -1).trim() : line.slice(1).trimEnd()));
      lines = lines.map((line) => (line.startsWith(' ') ? line.slice(1) : line));
    }
    const widths = lines.map(columns);
    const widest = Math.max(...widths);
    if (widest < UNWRAP_MIN_COLUMNS) return null;
    const joined = [];
    const starts = [];
    let continues = false;
    lines.forEach((line, number) => {
      if (continues) joined[joined.length - 1] += line;
      else { joined.push(line); starts.push(number); }
      continues = widths[number] >= widest - 1;
    });
    return joined.length === lines.length ? null : [joined.join('\n'), starts];
  };

  return {NormalText, normalise, unwrap};
}
if (typeof module === 'object' && module.exports) module.exports = makeKbNormaliser;
