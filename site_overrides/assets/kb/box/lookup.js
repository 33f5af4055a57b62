/*
 * Finds pages by words: Latin words and pairs of Chinese characters, each worth more the fewer pages
 * have it, in a page's title, other names, messages and summary. A word stands for itself first, for
 * part of a longer one second; a number only for itself. A word that no page has is read as the
 * nearest one that some page has. Words that only ask (how, 怎麼辦) are left out, as in the terminal.
 */
'use strict';
window.kbLookup = ({symptoms, others, synonyms, asking}) => {
  const MOST_TERMS = 80;
  const MOST_PAGES = 8;
  const TYPED = 8; // more words are a message, whose odd words are names
  const WORTH = {title: 3.4, names: 3, messages: 2, text: 1};
  const WEIGHT = {error: 1, reference: .9, page: .75, fix: .6, list: .45};
  const PART = .45;
  const SAME = .4; // another word for the same thing
  const UNKNOWN = .5; // a word that no page has counts as a very rare one
  const STRADDLING = 10; // a pair of Chinese characters that no page has seldom is a word at all
  const fold = (text) => text.normalize('NFKC').toLowerCase();
  const tokens = (text) => text.match(/[\p{Script=Latin}\p{N}]+/gu) || [];
  const field = (text) => { const folded = fold(text); return {text: folded, tokens: new Set(tokens(folded))}; };

  const pages = [...Object.values(symptoms), ...others].map((page) => ({
    page: {kind: 'error', ...page},
    title: field(page.title),
    names: field([...page.words, ...(page.id ? [] : [page.path.replace(/^.*\/|\.html$/g, '').replace(/-/g, ' ')])].join('\n')),
    messages: field((page.messages || []).join('\n')),
    text: field(`${page.summary || page.brief}\n${page.id || page.path}`),
    weight: WEIGHT[page.kind || 'error'],
  }));
  const FIELDS = Object.keys(WORTH);
  const groups = synonyms.map((words) => words.map(fold));
  const vocabulary = new Map();
  for (const page of pages) {
    for (const name of FIELDS) for (const token of page[name].tokens) if (!/\d/.test(token)) vocabulary.set(token, (vocabulary.get(token) || 0) + 1);
  }

  const termsOf = (text) => {
    const terms = new Set();
    for (const [run] of text.matchAll(/[\p{Script=Latin}\p{N}]{2,}|\p{Script=Han}+/gu)) {
      if (!/\p{Script=Han}/u.test(run) || run.length === 1) terms.add(run);
      else for (let at = 0; at + 2 <= run.length; at += 1) terms.add(run.slice(at, at + 2));
      if (terms.size >= MOST_TERMS) break;
    }
    return terms;
  };
  const only = new Set(asking.words);
  const phrases = new RegExp(asking.phrases.join('|'), 'g');
  /** What a question is about; all of it where it does nothing but ask. */
  const aboutOf = (text) => {
    const about = [...termsOf(text.replace(phrases, ' '))].filter((term) => !only.has(term));
    return about.length ? about : [...termsOf(text)];
  };
  const spoken = (text, word) => (/^[\x20-\x7e]+$/.test(word)
    ? new RegExp(`(?<![a-z0-9])${word.replace(/[^a-z0-9 ]/g, '\\$&')}(?![a-z0-9])`).test(text)
    : text.includes(word));
  const isHan = (term) => /\p{Script=Han}/u.test(term);
  const words = [...new Set(pages.flatMap((page) => FIELDS.flatMap((name) => [...page[name].tokens])))];
  /** How well a field has a term: as a word, as part of one, not at all. */
  const haver = (term) => {
    if (isHan(term)) return (one) => (one.text.includes(term) ? 1 : 0);
    const longer = /^\d+$/.test(term) ? [] : words.filter((word) => word.length > term.length && word.includes(term));
    return (one) => (one.tokens.has(term) ? 1 : longer.some((word) => one.tokens.has(word)) ? PART : 0);
  };

  /** Changes, insertions, losses and swaps from one word to another, up to `most`. */
  const distance = (from, to, most) => {
    let before = null;
    let last = Array.from({length: to.length + 1}, (_, i) => i);
    for (let i = 1; i <= from.length; i += 1) {
      const row = [i];
      for (let j = 1; j <= to.length; j += 1) {
        const same = from[i - 1] === to[j - 1] ? 0 : 1;
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
        if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      if (Math.min(...row) > most) return most + 1;
      before = last;
      last = row;
    }
    return last[to.length];
  };
  const nearest = (term) => {
    if (isHan(term) || term.length < 4 || /\d/.test(term)) return null;
    const most = term.length < 6 ? 1 : 2;
    let best = null;
    for (const [word, often] of vocabulary) {
      if (Math.abs(word.length - term.length) > most || word.length < 4) continue;
      const far = distance(term, word, most);
      if (far <= most && (!best || far < best.far || (far === best.far && often > best.often))) best = {word, far, often};
    }
    return best && best.word;
  };

  return (query) => {
    const asked = fold(query.slice(0, 4000)).trim();
    const none = {pages: [], terms: [], meant: [], covered: false};
    let own = aboutOf(asked);
    const meant = [];
    if (own.length <= TYPED) {
      own = own.map((term) => {
        const has = haver(term);
        if (pages.some((page) => FIELDS.some((name) => has(page[name])))) return term;
        const word = nearest(term);
        if (word) meant.push([term, word]);
        return word || term;
      });
    }
    if (!own.length) return none;
    const weights = new Map(own.map((term) => [term, {weight: 1, group: -1}]));
    const read = meant.reduce((text, [typed, word]) => text.replace(typed, word), asked);
    groups.forEach((group, number) => {
      if (!group.some((word) => word && spoken(read, word))) return;
      for (const term of group.flatMap((word) => [...termsOf(word)])) if (!weights.has(term)) weights.set(term, {weight: SAME, group: number});
    });
    const scores = new Map();
    let total = 0;
    for (const [term, {weight, group}] of weights) {
      const hits = [];
      const has = haver(term);
      let often = 0;
      for (const page of pages) {
        let worth = 0;
        let part = 0;
        for (const name of FIELDS) {
          const found = has(page[name]);
          worth = Math.max(worth, found * WORTH[name]);
          part = Math.max(part, found);
        }
        if (!worth) continue;
        often += part;
        hits.push([page, worth, part]);
      }
      const rare = weight * Math.log(1 + pages.length / (often || (isHan(term) ? STRADDLING : UNKNOWN)));
      if (group < 0) total += rare;
      for (const [page, worth, part] of hits) {
        if (!scores.has(page)) scores.set(page, {score: 0, covered: 0, own: 0, groups: new Map()});
        const score = scores.get(page);
        if (group < 0) {
          score.score += worth * rare;
          score.covered += rare * part;
          score.own += 1;
          continue;
        }
        const best = score.groups.get(group);
        if (!best || best[0] < worth * rare) score.groups.set(group, [worth * rare, rare * part]);
      }
    }
    for (const [page, score] of scores) {
      // Other words for the same thing count once, however many of them a page has.
      for (const [worth, covered] of score.groups.values()) { score.score += worth; score.covered += covered; }
      score.score *= page.weight;
    }
    for (const [page, score] of scores) {
      const titled = termsOf(page.title.text).size;
      const isNamed = page.names.text.split('\n').some((name) => name === read || name === read.replace(/-/g, ' '));
      if (isNamed) score.score += 3 * total;
      else if (page.title.text.includes(read)) score.score += 3 * total * page.weight;
      else if (page.names.text.includes(read)) score.score += 2 * total * page.weight;
      else if (page.messages.text.includes(read) || page.text.text.includes(read)) score.score += total * page.weight;
      score.score += .3 * total * own.filter((term) => page.title.tokens.has(term)).length / (titled || 1);
    }
    const near = [...scores].filter(([, score]) => score.covered >= .34 * total).sort((a, b) => b[1].score - a[1].score);
    const shown = near.filter(([, score]) => score.score >= .25 * near[0][1].score).slice(0, MOST_PAGES);
    return {
      pages: shown.map(([{page}, score]) => ({page, covered: score.own === own.length})),
      terms: own,
      meant,
      covered: shown.some(([, score]) => score.own === own.length),
    };
  };
};
