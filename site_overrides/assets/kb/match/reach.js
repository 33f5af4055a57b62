/** The regex of literal text without quotes, as language.py writes it. */
function kbLiteralRegex(text) {
  'use strict';
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/ /g, '[ \\n]');
}

/*
 * How far a match can reach around the literal it is looked for by: signatures are written in a
 * small subset of regular expressions with bounded repeats (language.py), so it can be counted. A
 * window of some hundred characters is searched instead of six thousand.
 */
function kbReach(source, literal) {
  'use strict';
  const wanted = kbLiteralRegex(literal.trim());
  let at = 0;

  const classWidth = () => {
    const negated = source[at + 1] === '^';
    at += 1;
    while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
    at += 1;
    return [1, negated ? 2 : 1]; // a character outside the basic plane counts twice
  };
  const atom = () => {
    if (source[at] === '[') return classWidth();
    if (source[at] === '\\') { at += 2; return [1, 1]; }
    if (source[at] === '(') {
      at += source.startsWith('(?:', at) ? 3 : 1;
      const width = alternatives();
      at += 1;
      return width;
    }
    at += 1;
    return [1, 1];
  };
  const repeated = ([least, most]) => {
    if (source[at] === '?') { at += 1; least = 0; }
    else if (source[at] === '{') {
      const end = source.indexOf('}', at);
      const [low, high] = source.slice(at + 1, end).split(',').map(Number);
      at = end + 1;
      least *= low;
      most *= high === undefined ? low : high;
      if (source[at] === '?') at += 1; // lazy
    }
    return [least, most];
  };
  const places = [];
  const sequence = (note) => {
    let least = 0;
    let most = 0;
    while (at < source.length && source[at] !== ')' && source[at] !== '|') {
      if (note && source.startsWith(wanted, at)) places.push([least, most]);
      const [low, high] = repeated(atom());
      least += low;
      most += high;
    }
    return [least, most];
  };
  const alternatives = () => {
    const widths = [sequence(false)];
    while (source[at] === '|') { at += 1; widths.push(sequence(false)); }
    return [Math.min(...widths.map((w) => w[0])), Math.max(...widths.map((w) => w[1]))];
  };

  const whole = sequence(true);
  if (!places.length || at < source.length) return null;
  const slack = literal.length - literal.trim().length;
  const least = Math.min(...places.map((place) => place[0]));
  const before = Math.max(...places.map((place) => place[1]));
  return {least: Math.max(0, least - slack), before: before + slack, after: whole[1] - least + slack};
}
if (typeof module === 'object' && module.exports) module.exports = kbReach;
