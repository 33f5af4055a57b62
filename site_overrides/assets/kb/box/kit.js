/*
 * What the paste box and the search share: loads the matcher and the words when they are first
 * needed, asks them, and makes rows of what they found. What a reader pasted becomes text, never HTML.
 */
'use strict';
window.kbKit = (() => {
  const BASE = document.currentScript.src.replace(/[^/]*$/, '');
  const LANGUAGE = document.documentElement.lang;
  const ROOT = new URL(`../../../${LANGUAGE}/`, BASE).href;
  const MATCHER = ['normal', 'literals', 'quote', 'matcher'];
  const WORDS_AT_MOST = 12; // more is a message, not words
  const TYPED_AT_MOST = 300;

  const loaded = new Map();
  const script = (address) => {
    if (!loaded.has(address)) {
      loaded.set(address, new Promise((resolve, reject) => {
        const element = document.createElement('script');
        element.src = address;
        element.onload = resolve;
        element.onerror = () => { loaded.delete(address); reject(new Error(address)); };
        document.head.append(element);
      }));
    }
    return loaded.get(address);
  };

  const kit = {ready: false, root: ROOT, language: LANGUAGE};
  let preparing = null;
  kit.prepare = () => {
    preparing = preparing || Promise.all([
      ...MATCHER.map((name) => `${BASE}../match/${name}.js`), `${BASE}../redact.js`,
      ...['engine', 'files', 'lookup', 'fulltext', 'card', `pages-${LANGUAGE}`, 'signatures'].map((name) => `${BASE}${name}.js`),
    ].map(script)).then(() => {
      kit.pages = window.kbBoxPages;
      kit.engine = window.kbEngine(window.kbBoxSignatures.matcher);
      kit.lookup = window.kbLookup(kit.pages);
      kit.engine.begin();
      kit.ready = true;
    }, (error) => { preparing = null; throw error; });
    return preparing;
  };
  let scanning = null;
  const fullText = () => {
    scanning = scanning || script(`${BASE}text-${LANGUAGE}.js`).then(() => window.kbFullText(window.kbBoxText));
    return scanning;
  };

  /** Too little to look for: one Latin letter, half a syllable. */
  kit.tiny = (text) => !/\p{Script=Han}|[\p{L}\p{N}]{2}/u.test(text);

  const isTyped = (text) => text.length <= TYPED_AT_MOST && !text.includes('\n');
  /**
   * What is known about a text: {matches} from signatures, else {near} pages by words, and {rest},
   * every other page that contains the words. undefined when a newer question overtook this one.
   */
  kit.ask = async (pasted) => {
    await kit.prepare();
    const text = pasted.trim();
    const matches = await kit.engine.ask(pasted);
    if (matches === undefined) return undefined;
    const answer = {matches: matches || [], late: matches === null, near: [], rest: [], terms: [], meant: [], exact: false};
    if (answer.matches.length && (!isTyped(text) || text.split(/\s+/).length > WORDS_AT_MOST)) return answer;
    const found = kit.lookup(text);
    answer.terms = found.terms;
    answer.meant = found.meant;
    const matched = new Set(answer.matches.map((match) => kit.pages.symptoms[match.id].path));
    answer.near = found.pages.filter(({page}) => !matched.has(page.path));
    if (isTyped(text)) {
      const listed = new Set([...matched, ...answer.near.map(({page}) => page.path)]);
      const scan = await fullText();
      answer.rest = scan(text, listed);
      answer.exact = found.meant.length === 0 && (found.covered || answer.rest.length > 0 || scan(text, new Set()).length > 0);
    }
    return answer;
  };

  kit.make = (name, values = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(values)) if (value !== null) element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== null && child !== ''));
    return element;
  };
  kit.say = (key, values = {}) => kit.pages.labels[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  kit.number = (n) => n.toLocaleString(LANGUAGE);
  kit.counted = (key, n) => kit.say(`${key}.${n === 1 ? 'one' : 'other'}`, {n: kit.number(n)});
  kit.where = (match) => {
    const line = kit.say('box.line', {n: kit.number(match.line)});
    return match.count > 1 ? `${line} · ${kit.counted('box.count', match.count)}` : line;
  };
  /** Whose page it is, where it comes from an organisation's own knowledge; else nothing. */
  kit.origin = (path) => {
    const origin = kit.pages.origins[path];
    return origin ? kit.make('span', {class: 'kb-quiet kb-origin'}, kit.say('box.origin', {origin})) : '';
  };
  kit.address = (path, slots = {}, anchor = '') => {
    const rest = [anchor, window.kbValues.fragment(slots)].filter(Boolean).join('&');
    return new URL(rest ? `${path}#${rest}` : path, ROOT).href;
  };

  /** The text with the words that were looked for marked. */
  kit.marked = (text, terms) => {
    const wanted = [...terms].filter(Boolean).sort((a, b) => b.length - a.length)
      .map((term) => term.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    if (!wanted.length) return [text];
    const parts = text.split(new RegExp(`((?:${wanted.join('|')})+)`, 'iu'));
    return parts.map((part, index) => (index % 2 ? kit.make('mark', {}, part) : part));
  };

  const word = (value) => new RegExp(
    `(?<![\\p{L}\\p{N}_-])${value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}_-])`, 'giu');
  const NAMES = new Set(['path', 'name', 'label']);
  /**
   * Masks what the matcher knows to be somebody's own name, and all that the rules find. Hosts are
   * shown to the rules as addresses, ahead of the text: the rules tell public ones from others, and
   * mask those wherever they stand.
   */
  kit.masked = (text, matches) => maskedAs([text], matches)[0];
  /** The line of the first match, masked and only then shortened, and more texts, masked likewise. */
  kit.maskedQuote = (matches, ...more) => {
    const {line, place} = matches[0].quote;
    const [whole, before, ...rest] = maskedAs([line, line.slice(0, place), ...more], matches);
    return [window.makeKbQuote().shorten({line: whole, place: Math.min(before.length, whole.length)}), ...rest];
  };
  const BETWEEN = '\n\0\n'; // no text that is pasted holds it once it is read
  const maskedAs = (texts, matches) => {
    const parts = maskedWhole(texts.join(BETWEEN), matches).split(BETWEEN);
    return parts.length === texts.length ? parts : texts.map((text) => maskedWhole(text, matches));
  };
  const maskedWhole = (text, matches) => {
    const {slots, redaction} = window.kbBoxSignatures;
    const mask = (value) => window.kbRedact(redaction, value);
    const hosts = new Set();
    const names = new Map();
    for (const match of matches) {
      const own = Object.entries(match.slots);
      const isPublic = own.some(([name, value]) => slots[name] === 'host' && mask(`https://${value}/`).includes(value));
      for (const [name, value] of own) {
        if (slots[name] === 'host') hosts.add(value);
        if (!NAMES.has(slots[name]) || (slots[name] === 'path' && (isPublic || /^(?:\/|[a-z]:)/i.test(value)))) continue;
        if (value.length > 2 && !redaction.everywhere_not.includes(value.toLowerCase())) names.set(value, name.replace(/[^a-z]/g, ''));
      }
    }
    const numbers = {};
    for (const [value, name] of [...names].sort((a, b) => b[0].length - a[0].length)) {
      numbers[name] = (numbers[name] || 0) + 1;
      text = text.replace(word(value), (found, at, whole) => (
        hosts.has(value) || /^\.[\w.-]+/.test(whole.slice(at + found.length)) ? found : `<${name}-${numbers[name]}>`));
    }
    const ahead = [...hosts].map((host) => `https://${host}/\n`).join('');
    const masked = mask(ahead + text).split('\n');
    return masked.slice(hosts.size).join('\n');
  };
  return kit;
})();
