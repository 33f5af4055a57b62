/*
 * Finds pages by words: Latin words and pairs of Chinese characters, each worth more the fewer pages
 * have it, anywhere inside a page's title, other names, messages and summary. No index to build.
 */
'use strict';
window.kbLookup = ({symptoms, solutions, synonyms}) => {
  const MOST_TERMS = 80;
  const MOST_PAGES = 6;
  const fold = (text) => text.normalize('NFKC').toLowerCase();
  const pages = [...Object.values(symptoms), ...solutions].map((page) => ({
    page,
    title: fold(`${page.title}\n${page.words.join('\n')}`),
    messages: fold((page.messages || []).join('\n')),
    text: fold(`${page.summary}\n${page.id || page.path}`),
    weight: page.messages ? 1 : .6,
  }));
  const groups = synonyms.map((words) => words.map(fold));

  const termsOf = (text) => {
    const terms = new Set();
    for (const [run] of text.matchAll(/[\p{Script=Latin}\p{N}]{2,}|\p{Script=Han}+/gu)) {
      if (!/\p{Script=Han}/u.test(run) || run.length === 1) terms.add(run);
      else for (let at = 0; at + 2 <= run.length; at += 1) terms.add(run.slice(at, at + 2));
      if (terms.size >= MOST_TERMS) break;
    }
    return terms;
  };
  const spoken = (text, word) => (/^[\x20-\x7e]+$/.test(word)
    ? new RegExp(`(?<![a-z0-9])${word.replace(/[^a-z0-9 ]/g, '\\$&')}(?![a-z0-9])`).test(text)
    : text.includes(word));

  return (query) => {
    const asked = fold(query.slice(0, 4000)).trim();
    const weights = new Map([...termsOf(asked)].map((term) => [term, 1]));
    const own = weights.size;
    for (const group of groups) {
      if (!group.some((word) => word && spoken(asked, word))) continue;
      for (const term of group.flatMap((word) => [...termsOf(word)])) if (!weights.has(term)) weights.set(term, .4);
    }
    if (!own) return [];
    const scores = new Map();
    let total = 0;
    for (const [term, weight] of weights) {
      const hits = pages.filter((page) => page.title.includes(term) || page.messages.includes(term) || page.text.includes(term));
      const rare = weight * Math.log(1 + pages.length / (hits.length || .5));
      if (weight === 1) total += rare;
      for (const page of hits) {
        const worth = page.title.includes(term) ? 3 : page.messages.includes(term) ? 2 : 1;
        const score = scores.get(page) || {score: 0, covered: 0};
        score.score += worth * rare * page.weight;
        score.covered += rare;
        scores.set(page, score);
      }
    }
    for (const [page, score] of scores) {
      if (page.title.includes(asked)) score.score += 3 * total;
      else if (page.messages.includes(asked) || page.text.includes(asked)) score.score += total;
    }
    const near = [...scores].filter(([, score]) => score.covered >= .34 * total).sort((a, b) => b[1].score - a[1].score);
    return near.filter(([, score]) => score.score >= .25 * near[0][1].score).slice(0, MOST_PAGES).map(([{page}]) => page);
  };
};
