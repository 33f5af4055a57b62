/* The matcher of `kbmatch`, for the browser: same pack, same rules, same answer.
 *
 * makeKbMatcher(data) returns {answer(text)}; `data` is what kbmatch.matching.browser writes. The
 * function uses nothing outside itself, so that its source can be handed to a worker. Every step
 * mirrors a module of scripts/kbmatch/matching (normalise, matcher, context, precedence, answer);
 * a test runs all cases through both and wants equal answers.
 */
function makeKbMatcher(data) {
  'use strict';
  const GRAM = 5;
  const REGION = 3000;
  const MAX_OCCURRENCES = 1000;
  const LINES_BEFORE = 60;
  const LINES_AFTER = 20;
  const ALONE_SHARE = 0.8;
  const ALONE_CHARACTERS = 2000;
  const TEXT_CHARACTERS = 400;
  const HARVEST_CHARACTERS = 20000;
  const UNWRAP_MIN_COLUMNS = 40;
  const UNWRAP_MAX_CHARACTERS = 65536;

  /* normalise.py */
  const rules = data.normalisation;
  const table = new Map();
  for (let i = 0; i < 94; i += 1) table.set(String.fromCharCode(0xff01 + i), String.fromCharCode(0x21 + i));
  for (const [from, to] of Object.entries(rules.replace)) table.set(from, to);
  for (const c of rules.blanks) table.set(c, ' ');
  for (const c of rules.nothing) table.set(c, '');
  for (const c of `${rules.quotes}\uff02\uff07`) table.set(c, '"');
  const inTable = new RegExp(
    `[${[...table.keys()].map((c) => `\\u{${c.codePointAt(0).toString(16)}}`).join('')}]`, 'gu');
  const steps = rules.rules.map((rule) => ({when: rule.when, with: rule.with, regex: new RegExp(rule.pattern, 'gmu')}));
  const prefix = new RegExp(rules.prefix, 'gmu');
  const blankRuns = new RegExp(rules.blank_runs, 'gu');
  const lineEdges = new RegExp(rules.line_edges, 'gmu');
  const edgeBar = new RegExp(rules.edge_bar, 'gmu');
  const quoteRuns = new RegExp(rules.quote_runs, 'gu');
  const wide = new RegExp(rules.wide, 'gu');

  const clean = (text) => {
    for (const step of steps) {
      if (step.when.some((trigger) => text.includes(trigger))) text = text.replace(step.regex, step.with);
    }
    return text.replace(inTable, (c) => table.get(c));
  };

  class NormalText {
    constructor(cased) {
      this.cased = cased;
      this.text = cased.toLowerCase();
      this.feeds = null;
    }

    lineOf(offset) {
      if (this.feeds === null) {
        this.feeds = [];
        for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) this.feeds.push(at);
      }
      const wanted = Math.max(offset - 1, 0);
      let low = 0;
      let high = this.feeds.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.feeds[middle] <= wanted) low = middle + 1; else high = middle;
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

  /* pack.py: which signatures own a gram of the text */
  const runsOf = (phrases) => phrases.flatMap((phrase) => phrase.split('"')).filter((run) => run.trim());
  const hashOf = (text, at) => {
    let hash = 0;
    for (let i = at; i < at + GRAM; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    return hash;
  };
  const signatures = data.signatures.map((record, number) => ({
    ...record, number, runs: runsOf(record.phrases), compiled: null,
  }));
  const owners = new Map();
  const filter = new Uint8Array(1 << 16);
  const short = [];
  {
    const frequency = new Map();
    const gramsOf = (signature) => {
      const grams = new Set();
      for (const run of signature.runs) {
        for (let at = 0; at + GRAM <= run.length; at += 1) grams.add(hashOf(run, at));
      }
      return grams;
    };
    const own = signatures.map(gramsOf);
    for (const grams of own) for (const gram of grams) frequency.set(gram, (frequency.get(gram) || 0) + 1);
    own.forEach((grams, number) => {
      let best = null;
      for (const gram of grams) if (best === null || frequency.get(gram) < frequency.get(best)) best = gram;
      if (best === null) { short.push(number); return; }
      filter[best & 0xffff] = 1;
      if (!owners.has(best)) owners.set(best, []);
      owners.get(best).push(number);
    });
  }
  const POWER = (() => { let p = 1; for (let i = 1; i < GRAM; i += 1) p = Math.imul(p, 31); return p; })();

  const candidates = (flat) => {
    const found = new Set(short);
    const seen = new Set();
    if (flat.length >= GRAM) {
      let hash = hashOf(flat, 0);
      for (let end = GRAM; ; end += 1) {
        if (filter[hash & 0xffff] && !seen.has(hash) && owners.has(hash)) {
          seen.add(hash);
          for (const number of owners.get(hash)) found.add(number);
        }
        if (end >= flat.length) break;
        hash = (Math.imul((hash - Math.imul(flat.charCodeAt(end - GRAM), POWER)) | 0, 31) + flat.charCodeAt(end)) | 0;
      }
    }
    return [...found].sort((a, b) => a - b).map((number) => signatures[number])
      .filter((signature) => signature.runs.every((run) => flat.includes(run)));
  };

  /* matcher.py */
  const stripped = (value) => value.replace(/^[ .,;)]+|[ .,;)]+$/g, '').replace(/:+$/, '');
  const regexes = new Map();
  const compiled = (source) => {
    if (!regexes.has(source)) regexes.set(source, new RegExp(source, 'du'));
    return regexes.get(source);
  };
  const search = (source, text, low, high) => {
    const match = compiled(source).exec(text.slice(low, high));
    if (!match) return null;
    return match.indices.map((span) => (span ? [span[0] + low, span[1] + low] : null));
  };

  const hitOf = (signature, spans, text) => {
    const slots = {};
    const free = [];
    signature.groups.forEach((name, index) => {
      const span = spans[index + 1];
      if (!span) return;
      if (signature.free.includes(index + 1)) free.push(span);
      const value = stripped(text.cased.slice(...span));
      if (value && !(name in slots)) slots[name] = value;
    });
    let [start, end] = spans[0];
    if (/^(\[\^a-z0-9\]|\\n)/.test(signature.regex)) start += 1;
    if (/(\[\^a-z0-9\]|\\n)$/.test(signature.regex)) end -= 1;
    return {signature: signature.number, symptom: signature.symptom, start, end, free, slots};
  };

  const places = (signature, text, flat) => {
    const anchor = signature.runs.reduce((best, run) => (run.length > best.length ? run : best));
    const hits = [];
    let searched = 0;
    let at = 0;
    for (let n = 0; n < MAX_OCCURRENCES; n += 1) {
      at = flat.indexOf(anchor, at);
      if (at < 0) break;
      const spans = search(signature.regex, text.text, Math.max(searched, at - REGION), at + anchor.length + REGION);
      at += 1;
      if (spans) {
        hits.push(hitOf(signature, spans, text));
        searched = spans[0][1] - 1;
        at = Math.max(at, searched);
      }
    }
    return hits;
  };

  /* context.py */
  const verdict = (context, line) => {
    line = line.replace(/\n/g, ' ');
    if (context.proof.some((term) => line.includes(term))) return true;
    if (data.settings.foreign.some((term) => line.includes(term))) return false;
    if (context.any.some((term) => line.includes(term))) return true;
    return null;
  };
  const nearby = (text, first, last) => {
    const before = [];
    let end = first - 1;
    while (end > 0 && before.length < LINES_BEFORE) {
      const start = text.lastIndexOf('\n', end - 1);
      before.push(text.slice(start, end + 1));
      end = start;
    }
    const after = [];
    let start = last;
    while (start < text.length - 1 && after.length < LINES_AFTER) {
      const stop = text.indexOf('\n', start + 1);
      if (stop < 0) break;
      after.push(text.slice(start, stop + 1));
      start = stop;
    }
    const lines = [];
    for (let distance = 0; distance < Math.max(before.length, after.length); distance += 1) {
      if (distance < before.length) lines.push(before[distance]);
      if (distance < after.length) lines.push(after[distance]);
    }
    return lines;
  };
  const said = (text) => text.replace(/\s/gu, '').length;
  const belongs = (needs, text, start, end) => {
    const context = data.settings.contexts[needs];
    const [first, last] = text.lineSpan(start, end);
    let decision = verdict(context, text.text.slice(first - 1, last + 1));
    if (decision !== null) return decision;
    for (const line of nearby(text.text, first, last)) {
      decision = verdict(context, line);
      if (decision !== null) return decision;
    }
    return context.alone && text.text.length <= ALONE_CHARACTERS
      && said(text.text.slice(start, end)) >= ALONE_SHARE * said(text.text);
  };

  const hitsIn = (text) => {
    const flat = text.text.replace(/\n/g, ' ');
    const found = [];
    for (const signature of candidates(flat)) {
      for (const hit of places(signature, text, flat)) {
        if (signature.needs === null || belongs(signature.needs, text, hit.start, hit.end)) found.push(hit);
      }
    }
    return found.sort((a, b) => a.start - b.start || b.end - a.end || a.signature - b.signature);
  };

  /* precedence.py */
  const relations = data.relations;
  const contains = (outer, inner) => outer.symptom !== inner.symptom
    && outer.start <= inner.start && inner.end <= outer.end
    && outer.end - outer.start !== inner.end - inner.start
    && outer.free.every(([start, end]) => inner.end <= start || end <= inner.start);
  const settle = (hits) => hits.filter((hit, place) => {
    const guilty = (other) => contains(other, hit) && relations[other.symptom].wraps.length === 0
      && !relations[other.symptom].yields_to.includes(relations[hit.symptom].id);
    for (let i = place - 1; i >= 0 && hit.start - hits[i].start <= 2 * REGION; i -= 1) if (guilty(hits[i])) return false;
    for (let i = place + 1; i < hits.length && hits[i].start === hit.start; i += 1) if (guilty(hits[i])) return false;
    return true;
  });
  const claim = (names, name) => (names.includes(name) ? 2 : Number(names.includes('*')));
  const rank = (order) => {
    const standsBack = (symptom, attribute) => order.some((other) => {
      const mine = relations[symptom].id;
      const name = relations[other].id;
      const forward = name === mine ? 0 : claim(relations[symptom][attribute], name);
      const backward = Math.max(claim(relations[other].wraps, mine), claim(relations[other].yields_to, mine));
      return forward > backward || (forward > 0 && forward === backward && order.indexOf(other) < order.indexOf(symptom));
    });
    const wrappers = order.filter((symptom) => standsBack(symptom, 'wraps'));
    const yielding = order.filter((symptom) => !wrappers.includes(symptom) && standsBack(symptom, 'yields_to'));
    const leading = order.filter((symptom) => !wrappers.includes(symptom) && !yielding.includes(symptom));
    return [...leading, ...yielding, ...wrappers].map((symptom, place) => [
      symptom, place === 0 ? 'primary' : wrappers.includes(symptom) ? 'wrapper' : 'also']);
  };

  /* answer.py */
  const shorten = (line, around) => {
    line = line.replace(/\n/g, ' ');
    if (line.length <= TEXT_CHARACTERS) return line;
    const start = Math.max(0, Math.min(around - TEXT_CHARACTERS / 4, line.length - TEXT_CHARACTERS));
    return line.slice(start, start + TEXT_CHARACTERS);
  };
  const readTemplate = (template, text, start, end) => {
    const flat = text.text.slice(start, end).replace(/\n/g, ' ');
    if (!template.phrases.every((phrase) => phrase.split('"').every((run) => flat.includes(run)))) return null;
    const spans = search(template.regex, text.text, start, end);
    if (!spans) return null;
    const values = {};
    template.groups.forEach((name, index) => {
      const span = spans[index + 1];
      const value = span ? stripped(text.cased.slice(...span)) : '';
      if (value && /[^*.]/.test(value) && !(name in values)) values[name] = value;
    });
    return values;
  };
  const fillIn = (slots, more) => { for (const name of Object.keys(more)) if (!(name in slots)) slots[name] = more[name]; };
  const derive = (slots) => {
    for (const rule of data.settings.derivations) {
      const value = slots[rule.from];
      if (value === undefined) continue;
      const padded = new NormalText(`\n${value}\n`);
      const spans = search(rule.regex, padded.text, 0, padded.text.length);
      if (!spans || spans[0][0] > 1 || spans[0][1] < padded.text.length - 1) continue;
      const read = {};
      rule.groups.forEach((name, index) => { if (spans[index + 1]) read[name] = padded.cased.slice(...spans[index + 1]); });
      fillIn(slots, read);
    }
  };
  const fill = (slots, text, hit) => {
    derive(slots);
    const low = Math.max(0, hit.start - HARVEST_CHARACTERS / 2);
    const high = Math.min(text.text.length, hit.end + HARVEST_CHARACTERS / 2);
    const [first, last] = text.lineSpan(hit.start, hit.end);
    for (const template of data.settings.harvest) {
      if (template.groups.every((group) => group in slots)) continue;
      const found = readTemplate(template, text, first - 1, last + 1) || readTemplate(template, text, low, high);
      if (found) fillIn(slots, found);
    }
    derive(slots);
    return slots;
  };

  const collect = (text, hits, lineNumbers) => {
    const tallies = new Map();
    for (const hit of hits) {
      const line = lineNumbers[text.lineOf(hit.start)] ?? text.lineOf(hit.start) + 1;
      const tally = tallies.get(hit.symptom);
      if (!tally) {
        const [start, end] = text.lineSpan(hit.start, hit.end);
        tallies.set(hit.symptom, {
          first: line, last: line, count: 1, signature: hit.signature,
          text: shorten(text.cased.slice(start, end), hit.start - start),
          slots: fill({...hit.slots}, text, hit),
        });
      } else {
        if (line !== tally.last) {
          tally.count += 1;
          tally.last = line;
        }
        fillIn(tally.slots, hit.slots);
      }
    }
    const order = [...tallies.keys()].sort((a, b) => tallies.get(a).first - tallies.get(b).first);
    return rank(order).map(([symptom, role]) => {
      const tally = tallies.get(symptom);
      return {
        id: relations[symptom].id, role, line: tally.first, count: tally.count, text: tally.text,
        signature: signatures[tally.signature].id, slots: tally.slots,
      };
    });
  };

  const answer = (pasted) => {
    const text = normalise(pasted);
    let found = collect(text, settle(hitsIn(text)), []);
    const wrapsOnly = (match) => relations.find((relation) => relation.id === match.id).wraps.length > 0;
    if (found.length === 0 || found.every(wrapsOnly)) {
      const unwrapped = unwrap(pasted);
      if (unwrapped) {
        const joined = normalise(unwrapped[0]);
        const again = collect(joined, settle(hitsIn(joined)), unwrapped[1].map((number) => number + 1));
        if (again.length > 0) found = again;
      }
    }
    return found;
  };

  return {answer, normalise: (text) => normalise(text).cased};
}
if (typeof module === 'object' && module.exports) module.exports = makeKbMatcher;
