/* The matcher of `kbmatch`, for the browser: same pack, same rules, same answer.
 *
 * makeKbMatcher(data) returns {answer(text)}; `data` is what kbmatch.matching.browser writes. It
 * uses only the functions of the files beside it, so that their sources can be handed to a worker.
 * Every step mirrors a module of scripts/kbmatch/matching (matcher, context, precedence, answer);
 * a test runs all cases through both and wants equal answers.
 */
function makeKbMatcher(data) {
  'use strict';
  const MAX_FAILURES = 1000;
  const LINES_BEFORE = 60;
  const LINES_AFTER = 20;
  const ALONE_SHARE = 0.8;
  const ALONE_CHARACTERS = 2000;
  const HARVEST_CHARACTERS = 20000;
  const FEW_STARTS = 6;

  const {NormalText, normalise, unwrap} = makeKbNormaliser(data.normalisation);

  /* What is looked for: the longest run of each signature, and the words that prove or disprove. */
  const runsOf = (phrases) => phrases.flatMap((phrase) => phrase.split('"')).filter((run) => run.trim());
  const EDGES = ['[^a-z0-9]', '\\n']; // prove that a word or a line ends there
  /** The regex of literal text without quotes, as language.py writes it. */
  const literalRegex = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/ /g, '[ \\n]');
  /** For a message that is one literal, what must stand around it; null for any other. */
  const plainOf = (regex, anchor) => {
    const around = ['', ''];
    for (const edge of EDGES) {
      if (regex.startsWith(edge)) { around[0] = edge; regex = regex.slice(edge.length); }
      if (regex.endsWith(edge)) { around[1] = edge; regex = regex.slice(0, -edge.length); }
    }
    return regex === literalRegex(anchor) ? around : null;
  };
  const literals = [];
  const numbers = new Map();
  const literal = (text) => {
    if (!numbers.has(text)) { numbers.set(text, literals.length); literals.push(text); }
    return numbers.get(text);
  };
  const signatures = data.signatures.map((record, number) => {
    const runs = runsOf(record.phrases);
    const anchor = runs.reduce((best, run) => (run.length > best.length ? run : best));
    const skips = [EDGES.some((edge) => record.regex.startsWith(edge)), EDGES.some((edge) => record.regex.endsWith(edge))].map(Number);
    return {...record, number, runs, anchor, at: literal(anchor), skips, plain: undefined, compiled: null, sticky: null};
  });
  const byAnchor = literals.map(() => []);
  for (const signature of signatures) byAnchor[signature.at].push(signature);
  const SEEN = 1; // of a line: the words too short for the pass were looked for
  const FOREIGN = 2;
  const contexts = {};
  const marks = new Map(); // number of a literal -> what it says of its line
  const mark = (text, bit) => marks.set(literal(text), (marks.get(literal(text)) || 0) | bit);
  for (const term of data.settings.foreign) mark(term, FOREIGN);
  if (Object.keys(data.settings.contexts).length > 14) throw new Error('more contexts than bits of a number');
  Object.entries(data.settings.contexts).forEach(([name, context], index) => {
    contexts[name] = {alone: context.alone, proof: 4 << (2 * index), any: 8 << (2 * index)};
    for (const term of context.proof) mark(term, contexts[name].proof);
    for (const term of context.any) mark(term, contexts[name].any);
  });
  const sieve = makeKbLiterals(literals, signatures.flatMap((signature) => signature.runs));
  const shortMarks = [...marks].filter(([number]) => sieve.short.has(number)).map(([number, bits]) => [literals[number], bits]);

  /** One pass over a text: the places of each anchor, and what the lines say of themselves. */
  const survey = (text) => {
    const places = new Map();
    const lines = new Int32Array(text.feeds.length);
    const across = []; // words that stand across a line end: [place, end, marks]
    const feeds = text.feeds;
    sieve.scan(text.flat, (number, place) => {
      if (number < byAnchor.length) {
        const known = places.get(number);
        if (known) known.push(place); else places.set(number, [place]);
      }
      const bits = marks.get(number);
      if (bits === undefined) return;
      const line = text.lineOf(place + 1);
      const end = place + literals[number].length;
      if (end <= (feeds[line + 1] ?? text.text.length) + 1) lines[line] |= bits;
      else across.push([place, end, bits]);
    });
    for (const number of sieve.short) {
      if (number >= byAnchor.length) continue;
      const found = [];
      const run = literals[number];
      for (let at = text.flat.indexOf(run); at >= 0; at = text.flat.indexOf(run, at + 1)) found.push(at);
      if (found.length) places.set(number, found);
    }
    return {places, lines, across, leaps: {}};
  };

  /* matcher.py */
  const stripped = (value) => value.replace(/^[ .,;)]+|[ .,;)]+$/g, '').replace(/:+$/, '');
  const moved = (match, by) => match.indices.map((span) => (span ? [span[0] + by, span[1] + by] : null));
  const search = (pattern, text, low, high) => {
    pattern.compiled ||= new RegExp(pattern.regex, 'du');
    const match = pattern.compiled.exec(text.slice(low, high));
    return match && moved(match, low);
  };

  const hitOf = (signature, spans) => {
    const free = signature.free.map((index) => spans[index]).filter(Boolean);
    const start = spans[0][0] + signature.skips[0];
    const end = spans[0][1] - signature.skips[1];
    return {signature: signature.number, symptom: signature.symptom, start, end, free, spans};
  };
  const slotsOf = (hit, text) => {
    const slots = {};
    signatures[hit.signature].groups.forEach((name, index) => {
      const span = hit.spans[index + 1];
      const value = span ? stripped(text.cased.slice(...span)) : '';
      if (value && !value.includes('*') && !(name in slots)) slots[name] = value; // masked: nobody's name
    });
    return slots;
  };

  /** The match whose anchor stands at `at`, from `searched` on; matches that begin later wait. */
  const isEdge = (edge, text, at) => edge === '' || (at >= 0 && at < text.length
    && (edge === '\\n' ? text[at] === '\n' : !/[a-z0-9]/.test(text[at])));
  const matchAt = (signature, text, at, searched, length, [least, most, after]) => {
    if (signature.plain === undefined) signature.plain = plainOf(signature.regex, signature.anchor);
    if (signature.plain) { // its anchor is all it has
      const start = at - signature.skips[0];
      const end = at + signature.anchor.length + signature.skips[1];
      const fits = start >= searched && isEdge(signature.plain[0], text, start) && isEdge(signature.plain[1], text, end - 1);
      return fits ? [[start, end]] : null;
    }
    // A character outside the basic plane counts twice here.
    const low = Math.max(searched, at - 2 * most);
    const high = at + length + 2 * after;
    if (most - least > FEW_STARTS) {
      const spans = search(signature, text, low, high);
      return spans && spans[0][0] <= at - least ? spans : null;
    }
    // In a long text an engine compiles for speed at once, not first for size and then again.
    const regex = (signature.sticky ||= new RegExp(signature.regex, 'duy'));
    for (let start = low; start <= at - least; start += 1) {
      regex.lastIndex = start;
      const match = regex.exec(text); // no match reaches beyond `high`
      if (match) return match.indices;
    }
    return null;
  };
  /** The matches around places of a literal, each the first from where the one before ended. */
  const matchesAt = (signature, text, places, length, reach) => {
    const hits = [];
    let searched = 0;
    let failures = 0;
    for (const at of places) {
      if (at < searched) continue;
      const spans = matchAt(signature, text, at, searched, length, reach);
      if (spans) {
        hits.push(hitOf(signature, spans));
        searched = spans[0][1] - 1;
      } else {
        failures += 1;
        if (failures >= MAX_FAILURES) break;
      }
    }
    return {hits, failures};
  };
  /** All matches; in a text full of the anchor the literal that is rarest there leads to them. */
  const placesOf = (signature, text, anchors) => {
    const {hits, failures} = matchesAt(signature, text.text, anchors, signature.anchor.length, signature.reach);
    if (failures < MAX_FAILURES || signature.others.length === 0) return hits;
    const placed = signature.others.map(([run, ...reach]) => {
      const places = [];
      for (let at = text.flat.indexOf(run); at >= 0; at = text.flat.indexOf(run, at + 1)) places.push(at);
      return {places, length: run.length, reach};
    });
    const rarest = placed.reduce((best, one) => (one.places.length < best.places.length ? one : best));
    return matchesAt(signature, text.text, rarest.places, rarest.length, rarest.reach).hits;
  };

  /* context.py */
  const saying = (text, map, line) => {
    if (!(map.lines[line] & SEEN)) {
      const own = text.flat.slice(text.feeds[line], (text.feeds[line + 1] ?? text.flat.length) + 1);
      for (const [term, bits] of shortMarks) if (own.includes(term)) map.lines[line] |= bits;
      map.lines[line] |= SEEN;
    }
    return map.lines[line];
  };
  const verdict = (context, bits) => {
    if (bits & context.proof) return true;
    if (bits & FOREIGN) return false;
    return bits & context.any ? true : null;
  };
  /** The nearest line in one direction that says anything; silent ones are walked once, then leapt over. */
  const nearest = (needs, text, map, line, step, limit) => {
    const leaps = (map.leaps[`${needs}${step}`] ||= new Map());
    const lines = text.feeds.length - 1;
    const walked = [line];
    let at = leaps.get(line) ?? line + step;
    const near = () => at >= 0 && at < lines && Math.abs(at - line) <= limit;
    while (near() && verdict(contexts[needs], saying(text, map, at)) === null) {
      walked.push(at);
      at = leaps.get(at) ?? at + step;
    }
    for (const one of walked) leaps.set(one, at);
    return near() ? at : null;
  };
  const said = (text) => text.replace(/\s/gu, '').length;
  const belongs = (needs, text, map, start, end) => {
    const context = contexts[needs];
    const [first, last] = text.lineSpan(start, end);
    const top = text.lineOf(first);
    const bottom = text.lineOf(last);
    let bits = saying(text, map, top);
    if (bottom > top) {
      for (let line = top + 1; line <= bottom; line += 1) bits |= saying(text, map, line);
      for (const [place, stop, more] of map.across) if (place >= first - 1 && stop <= last + 1) bits |= more;
      const own = text.flat.slice(first - 1, last + 1);
      for (const [term, more] of shortMarks) if (own.includes(term)) bits |= more;
    }
    let decision = verdict(context, bits);
    if (decision === null) {
      const before = nearest(needs, text, map, top, -1, LINES_BEFORE);
      const after = nearest(needs, text, map, bottom, 1, LINES_AFTER);
      const line = before !== null && (after === null || top - before <= after - bottom) ? before : after;
      if (line !== null) decision = verdict(context, saying(text, map, line));
    }
    if (decision !== null) return decision;
    return context.alone && text.text.length <= ALONE_CHARACTERS
      && said(text.text.slice(start, end)) >= ALONE_SHARE * said(text.text);
  };

  const hitsIn = (text) => {
    const map = survey(text);
    const found = [];
    for (const [anchor, places] of map.places) {
      for (const signature of byAnchor[anchor]) {
        for (const hit of placesOf(signature, text, places)) {
          if (signature.needs === null || belongs(signature.needs, text, map, hit.start, hit.end)) found.push(hit);
        }
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
  const settle = (hits) => {
    let begun = [];
    return hits.filter((hit, place) => {
      const guilty = (other) => contains(other, hit) && relations[other.symptom].wraps.length === 0
        && !relations[other.symptom].yields_to.includes(relations[hit.symptom].id);
      begun = begun.filter((other) => other.end > hit.start);
      const inside = begun.some(guilty);
      begun.push(hit);
      if (inside) return false;
      for (let i = place + 1; i < hits.length && hits[i].start === hit.start; i += 1) if (guilty(hits[i])) return false;
      return true;
    });
  };
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
  const {quote, shorten} = makeKbQuote();
  const readTemplate = (template, text, start, end) => {
    const flat = text.flat.slice(start, end);
    if (!template.phrases.every((phrase) => phrase.split('"').every((run) => flat.includes(run)))) return null;
    const spans = search(template, text.text, start, end);
    if (!spans) return null;
    const values = {};
    template.groups.forEach((name, index) => {
      const span = spans[index + 1];
      const value = span ? stripped(text.cased.slice(...span)) : '';
      if (value && /[^*.]/.test(value) && !(name in values)) values[name] = value;
    });
    return Object.keys(values).length > 0 ? values : null; // masked names tell nothing
  };
  const fillIn = (slots, more) => { for (const name of Object.keys(more)) if (!(name in slots)) slots[name] = more[name]; };
  const derive = (slots) => {
    const done = new Set();
    for (const rule of data.settings.derivations) {
      const value = slots[rule.from];
      if (value === undefined || done.has(rule.from)) continue;
      const padded = new NormalText(`\n${value}\n`);
      const spans = search(rule, padded.text, 0, padded.text.length);
      if (!spans || spans[0][0] > 1 || spans[0][1] < padded.text.length - 1) continue;
      done.add(rule.from);
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
          quote: quote(text.cased.slice(start, end), hit.start - start),
          slots: fill(slotsOf(hit, text), text, hit),
        });
      } else {
        if (line !== tally.last) {
          tally.count += 1;
          tally.last = line;
        }
        if (signatures[hit.signature].groups.some((name) => !(name in tally.slots))) fillIn(tally.slots, slotsOf(hit, text));
      }
    }
    const order = [...tallies.keys()].sort((a, b) => tallies.get(a).first - tallies.get(b).first);
    return rank(order).map(([symptom, role]) => {
      const tally = tallies.get(symptom);
      return {
        id: relations[symptom].id, role, line: tally.first, count: tally.count, text: shorten(tally.quote), quote: tally.quote,
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
